// Copyright 2026 the Gee authors. MIT license.
// One dialect cut off and followed by another: bytes of one must never be
// understood as the other's.

import { assert, assertEquals } from "@std/assert";
import type { CodecFactory } from "./codec/codec.ts";
import { frameCodec } from "./codec/frame_codec.ts";
import { gobCodec, netRpcCodec } from "./codec/gob_codec.ts";
import { jsonCodec } from "./codec/json_codec.ts";
import { jsonRpcCodec } from "./codec/json_rpc.ts";
import { Client } from "./client.ts";
import type { CallContext } from "./context.ts";
import * as gob from "./gob/mod.ts";
import { Server } from "./server.ts";
import { pipe, settle } from "./testdata/pipe.ts";
import { RawHttp } from "./testdata/raw_http.ts";
import { seeded } from "./testdata/random.ts";

const ROUNDS = 10_000;
const ARGS = { Num1: 20, Num2: 22 };
const METHODS = {
  "Guard.sum": {
    args: gob.struct("Args", { Num1: gob.int, Num2: gob.int }),
    reply: gob.int,
  },
};
const CODECS: readonly CodecFactory[] = [
  frameCodec,
  jsonCodec,
  gobCodec({ methods: METHODS }),
  netRpcCodec({ methods: METHODS }),
  jsonRpcCodec,
];

/** Notes by which dialect it is called, and whether with what was sent. */
class Guard {
  readonly calls: (readonly [dialect: string, isRight: boolean])[] = [];
  sum(args: typeof ARGS, { dialect }: CallContext) {
    const isRight = args?.Num1 === ARGS.Num1 && args.Num2 === ARGS.Num2;
    this.calls.push([dialect, isRight]);
    return 42;
  }
}

/** What a client of a codec sends that calls once. */
async function spoken(codec: CodecFactory): Promise<string> {
  const [end, other] = pipe();
  const client = new Client(end, { codec });
  client.call("Guard.sum", ARGS).catch(() => {});
  await settle();
  const buffer = new Uint8Array(4096);
  const count = await other.read(buffer) ?? 0;
  await client.close();
  return String.fromCharCode(...buffer.subarray(0, count));
}

function posted(body: string, type = "application/json"): string {
  return `POST /Guard.sum HTTP/1.1\r\nHost: localhost\r\nContent-Type: ${type}\r\n` +
    `Content-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`;
}

/** Sends bytes and leaves. */
async function send(server: Server, text: string): Promise<void> {
  const [end, other] = pipe();
  const running = server.serve(other);
  end.write(Uint8Array.from(text, (character) => character.charCodeAt(0)));
  // Enough for a call, which would end with the connection.
  for (let turn = 0; turn < 60; turn++) await Promise.resolve();
  end.close();
  await running;
}

/** What calls once, by the dialect it does so in. */
async function beginnings(): Promise<[dialect: string, bytes: string][]> {
  const calls = await Promise.all(CODECS.map(spoken));
  const [, , gee = "", go = ""] = calls;
  const [, , geeType = "", goType = ""] = CODECS.map(({ type }) => type);
  return [
    ...CODECS.map(({ type }, index): [string, string] => [
      type,
      calls[index] ?? "",
    ]),
    ["http", posted(JSON.stringify(ARGS))],
    [geeType, `CONNECT /_geeprc_ HTTP/1.0\n\n${gee}`],
    [goType, `CONNECT /_goRPC_ HTTP/1.0\r\n\r\n${go}`],
  ];
}

// In JSON everything is an argument, an option too.
const UNTYPED = ["application/json", "net/rpc/jsonrpc"];

Deno.test("Server never takes what follows one dialect for another", async () => {
  const guard = new Guard();
  const server = new Server({ codecs: CODECS });
  server.register(guard);
  const all = await beginnings();
  for (const [dialect, bytes] of all) {
    await send(server, bytes);
    assertEquals(guard.calls.splice(0), [[dialect, true]]);
  }
  const random = seeded(35);
  let called = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const [dialect = "", first = ""] = all[random(all.length)] ?? [];
    const [, second = ""] = all[random(all.length)] ?? [];
    const start = first.slice(0, random(first.length));
    await send(server, start + second);
    // Spaces before an option, and CONNECT, lead to what follows.
    const isOpen = /^\s*$|^CONNECT .*\n\r?\n *$/.test(start);
    for (const [by, isRight] of guard.calls.splice(0)) {
      called++;
      const note = `Round ${round}, ${by}: ${JSON.stringify(start + second)}`;
      assert(isOpen || by === dialect, note);
      assert(isRight || UNTYPED.includes(by), note);
    }
  }
  assert(called > 100);
  await server.close();
});

Deno.test("Server refuses the POST of a page whose body is a call in another dialect", async () => {
  const guard = new Guard();
  const server = new Server({ codecs: CODECS });
  server.register(guard);
  for (const [dialect, body] of await beginnings()) {
    for (const type of ["text/plain", "application/x-www-form-urlencoded"]) {
      const answer = await new RawHttp(server).ask(posted(body, type));
      assert(answer.startsWith("HTTP/1.1 415 "), answer);
      assertEquals(answer.split("HTTP/1.").length, 2, answer);
    }
    // A request of JSON-RPC is an argument like others.
    if (dialect === jsonRpcCodec.type) continue;
    const answer = await new RawHttp(server).ask(posted(body));
    assert(answer.startsWith("HTTP/1.1 400 "), answer);
  }
  assertEquals(guard.calls, []);
  await server.close();
});
