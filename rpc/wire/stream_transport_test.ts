// Copyright 2026 the Gee authors. MIT license.

import { assertEquals, assertRejects } from "@std/assert";
import { once } from "node:events";
import { Duplex } from "node:stream";
import * as nodeTls from "node:tls";
import { Client } from "../client.ts";
import { dial } from "../dial.ts";
import { ShutdownError } from "../errors.ts";
import { Server } from "../server.ts";
import { turn } from "../turn.ts";
import { type StreamPair, streamTransport } from "./stream_transport.ts";

class Echo {
  say(value: unknown) {
    return value;
  }

  wait() {
    return new Promise(() => {});
  }
}

function pair(): [StreamPair, StreamPair] {
  const there = new TransformStream<Uint8Array>();
  const back = new TransformStream<Uint8Array>();
  return [
    { readable: there.readable, writable: back.writable },
    { readable: back.readable, writable: there.writable },
  ];
}

Deno.test("streamTransport() carries calls of any size, and ends with either side", async () => {
  for (const closes of ["client", "server"]) {
    const [serverSide, clientSide] = pair();
    await using server = new Server();
    server.register(new Echo());
    const serving = server.serve(streamTransport(serverSide));
    await using client = new Client(streamTransport(clientSide));
    assertEquals(await client.call("Echo.say", "hi"), "hi");
    const large = new Uint8Array(1 << 20).fill(7);
    assertEquals(await client.call("Echo.say", large), large);
    const waiting = assertRejects(
      () => client.call("Echo.wait"),
      ShutdownError,
    );
    if (closes === "client") await client.close();
    else await server.close({ timeout: 0 });
    await waiting;
    await serving;
  }
});

Deno.test("streamTransport() fails as its streams do", async () => {
  const failing = new ReadableStream<Uint8Array>({
    pull(controller) {
      controller.error(new Error("torn"));
    },
  });
  const transport = streamTransport({
    readable: failing,
    writable: new WritableStream({
      write() {
        throw new Error("full");
      },
    }),
  });
  await assertRejects(() => transport.read(new Uint8Array(9)), Error, "torn");
  await assertRejects(() => transport.write(new Uint8Array(9)), Error, "full");
  transport.close();
  transport.close();
});

const read = (name: string) =>
  Deno.readTextFileSync(new URL(`../testdata/tls/${name}`, import.meta.url));

Deno.test("Server.serve() takes sockets of node:tls, which ask for certificates of clients", async () => {
  const [ca, cert, key] = ["ca.pem", "server.pem", "server.key"].map(read);
  await using server = new Server();
  server.register(new Echo());
  const serving: Promise<void>[] = [];
  const options = {
    ca,
    cert,
    key,
    requestCert: true,
    rejectUnauthorized: true,
  };
  const listener = nodeTls.createServer(options, (socket) => {
    const streams = Duplex.toWeb(socket) as unknown as StreamPair;
    serving.push(server.serve(streamTransport(streams)));
  });
  listener.listen(0, "127.0.0.1");
  await once(listener, "listening");
  const { port } = listener.address() as { port: number };
  const address = `tls@127.0.0.1:${port}`;
  const caCerts = [ca ?? ""];
  {
    const tls = { caCerts, cert: cert ?? "", key: key ?? "" };
    await using client = await dial(address, { tls });
    assertEquals(await client.call("Echo.say", "hi"), "hi");
  }
  await assertRejects(async () => {
    await using client = await dial(address, {
      tls: { caCerts },
      reconnect: false,
    });
    await client.call("Echo.say", "hi");
  });
  await Promise.all(serving);
  listener.close();
  await once(listener, "close");
});

Deno.test("streamTransport() ends a write that nobody reads, so that a server can close", async () => {
  const [near, far] = pair();
  const transport = streamTransport(near);
  const writing = assertRejects(
    () => transport.write(new Uint8Array(9)),
    TypeError,
    "Cannot write: it is closed",
  );
  transport.close();
  await writing;
  await far.readable.cancel();

  const [serverSide, clientSide] = pair();
  const server = new Server();
  const serving = server.serve(streamTransport(serverSide));
  const writer = clientSide.writable.getWriter();
  const request = "GET / HTTP/1.1\r\nhost: localhost\r\n\r\n";
  await writer.write(new TextEncoder().encode(request));
  for (let i = 0; i < 9; i++) await turn();
  await server.close({ timeout: 0 });
  await serving;
});
