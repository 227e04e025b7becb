// Copyright 2026 the Gee authors. MIT license.

import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertThrows,
} from "@std/assert";
import { WireError } from "../errors.ts";
import { pipe, settle } from "../testdata/pipe.ts";
import { Writer } from "../wire/writer.ts";
import { InvalidBody, type Message } from "./codec.ts";
import { jsonCodec } from "./json_codec.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

/** The text a codec writes for some messages. */
async function encoded(messages: Message[]): Promise<string> {
  const [end, other] = pipe();
  const writer = new Writer(end, () => {});
  const codec = jsonCodec.create("server");
  for (const message of messages) codec.encode(message, writer);
  await settle();
  const buffer = new Uint8Array(1 << 16);
  return new TextDecoder().decode(
    buffer.subarray(0, await other.read(buffer) ?? 0),
  );
}

function decoded(chunk: Uint8Array): { messages: Message[]; used: number } {
  const messages: Message[] = [];
  const used = jsonCodec.create("server").decode(
    chunk,
    (message) => messages.push(message),
  );
  return { messages, used };
}

const REQUEST: Message = {
  serviceMethod: "Arith.sum",
  seq: 1,
  error: "",
  body: { a: 1, text: "São\n" },
};

Deno.test("jsonCodec writes header and body as two lines, as Go's encoder does", async () => {
  const text = await encoded([REQUEST, {
    ...REQUEST,
    seq: 2,
    error: 'no "b"',
    body: {},
  }]);
  assertEquals(
    text,
    '{"ServiceMethod":"Arith.sum","Seq":1,"Error":""}\n{"a":1,"text":"São\\n"}\n' +
      '{"ServiceMethod":"Arith.sum","Seq":2,"Error":"no \\"b\\""}\n{}\n',
  );
});

Deno.test("jsonCodec writes what JSON cannot say as null", async () => {
  const text = await encoded([{ ...REQUEST, body: undefined }]);
  assertEquals(text.split("\n")[1], "null");
});

Deno.test("jsonCodec throws for what has no JSON form and writes nothing", async () => {
  const [end] = pipe();
  const writer = new Writer(end, () => {});
  assertThrows(
    () => jsonCodec.create("server").encode({ ...REQUEST, body: 1n }, writer),
    TypeError,
  );
  await settle();
  assertEquals(end.writes, []);
});

Deno.test("jsonCodec reads messages of any method and order, and keeps the rest", async () => {
  const messages: Message[] = [
    REQUEST,
    { ...REQUEST, seq: 2 },
    { ...REQUEST, serviceMethod: "Other.x", seq: 900719925474099 },
    { ...REQUEST, seq: 9007199254740991, error: "bad" },
    { ...REQUEST, seq: 4 },
  ];
  const text = await encoded(messages);
  const whole = decoded(bytes(`${text}{"Serv`));
  assertEquals(whole.messages, messages);
  assertEquals(whole.used, bytes(text).length);
});

Deno.test("jsonCodec reads the same messages at every cut, within characters too", async () => {
  const chunk = bytes(await encoded([REQUEST, { ...REQUEST, seq: 2 }]));
  for (let cut = 0; cut <= chunk.length; cut++) {
    const codec = jsonCodec.create("server");
    const messages: Message[] = [];
    const used = codec.decode(
      chunk.subarray(0, cut),
      (message) => messages.push(message),
    );
    codec.decode(chunk.subarray(used), (message) => messages.push(message));
    assertEquals(messages, [REQUEST, { ...REQUEST, seq: 2 }], `cut at ${cut}`);
  }
});

Deno.test("jsonCodec reads headers of other writers: spaces, order, missing fields", () => {
  const { messages } = decoded(
    bytes(
      '{ "Seq": 7, "ServiceMethod": "A.b" }\r\n [1]\r\n{"Seq":8}\nnull\n',
    ),
  );
  assertEquals(messages, [
    { serviceMethod: "A.b", seq: 7, error: "", body: [1] },
    { serviceMethod: "", seq: 8, error: "", body: null },
  ]);
});

Deno.test("jsonCodec hands a malformed body over and reads on", () => {
  const header = '{"ServiceMethod":"A.b","Seq":1,"Error":""}\n';
  const { messages } = decoded(bytes(`${header}{nope\n${header}2\n`));
  assertInstanceOf(messages[0]?.body, InvalidBody);
  assert(messages[0].body.message !== "");
  assertEquals(messages[1]?.body, 2);
});

Deno.test("jsonCodec ends the stream at what is no header", () => {
  const refusal = (text: string | Uint8Array) =>
    assertThrows(
      () => decoded(typeof text === "string" ? bytes(text) : text),
      WireError,
    ).message;
  assertEquals(refusal("nope\n1\n"), "Cannot read a header: it is not JSON");
  const fields =
    'Cannot read a header: "ServiceMethod" and "Error" must be text, "Seq" a whole number from 1';
  assertEquals(refusal('{"Seq":-1}\n1\n'), fields);
  assertEquals(refusal('{"Seq":9007199254740992}\n1\n'), fields);
  assertEquals(refusal('{"ServiceMethod":1}\n1\n'), fields);
  assertEquals(
    refusal(new Uint8Array([0xff, 0x0a, 0x31, 0x0a])),
    "Cannot read a message: it is not UTF-8",
  );
});

Deno.test("jsonCodec is not fooled by a number that only looks like one", () => {
  const codec = jsonCodec.create("server");
  const messages: Message[] = [];
  const header = (seq: string) =>
    `{"ServiceMethod":"A.b","Seq":${seq},"Error":""}\n1\n`;
  codec.decode(bytes(header("1")), (message) => messages.push(message));
  codec.decode(bytes(header("1e1")), (message) => messages.push(message));
  assertEquals(messages.map(({ seq }) => seq), [1, 10]);
});

Deno.test("jsonCodec refuses a header that is no object or has no number", () => {
  for (const header of ["5", "[]", '"text"', "null", '{"Seq":0}']) {
    assertThrows(
      () => decoded(bytes(`${header}\nnull\n`)),
      WireError,
      "Cannot read a header: ",
    );
  }
});

Deno.test("jsonCodec looks at each byte of a large message once, however it comes", () => {
  const codec = jsonCodec.create("server");
  const messages: Message[] = [];
  const all = bytes(
    `{"ServiceMethod":"A.b","Seq":1,"Error":""}\n"${"x".repeat(50_000)}"\n`
      .repeat(2),
  );
  let [searched, start] = [0, 0];
  const { lastIndexOf } = Uint8Array.prototype;
  Uint8Array.prototype.lastIndexOf = function (byte) {
    const at = lastIndexOf.call(this, byte);
    searched += this.length - Math.max(at, 0);
    return at;
  };
  try {
    for (let end = 1; start < all.length; end += 100) {
      const chunk = all.subarray(start, end);
      start += codec.decode(chunk, (message) => messages.push(message));
    }
  } finally {
    // Own properties now, inherited ones before.
    Reflect.deleteProperty(Uint8Array.prototype, "lastIndexOf");
  }
  assertEquals(messages.map(({ seq, body }) => [seq, String(body).length]), [
    [1, 50_000],
    [1, 50_000],
  ]);
  assert(searched <= all.length * 1.1, `${searched} of ${all.length} bytes`);
});
