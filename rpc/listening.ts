// Copyright 2026 the Gee authors. MIT license.

import { type ListenOptions, openListener } from "./listen.ts";
import type { ServerListener } from "./server_options.ts";
import { sleep } from "./sleep.ts";
import { setNoDelay } from "./wire/no_delay.ts";

/** What is done with connections that come in. */
export interface Door {
  /** Whether another connection may come in. */
  isOpen(): boolean;
  /** Takes a connection. */
  enter(conn: Deno.Conn): void;
  /** Told why none came in. */
  onError(error: unknown): void;
  /** Closes the whole server. */
  close: ServerListener["close"];
}

/** The ports and sockets of one server. */
export class Listening {
  readonly #door: Door;
  /** Each with the loop that accepts from it. */
  readonly #listeners = new Map<Deno.Listener, Promise<void>>();
  #stopped: Promise<void> | undefined;

  /**
   * @param door Where connections go.
   */
  constructor(door: Door) {
    this.#door = door;
  }

  /** Listens until stopped. */
  open(options: ListenOptions): ServerListener {
    const { listener, address } = openListener(options);
    const finished = this.#accept(listener);
    this.#listeners.set(listener, finished);
    return {
      addr: listener.addr,
      address,
      finished,
      close: (closing) => this.#door.close(closing),
      [Symbol.asyncDispose]: () => this.#door.close(),
    };
  }

  /** Stops listening everywhere; resolves when the ports are free again. */
  stop(): Promise<void> {
    return this.#stopped ??= this.#stop();
  }

  async #stop(): Promise<void> {
    const listeners = [...this.#listeners];
    this.#listeners.clear();
    for (const [listener] of listeners) stopListening(listener);
    // As long as an accept is under way, the system has the port in use.
    await Promise.all(listeners.map(([, finished]) => finished));
  }

  async #accept(listener: Deno.Listener): Promise<void> {
    do {
      try {
        const conn = await listener.accept();
        if (!this.#door.isOpen()) {
          conn.close();
          continue;
        }
        setNoDelay(conn);
        this.#door.enter(conn);
      } catch (error) {
        if (!this.#listeners.has(listener)) return;
        this.#door.onError(error);
        // Out of descriptors, most likely: trying again at once would spin.
        await sleep(20);
      }
    } while (this.#listeners.has(listener));
  }
}

function stopListening(listener: Deno.Listener): void {
  const { addr } = listener;
  listener.close();
  if (addr.transport !== "unix") return;
  try {
    // As Go does: a socket left behind would refuse the next listener.
    Deno.removeSync(addr.path);
  } catch { /* Somebody else has removed it, or may not be replaced. */ }
}
