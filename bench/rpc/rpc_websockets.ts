// Copyright 2026 the Gee authors. MIT license.

import { Client, Server } from "npm:rpc-websockets@10.0.1";
import type { AddressInfo } from "node:net";
import type { Candidate } from "./candidate.ts";

/** JSON-RPC 2.0 over a WebSocket. */
export const rpcWebsockets: Candidate = {
  serve() {
    const server = new Server({ host: "127.0.0.1", port: 0 });
    server.register("say", (params) => (params as unknown as unknown[])[0]);
    return new Promise((resolve) => {
      server.on("listening", () => {
        resolve((server.wss.address() as AddressInfo).port);
      });
    });
  },
  async connect(port) {
    const client = new Client(`ws://127.0.0.1:${port}`);
    await new Promise((resolve) => client.on("open", () => resolve(undefined)));
    return (body) => client.call("say", [body]);
  },
};
