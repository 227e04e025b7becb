// Copyright 2026 the Gee authors. MIT license.

import {
  type MethodInfo,
  MethodKind,
  StringValue,
} from "npm:@bufbuild/protobuf@1.8.0";
import { createPromiseClient } from "npm:@connectrpc/connect@1.4.0";
import {
  connectNodeAdapter,
  createConnectTransport,
} from "npm:@connectrpc/connect-node@1.4.0";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Candidate } from "./candidate.ts";

const say = {
  name: "Say",
  I: StringValue,
  O: StringValue,
  kind: MethodKind.Unary,
} as const satisfies MethodInfo<StringValue, StringValue>;
const Echo = { typeName: "bench.Echo", methods: { say } } as const;

/** Connect over HTTP/1.1, in JSON as browsers have it. */
export const connect: Candidate = {
  serve() {
    const handler = connectNodeAdapter({
      routes: (router) =>
        router.service(Echo, { say: (request: StringValue) => request }),
    });
    const server = createServer(handler);
    return new Promise((resolve) => {
      server.listen(0, "127.0.0.1", () => {
        resolve((server.address() as AddressInfo).port);
      });
    });
  },
  connect(port) {
    const transport = createConnectTransport({
      baseUrl: `http://127.0.0.1:${port}`,
      httpVersion: "1.1",
    });
    const client = createPromiseClient(Echo, transport);
    return (body) =>
      client.say({ value: (body as { text: string }).text } as StringValue);
  },
};
