// Copyright 2026 the Gee authors. MIT license.
// Servers on loopback for tests of what calls many.

import { Server } from "../server.ts";
import { until } from "./until.ts";

/** A service that knows which server it is on. */
export class Who {
  readonly #name: string;
  /** What `wait` waits for. */
  gate: PromiseWithResolvers<string> = Promise.withResolvers<string>();
  /** How often each thing was done. */
  readonly done: Map<number, number> = new Map();

  constructor(name: string) {
    this.#name = name;
  }
  am(): string {
    return this.#name;
  }
  fail(): string {
    if (this.#name !== "a") throw new Error(`${this.#name} failed`);
    return this.#name;
  }
  wait(): Promise<string> {
    return this.gate.promise;
  }
  do(id: number): number {
    this.done.set(id, (this.done.get(id) ?? 0) + 1);
    return id;
  }
}

/** A server that runs. */
export interface Running extends AsyncDisposable {
  readonly address: string;
  readonly who: Who;
  readonly server: Server;
}

/** Starts one, on a free port unless told. */
export function start(name: string, port = 0, who = new Who(name)): Running {
  const server = new Server();
  server.register(who);
  const { address } = server.listen({ port });
  return {
    server,
    who,
    address,
    [Symbol.asyncDispose]: () => server.close({ timeout: 0 }),
  };
}

/** An address where nobody listens. */
export function deadAddress(): string {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  listener.close();
  return `tcp@127.0.0.1:${listener.addr.port}`;
}

/** Resolves when so many calls are being handled. */
export function handling(running: Running, count: number): Promise<void> {
  return until(
    `${count} calls are not being handled`,
    () => running.server.stats().inFlight === count,
  );
}

/** A door to a server that takes the first connections in, and cuts each at its first bytes. */
export function flaky(
  { address }: Running,
  failures: number,
): AsyncDisposable & { readonly address: string; readonly cut: () => number } {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  let cut = 0;
  const serve = async (conn: Deno.Conn) => {
    using near = conn;
    if (cut < failures) {
      cut++;
      await near.read(new Uint8Array(1024));
      return;
    }
    const port = Number(address.split(":")[1]);
    const far = await Deno.connect({ hostname: "127.0.0.1", port });
    await Promise.all([
      near.readable.pipeTo(far.writable),
      far.readable.pipeTo(near.writable),
    ]);
  };
  const running = (async () => {
    const served: Promise<unknown>[] = [];
    for await (const conn of listener) {
      served.push(serve(conn).catch(() => {}));
    }
    await Promise.all(served);
  })();
  return {
    address: `tcp@127.0.0.1:${listener.addr.port}`,
    cut: () => cut,
    async [Symbol.asyncDispose]() {
      listener.close();
      await running;
    },
  };
}
