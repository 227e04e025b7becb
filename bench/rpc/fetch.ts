// Copyright 2026 the Gee authors. MIT license.

import type { Candidate } from "./candidate.ts";

/** What a web server and `fetch` do. */
export const webFetch: Candidate = {
  serve() {
    const server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen() {} },
      async (request) => Response.json(await request.json()),
    );
    return server.addr.port;
  },
  connect: (port) => async (body) => {
    const response = await fetch(`http://127.0.0.1:${port}/Echo.say`, {
      method: "POST",
      body: JSON.stringify(body),
    });
    return await response.json();
  },
};
