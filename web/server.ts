// Copyright 2026 the Gee authors. MIT license.
import type { Fetch } from "./router_group.ts";

/** Options of `engine.run()`. */
export interface RunOptions {
  /**
   * The port; 0 takes a free one.
   *
   * @default {8000}
   */
  readonly port?: number;
  /**
   * The address to listen on. Only this machine can reach the default; a
   * server for others says so with `0.0.0.0` or `::`.
   *
   * @default {"127.0.0.1"}
   */
  readonly hostname?: string;
  /**
   * Whether Deno compresses answers by brotli or gzip, as `accept-encoding`
   * wants it. Left as they are: parts (206), event streams, what is small, is
   * encoded already, has a type that does not shrink, or says `no-transform`.
   * A strong `etag` becomes a weak one with it.
   *
   * @default {false}
   */
  readonly compress?: boolean;
  /** Closes the server when it aborts. */
  readonly signal?: AbortSignal;
  /** Called with the address once the server listens. */
  readonly onListen?: (address: Deno.NetAddr) => void;
  /**
   * Milliseconds that requests under way get to finish when the server closes.
   *
   * @default {10000}
   */
  readonly drainTimeout?: number;
  /**
   * Milliseconds the server goes on to take requests after it began to close,
   * while `engine.isClosing` and so `health()` tell load balancers to go
   * elsewhere.
   *
   * @default {0}
   */
  readonly drainDelay?: number;
  /**
   * Signals of the operating system that close the server, where it knows them.
   * Each is listened to once: the second one ends the program.
   *
   * @default {["SIGTERM"]}
   */
  readonly closeOn?: readonly Deno.Signal[];
}

/** What an engine does for its server when that closes. */
export interface DrainHooks {
  /** Called first, while the server still takes requests. */
  readonly onDrain: () => void;
  /** Called when it takes no more: ends what would never end by itself. */
  readonly onClose: () => void;
  /** Called when the time is over: ends whatever is under way. */
  readonly onOverdue: () => void;
}

/** Milliseconds that answers get to leave once everything was ended. */
const LAST_WORDS = 100;

/**
 * A server that listens.
 *
 * @example Start and stop
 * ```ts
 * import { Engine } from "@gee/std/web";
 * import { assertEquals } from "@std/assert";
 *
 * const app = new Engine();
 * app.get("/", (c) => c.string("Hello"));
 * await using server = app.run({ port: 0 });
 * const response = await fetch(`${server.url}/`);
 * assertEquals(await response.text(), "Hello");
 * ```
 */
export class RunningServer {
  /** The address it listens on. */
  readonly addr: Deno.NetAddr;
  /** Settles when the server has ended. */
  readonly finished: Promise<void>;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #hooks: DrainHooks;
  readonly #drainTimeout: number;
  readonly #drainDelay: number;
  #closing: Promise<void> | undefined;

  /**
   * Made by `engine.run()`.
   *
   * @param fetch What answers requests.
   * @param hooks What to do when it closes.
   * @param options Where to listen.
   */
  constructor(fetch: Fetch, hooks: DrainHooks, options: RunOptions = {}) {
    const { port = 8000, hostname = "127.0.0.1", signal } = options;
    signal?.throwIfAborted();
    this.#hooks = hooks;
    this.#drainTimeout = options.drainTimeout ?? 10_000;
    this.#drainDelay = options.drainDelay ?? 0;
    this.#server = Deno.serve({
      port,
      hostname,
      automaticCompression: options.compress ?? false,
      onListen: (address) => options.onListen?.(address),
    }, fetch);
    this.addr = this.#server.addr;
    const onAbort = () => void this.close();
    signal?.addEventListener("abort", onAbort);
    const forget = listenTo(options.closeOn ?? ["SIGTERM"], onAbort);
    this.finished = this.#server.finished.finally(() => {
      signal?.removeEventListener("abort", onAbort);
      forget();
    });
  }

  /**
   * Where it can be reached from this machine, such as `http://127.0.0.1:8000`,
   * without a slash at the end.
   */
  get url(): string {
    const { hostname, port } = this.addr;
    // A server for all addresses has none of its own.
    const isAny = hostname === "0.0.0.0" || hostname === "::";
    const host = hostname.includes(":") ? `[${hostname}]` : hostname;
    return `http://${isAny ? "localhost" : host}:${port}`;
  }

  /**
   * Takes no new connections, ends event streams, and lets requests under way
   * finish for `drainTimeout`; then they are answered 503. A client that does
   * not read its answer is not awaited and keeps no process alive.
   *
   * @returns When the server has ended.
   */
  close(): Promise<void> {
    return this.#closing ??= this.#drain();
  }

  /** The same as `close()`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #drain(): Promise<void> {
    this.#hooks.onDrain();
    if (this.#drainDelay > 0) {
      await isSettledIn(this.#drainDelay, this.finished);
    }
    // Not the `signal` of Deno.serve: it throws after shutdown() has begun, and
    // without shutdown() it cuts answers that are being written.
    const ended = this.#server.shutdown();
    this.#hooks.onClose();
    if (await isSettledIn(this.#drainTimeout, ended)) return;
    this.#hooks.onOverdue();
    if (await isSettledIn(LAST_WORDS, ended)) return;
    this.#server.unref();
  }
}

/** Calls back at the first of the signals; the result takes that back. */
function listenTo(
  signals: readonly Deno.Signal[],
  callback: () => void,
): () => void {
  // Windows knows no SIGTERM and throws.
  const known = Deno.build.os === "windows"
    ? signals.filter((signal) => signal === "SIGINT" || signal === "SIGBREAK")
    : signals;
  const forget = () => {
    for (const signal of known) Deno.removeSignalListener(signal, onSignal);
  };
  const onSignal = () => {
    forget();
    callback();
  };
  for (const signal of known) Deno.addSignalListener(signal, onSignal);
  return forget;
}

async function isSettledIn(ms: number, work: Promise<void>): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => resolve(false), ms);
  const isSettled = await Promise.race([work.then(() => true), promise]);
  clearTimeout(timer);
  return isSettled;
}
