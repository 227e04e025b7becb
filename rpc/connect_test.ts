// Copyright 2026 the Gee authors. MIT license.

import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { netRpcCodec } from "./codec/gob_codec.ts";
import { jsonCodec } from "./codec/json_codec.ts";
import { dial } from "./dial.ts";
import { ConnectError } from "./errors.ts";
import { Server } from "./server.ts";
import { closeQuietly } from "./wire/transport.ts";

class Echo {
  say(value: unknown) {
    return value;
  }
}

const read = (name: string) =>
  Deno.readTextFileSync(new URL(`testdata/tls/${name}`, import.meta.url));
const [ca, cert, key] = ["ca.pem", "server.pem", "server.key"].map(read);

Deno.test("dial() speaks TLS with a server whose certificate it trusts, and with no other", async () => {
  await using server = new Server();
  server.register(new Echo());
  const { address } = server.listen({ cert: cert ?? "", key: key ?? "" });
  assertEquals(address.startsWith("tls@127.0.0.1:"), true);
  const tls = { caCerts: [ca ?? ""], cert: cert ?? "", key: key ?? "" };
  await using client = await dial(address, { tls });
  assertEquals(await client.call("Echo.say", "hi"), "hi");
  await assertRejects(
    () => dial(address),
    ConnectError,
    `Cannot connect to "${address}": `,
  );
  await assertRejects(
    () => dial(address, { tls: { cert: "x" } }),
    TypeError,
    `Cannot dial "${address}": "cert" goes with "key"`,
  );
  assertThrows(
    () => server.listen({ cert: "x" }),
    TypeError,
    'Cannot listen for TLS: "cert" with "key" and a port are wanted',
  );
});

/** An HTTP server that gives each connection one answer, then speaks RPC with our server. */
async function answering(
  answer: string,
  server: Server,
): Promise<{ address: string; request: Promise<string> } & Disposable> {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const asked = Promise.withResolvers<string>();
  (async () => {
    for await (const conn of listener) {
      const buffer = new Uint8Array(1000);
      const count = await conn.read(buffer) ?? 0;
      asked.resolve(new TextDecoder().decode(buffer.subarray(0, count)));
      await conn.write(new TextEncoder().encode(answer));
      if (answer.includes(" 200 ")) await server.serve(conn);
      else closeQuietly(conn);
    }
  })().catch(() => {});
  return await Promise.resolve({
    address: `http@127.0.0.1:${listener.addr.port}`,
    request: asked.promise,
    [Symbol.dispose]: () => listener.close(),
  });
}

Deno.test("dial() asks an HTTP server by CONNECT and sends nothing before its answer", async () => {
  const rows = [
    ["HTTP/1.0 200 Connected to Gee RPC\n\n", jsonCodec, "/_geeprc_"],
    [
      "HTTP/1.0 200 Connected to Gee RPC\r\nA: b\r\n\r\n",
      jsonCodec,
      "/_geeprc_",
    ],
    ["HTTP/1.0 200 Connected to Go RPC\n\n", netRpcCodec(), "/_goRPC_"],
  ] as const;
  for (const [answer, codec, path] of rows) {
    await using server = new Server();
    server.register(new Echo());
    using http = await answering(answer, server);
    await using client = await dial(http.address, { codec });
    assertEquals(await client.call("Echo.Say", "hi"), "hi");
    assertEquals(await http.request, `CONNECT ${path} HTTP/1.0\n\n`);
  }
});

Deno.test("dial() refuses every other answer of an HTTP server, and waits no longer than it may", async () => {
  await using server = new Server();
  const rows = [
    [
      "HTTP/1.1 404 Not Found\r\n\r\n",
      'got "HTTP/1.1 404 Not Found", "HTTP/1.0 200 Connected to Gee RPC" is wanted',
    ],
    ["HTTP/1.0 200 OK\n\n", 'got "HTTP/1.0 200 OK"'],
    ["HTTP/1.0 404", "the connection ended before the answer"],
    [" ".repeat(5000), "the answer is longer than 4096 bytes"],
  ] as const;
  for (const [answer, message] of rows) {
    using http = await answering(answer, server);
    await assertRejects(() => dial(http.address), ConnectError, message);
  }
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const accepted = listener.accept();
  await assertRejects(
    () => dial(`http@127.0.0.1:${listener.addr.port}`, { connectTimeout: 20 }),
    ConnectError,
    "no answer in time",
  );
  listener.close();
  // It may have been given up before it had connected.
  await accepted.then(closeQuietly, () => {});
});
