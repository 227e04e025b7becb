// Copyright 2026 the Gee authors. MIT license.
// CONNECT, as the programs in Go ask by it.

import { assert, assertEquals, assertRejects } from "@std/assert";
import { isSkipped, runGo, titled } from "../../.dev/testing/go.ts";
import { gobCodec, netRpcCodec } from "../codec/gob_codec.ts";
import type { CodecFactory } from "../codec/codec.ts";
import { dial } from "../dial.ts";
import { ConnectError, WireError } from "../errors.ts";
import * as gob from "../gob/mod.ts";
import { Registry } from "../registry.ts";
import { Server } from "../server.ts";
import { Exchange } from "../testdata/exchange.ts";
import { RawHttp } from "../testdata/raw_http.ts";
import { goPage } from "./go_page.ts";

const args = gob.struct("Args", { Num1: gob.int, Num2: gob.int });
const reply = gob.int;

class Sums {
  sum({ Num1, Num2 }: { Num1: number; Num2: number }) {
    return Num1 + Num2;
  }
}

function opened(codec: CodecFactory, service: string, pipeOptions = {}) {
  const errors: unknown[] = [];
  const server = new Server({
    codecs: [codec],
    onError: (error) => errors.push(error),
  });
  server.register(new Sums(), { name: service });
  return { errors, http: new RawHttp(server, undefined, pipeOptions) };
}

function text(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}

const DIALECTS = {
  "geerpc-http-connect": {
    service: "Foo",
    codec: gobCodec({ methods: { "Foo.Sum": { args, reply } } }),
  },
  "netrpc-http": {
    service: "Arith",
    codec: netRpcCodec({ methods: { "Arith.Sum": { args, reply } } }),
  },
};

for (const [name, { service, codec }] of Object.entries(DIALECTS)) {
  Deno.test(`Server answers the exchange ${name} to the byte, also at once and byte by byte`, async () => {
    const exchange = new Exchange(name);
    const [connect, ...calls] = exchange.chunks("c2s");
    const [answer, ...replies] = exchange.chunks("s2c");
    assert(connect !== undefined && answer !== undefined);
    const option = exchange.option();
    const wanted = text(answer) + replies.map(text).join("");
    const sent = text(connect) + text(option) + calls.map(text).join("");
    for (const pipeOptions of [{}, { readBytes: 1 }]) {
      const { http, errors } = opened(codec, service, pipeOptions);
      await using _ = http;
      await http.send(sent); // pipelined: nothing behind CONNECT is lost
      assertEquals(await http.read(wanted.slice(-8)), wanted);
      assertEquals(errors, []);
    }
    const { http } = opened(codec, service);
    await using _ = http;
    await http.send(text(connect).replaceAll("\n", "\r\n")); // CRLF will do
    assertEquals(await http.read("\n\n"), text(answer));
    await http.send(text(option) + calls.map(text).join(""));
    assertEquals(await http.read(wanted.slice(-8)), replies.map(text).join(""));
  });
}

Deno.test("Server refuses another dialect behind CONNECT than the one asked for", async () => {
  const option = text(new Exchange("geerpc-http-connect").option());
  const rows = [
    [
      "/_goRPC_",
      `${option}x`,
      'Cannot serve "application/gob" behind CONNECT /_goRPC_',
    ],
    [
      "/_geeprc_",
      "\x2f\xff\x81",
      'Cannot serve "net/rpc" behind CONNECT /_geeprc_',
    ],
    [
      "/_geeprc_",
      "GET / HTTP/1.1\r\n",
      'Cannot serve "http" behind CONNECT /_geeprc_',
    ],
  ] as const;
  for (const [path, behind, message] of rows) {
    const { http, errors } = opened(gobCodec(), "Foo");
    await using _ = http;
    await http.send(`CONNECT ${path} HTTP/1.0\n\n${behind}`);
    await http.read();
    assertEquals(errors.map((error) => (error as Error).message), [message]);
    assert(errors[0] instanceof WireError);
  }
});

Deno.test("Server answers 405 on the paths of CONNECT, and lists its registry, as Go does", async () => {
  const undated = (bytes: Uint8Array) =>
    text(bytes).replace(/Date: .*\r\n/, "").replace(/X-Content.*\r\n/, "");
  const registry = new Registry();
  const server = new Server({ registry });
  await using http = new RawHttp(server);
  registry.fetch(
    new Request("http://localhost/", {
      method: "POST",
      headers: { "x-geerpc-server": "tcp@127.0.0.1:18250" },
    }),
  );
  for (const name of ["geerpc-http-405", "registry-get-curl"]) {
    const exchange = new Exchange(name);
    const [request] = exchange.chunks("c2s");
    const [wanted] = exchange.chunks("s2c");
    assert(request !== undefined && wanted !== undefined);
    await http.send(text(request));
    const answer = await http.read(
      name.includes("405") ? "CONNECT\n" : "\r\n\r\n",
    );
    const bytes = Uint8Array.from(
      answer,
      (character) => character.charCodeAt(0),
    );
    assertEquals(undated(bytes), undated(wanted));
  }
});

Deno.test("goPage() writes the page of the original to the byte", () => {
  const [answer] = new Exchange("geerpc-http-debug").chunks("s2c");
  assert(answer !== undefined);
  const wanted = text(answer).split("\r\n\r\n")[1] ?? "";
  // The order of services is that of a map of Go.
  const services = wanted.split("Service ").slice(1).map((part) => ({
    name: part.slice(0, part.indexOf("\n")),
    methods: [...part.matchAll(/fixed>(.*)<\/td>\s*<td align=center>(\d+)/g)]
      .map(([, signature = "", calls]) => ({
        signature,
        calls: Number(calls),
      })),
  }));
  assertEquals(services.map(({ name, methods }) => [name, methods.length]), [
    ["Foo", 3],
    ["Arith", 5],
    ["Types", 4],
  ]);
  assertEquals(goPage(services), wanted);
});

Deno.test("dial() by http reaches the server's own port, and not one where CONNECT is off", async () => {
  await using server = new Server();
  server.register(new Sums());
  const { port } = server.listen().addr as Deno.NetAddr;
  await using client = await dial(`http@127.0.0.1:${port}`);
  assertEquals(await client.call("Sums.sum", { Num1: 1, Num2: 2 }), 3);
  await using other = new Server({ http: { connect: false } });
  const { port: otherPort } = other.listen().addr as Deno.NetAddr;
  await assertRejects(
    () => dial(`http@127.0.0.1:${otherPort}`),
    ConnectError,
    '"HTTP/1.1 404 Not Found"',
  );
});

Deno.test({
  name: titled("a server is called by rpc.DialHTTP of Go"),
  ignore: isSkipped,
  async fn() {
    const numbers = gob.struct("Args", { A: gob.int, B: gob.int });
    const codec = netRpcCodec({
      methods: { "Arith.Multiply": { args: numbers, reply } },
    });
    await using server = new Server({ codecs: [codec] });
    server.register({
      multiply: ({ A, B }: { A: number; B: number }) => A * B,
      divide({ A, B }: { A: number; B: number }) {
        if (B === 0) throw new Error("100% wrong: divide by zero");
        return { Quo: Math.trunc(A / B), Rem: A % B };
      },
      sort: (words: string[]) => words.toSorted(),
    }, { name: "Arith" });
    const { port } = server.listen().addr as Deno.NetAddr;
    const source = new URL("../testdata/net_rpc_client.go", import.meta.url);
    const output = await runGo(source, undefined, `127.0.0.1:${port}`, "http");
    const lines = new TextDecoder().decode(output).split("\n");
    assertEquals(lines[0], "42 <nil>");
    assertEquals(lines[5], "[a b] <nil>");
  },
});
