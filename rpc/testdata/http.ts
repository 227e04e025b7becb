// Copyright 2026 the Gee authors. MIT license.

/** Serves a handler on a free port of this machine, for tests. */
export function serve(
  handler: (request: Request) => Response | Promise<Response>,
): { url: string; [Symbol.asyncDispose](): Promise<void> } {
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    handler,
  );
  return {
    url: `http://127.0.0.1:${server.addr.port}/_geerpc_/registry`,
    async [Symbol.asyncDispose]() {
      await server.shutdown();
    },
  };
}
