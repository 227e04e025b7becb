// Copyright 2026 the Gee authors. MIT license.

import { createTRPCClient, httpBatchLink } from "npm:@trpc/client@11.25.2";
import { initTRPC } from "npm:@trpc/server@11.25.2";
import { createHTTPServer } from "npm:@trpc/server@11.25.2/adapters/standalone";
import type { AddressInfo } from "node:net";
import type { Candidate } from "./candidate.ts";

const { procedure, router } = initTRPC.create();
const app = router({
  say: procedure
    .input((value) => value as { text: string })
    .mutation(({ input }) => input),
});

/** tRPC with its batches. */
export const trpc: Candidate = {
  serve() {
    const server = createHTTPServer({ router: app });
    return new Promise((resolve) => {
      server.listen(0, "127.0.0.1", () => {
        resolve((server.address() as AddressInfo).port);
      });
    });
  },
  connect(port) {
    const client = createTRPCClient<typeof app>({
      links: [httpBatchLink({ url: `http://127.0.0.1:${port}` })],
    });
    return (body) => client.say.mutate(body as { text: string });
  },
};
