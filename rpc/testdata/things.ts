// Copyright 2026 the Gee authors. MIT license.

import type { Code } from "../code.ts";
import type { CallContext } from "../context.ts";
import { RpcError } from "../errors.ts";
import { Server, type ServerOptions } from "../server.ts";

/** A service, for tests of what HTTP makes of it. */
export class Things {
  context: CallContext | undefined;
  readonly left = Promise.withResolvers<void>();
  sum({ a, b }: { a: number; b: number }) {
    return a + b;
  }
  echo(value: unknown, context: CallContext) {
    this.context = context;
    return value;
  }
  bytes() {
    return new Uint8Array([0, 255]);
  }
  nothing() {}
  big() {
    return 1n;
  }
  fail(code: Code) {
    throw new RpcError(code, "100%d", { details: { id: 7 } });
  }
  odd() {
    throw new RpcError("aborted", "Odd", { details: { big: 1n } });
  }
  wait(_args: unknown, { signal }: CallContext) {
    return new Promise((_, reject) =>
      signal.addEventListener("abort", () => reject(signal.reason))
    );
  }
  async *count(to: number, { signal }: CallContext) {
    try {
      for (let n = 0; n < to; n++) yield await Promise.resolve({ n });
      if (to === 0) throw new RpcError("not_found", "None");
    } finally {
      if (signal.aborted) this.left.resolve();
    }
  }
}

/** A server of it. */
export function opened(
  options?: ServerOptions,
): { server: Server; things: Things } {
  const server = new Server(options);
  const things = new Things();
  server.register(things);
  return { server, things };
}

/** What a request says. */
export interface Ask {
  readonly method?: string;
  readonly body?: BodyInit;
  readonly headers?: Record<string, string>;
  readonly host?: string;
  readonly signal?: AbortSignal;
}

/** A request that would be good without what is said. */
export function request(path: string, ask: Ask = {}): Request {
  const { method = "POST", body, headers = {}, host = "localhost", signal } =
    ask;
  return new Request(`http://${host}${path}`, {
    method,
    headers: { "content-type": "application/json", ...headers },
    ...(body !== undefined && { body }),
    ...(signal !== undefined && { signal }),
  });
}
