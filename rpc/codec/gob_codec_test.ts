// Copyright 2026 the Gee authors. MIT license.

import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { dial } from "../dial.ts";
import { RemoteError, WireError } from "../errors.ts";
import * as gob from "../gob/mod.ts";
import { Server } from "../server.ts";
import { type Direction, Exchange } from "../testdata/exchange.ts";
import { Writer } from "../wire/writer.ts";
import { InvalidBody, type Message } from "./codec.ts";
import { gobCodec, netRpcCodec } from "./gob_codec.ts";

const args = gob.struct("Args", { Num1: gob.int, Num2: gob.int });
const METHODS = {
  "Foo.Sum": { args, reply: gob.int },
  "Foo.Sleep": { args, reply: gob.int },
  "Foo.Nope": { args },
  "Arith.Divide": { args, reply: gob.int },
};

/** A writer that keeps what it is given. */
async function written(write: (writer: Writer) => void): Promise<string> {
  let hex = "";
  const writer = new Writer({
    read: () => Promise.resolve(null),
    write: (bytes) => {
      hex += bytes.toHex();
      return Promise.resolve(bytes.length);
    },
    close: () => {},
  }, (error) => {
    throw error;
  });
  write(writer);
  await writer.drained();
  return hex;
}

/** What a codec makes of chunks. */
function read(
  chunks: readonly Uint8Array[],
  side: "client" | "server",
  methods = {},
): Message[] {
  const codec = gobCodec({ methods }).create(side);
  const messages: Message[] = [];
  for (const chunk of chunks) {
    assertEquals(
      codec.decode(chunk, (message) => messages.push(message)),
      chunk.length,
    );
  }
  return messages;
}

for (
  const name of [
    "geerpc-gob-call-ok",
    "geerpc-gob-call-error",
    "geerpc-gob-handle-timeout",
    "geerpc-gob-client-ctx-timeout",
    "geerpc-gob-unknown-method",
  ]
) {
  Deno.test(`gobCodec() reads and writes every byte of ${name}`, async () => {
    const exchange = new Exchange(name);
    const ways: [Direction, "client" | "server"][] = [
      ["c2s", "server"],
      ["s2c", "client"],
    ];
    for (const [direction, reader] of ways) {
      const chunks = exchange.chunks(direction);
      const messages = read(chunks, reader, METHODS);
      const bytes = chunks.flatMap((chunk) => [...chunk]);
      const single = bytes.map((byte) => new Uint8Array([byte]));
      assertEquals(read(single, reader, METHODS), messages);
      const side = reader === "server" ? "client" : "server";
      const codec = gobCodec({ methods: METHODS }).create(side);
      const hex = await written((writer) => {
        for (const message of messages) codec.encode(message, writer);
      });
      assertEquals(hex, new Uint8Array(bytes).toHex());
    }
  });
}

for (const name of ["netrpc-gob", "netrpc-gob-error"]) {
  Deno.test(`netRpcCodec() reads and writes every byte of ${name}`, async () => {
    const quotient = gob.struct("Quotient", { Quo: gob.int, Rem: gob.int });
    const methods = {
      "Arith.Sum": { args, reply: gob.int },
      "Arith.Divide": { args, reply: quotient },
      "Foo.Nope": { args },
    };
    const exchange = new Exchange(name);
    const ways: [Direction, "client" | "server"][] = [
      ["c2s", "server"],
      ["s2c", "client"],
    ];
    for (const [direction, reader] of ways) {
      const chunks = exchange.chunks(direction);
      const messages: Message[] = [];
      const codec = netRpcCodec({ methods });
      const inward = codec.create(reader);
      for (const chunk of chunks) {
        inward.decode(chunk, (message) => messages.push(message));
      }
      const outward = codec.create(reader === "server" ? "client" : "server");
      const hex = await written((writer) => {
        for (const message of messages) outward.encode(message, writer);
      });
      const wanted = chunks.map((chunk) => chunk.toHex()).join("");
      // After an error Go has numbered the type of the reply that it did not send.
      if (name === "netrpc-gob") assertEquals(hex, wanted);
      else assertEquals(hex.length, wanted.length);
      const again: Message[] = [];
      const reread = codec.create(reader);
      reread.decode(Uint8Array.fromHex(hex), (message) => again.push(message));
      assertEquals(again, messages);
    }
  });
}

Deno.test("gobCodec() reads what Go sends of every kind", () => {
  const exchange = new Exchange("geerpc-gob-types");
  const asked = read(exchange.chunks("c2s"), "server");
  const told = read(exchange.chunks("s2c"), "client");
  assertEquals(asked.map(({ serviceMethod, seq }) => [serviceMethod, seq]), [
    ["Types.Upper", 1],
    ["Types.Bytes", 2],
    ["Types.Count", 3],
    ["Types.Echo", 4],
  ]);
  assertEquals(asked.slice(0, 3).map(({ body }) => body), [
    "a b a",
    new TextEncoder().encode("a b a"),
    ["a", "b", "a"],
  ]);
  assertEquals(told[2]?.body, new Map([["a", 2], ["b", 1]]));
  assertEquals(told[3]?.body, asked[3]?.body);
});

Deno.test("gobCodec() hands over a body of another type, and goes on", () => {
  const [first, second] = new Exchange("geerpc-gob-call-ok").chunks("c2s");
  const wrong = gob.struct("Args", { Num1: gob.string });
  const methods = { "Foo.Sum": { args: wrong } };
  const messages = read([first!, second!], "server", methods);
  assertEquals(
    messages.map(({ body }) => body instanceof InvalidBody && body.message),
    Array(2).fill('Cannot decode gob: "Num1": got an int, want "string"'),
  );
});

Deno.test("gobCodec() ends a connection whose bytes are no gob", () => {
  const codec = gobCodec().create("server");
  assertThrows(
    () => codec.decode(new Uint8Array([3, 4, 0, 6]), () => {}),
    WireError,
    'Cannot read a message: Cannot decode gob: got an int, want "Header"',
  );
  assertThrows(
    () => gobCodec({ maxBytes: 0 }),
    RangeError,
    "Cannot decode gobs with maxBytes 0",
  );
});

Deno.test("a client gives a body without a form in gob back, and goes on", async () => {
  class Foo {
    sum({ Num1, Num2 }: { Num1: number; Num2: number }) {
      return Num1 + Num2;
    }
    nothing() {}
    wrong() {
      return "text";
    }
  }
  const server = new Server();
  server.register(new Foo());
  await using listener = server.listen();
  const codec = gobCodec({
    methods: { "Foo.sum": { args }, "Foo.wrong": { reply: gob.int } },
  });
  await using client = await dial(listener.address, { codec });
  await assertRejects(
    () => client.call("Foo.sum", { Num1: 1.5, Num2: 1 }),
    TypeError,
    'Cannot encode gob: Args.Num1: got 1.5, want a whole number for "int"',
  );
  assertEquals(await client.call("Foo.sum", { Num1: 1, Num2: 2 }), 3);
  assertEquals(await client.call("Foo.nothing"), {});
  await assertRejects(
    () => client.call("Foo.gone"),
    RemoteError,
    "rpc server: can't find method gone",
  );
  await assertRejects(
    () => client.call("Foo.wrong"),
    WireError,
    'Cannot read the reply of "Foo.wrong": Cannot decode gob: got a string, want "int"',
  );
  assertEquals(await client.call("Foo.sum", { Num1: 0, Num2: 0 }), 0);
});

Deno.test("gobCodec() sends the type of untyped values of one shape once", async () => {
  class Echo {
    say(value: unknown) {
      return value;
    }
  }
  const server = new Server();
  server.register(new Echo());
  await using listener = server.listen();
  await using client = await dial(listener.address, { codec: gobCodec() });
  // Of as many types neither side would take the last.
  for (let index = 0; index < 1100; index++) {
    const value = { a: index, list: [{ b: "x" }] };
    assertEquals(await client.call("Echo.say", value), value);
  }
});

Deno.test("gobCodec() remembers no more types of plain objects than it may", async () => {
  const codec = gobCodec().create("server");
  const message = { serviceMethod: "A.b", seq: 1, error: "" };
  await written((writer) => {
    const send = (body: unknown) => codec.encode({ ...message, body }, writer);
    for (let n = 0; n < 1 << 14; n++) send({ [`K${n}`]: n });
    assertThrows(
      () => send({ more: 1 }),
      TypeError,
      "Cannot infer gob type: objects of one stream have more than 16384 fields, give their type or a Map",
    );
    send({ K7: 1 });
    send(new Map([["more", 1]]));
  });
});
