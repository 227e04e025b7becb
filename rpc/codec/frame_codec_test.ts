// Copyright 2026 the Gee authors. MIT license.

import { assert, assertEquals, assertThrows } from "@std/assert";
import { WireError } from "../errors.ts";
import { CLIENT_LIMITS } from "../limits.ts";
import { pipe, type PipeEnd, settle } from "../testdata/pipe.ts";
import { until } from "../testdata/until.ts";
import { Writer } from "../wire/writer.ts";
import { type Codec, InvalidBody, type Message } from "./codec.ts";
import { checkOf, HEADER_BYTES } from "./frame.ts";
import { frameCodec, framesCodec } from "./frame_codec.ts";

/** A codec that writes into a pipe, whose other end gives the bytes. */
class Line {
  readonly codec: Codec;
  readonly writer: Writer;
  readonly #end: PipeEnd;
  readonly #other: PipeEnd;

  constructor(side: "client" | "server", factory = frameCodec) {
    this.codec = factory.create(side, CLIENT_LIMITS);
    [this.#end, this.#other] = pipe();
    this.writer = new Writer(this.#end, (error) => {
      throw error;
    });
  }

  send(...messages: Partial<Message>[]): void {
    const base = { serviceMethod: "", seq: 1, error: "", body: null };
    for (const message of messages) {
      this.codec.encode({ ...base, ...message }, this.writer);
    }
  }

  /** Everything sent so far. */
  async bytes(): Promise<Uint8Array> {
    await this.writer.drained();
    await settle();
    const all = new Uint8Array(this.#end.writes.reduce((a, b) => a + b, 0));
    for (let at = 0; at < all.length;) {
      at += await this.#other.read(all.subarray(at)) ?? 0;
    }
    this.#end.writes.length = 0;
    return all;
  }
}

function decode(
  codec: Codec,
  bytes: Uint8Array,
): { messages: Message[]; used: number } {
  const messages: Message[] = [];
  const used = codec.decode(bytes, (message) => messages.push(message));
  return { messages, used };
}

const call = (seq: number, body: unknown, serviceMethod = "A.b") => ({
  serviceMethod,
  seq,
  body,
});

Deno.test("frameCodec puts small calls of one turn into one frame and names a method once", async () => {
  const line = new Line("client");
  line.send(call(1, { n: 1 }), call(2, "é😀", "C.d"), call(3, undefined));
  const bytes = await line.bytes();
  assertEquals(
    new TextDecoder().decode(bytes.subarray(HEADER_BYTES)).replace(/\0+$/, ""),
    '[1,"A.b",{"n":1},2,"C.d","é😀",3,0,null]',
  );
  const server = frameCodec.create("server");
  const { messages, used } = decode(server, bytes);
  assertEquals(used, bytes.length);
  assertEquals(messages, [
    { serviceMethod: "A.b", seq: 1, error: "", body: { n: 1 }, size: 15 },
    { serviceMethod: "C.d", seq: 2, error: "", body: "é😀", size: 15 },
    { serviceMethod: "A.b", seq: 3, error: "", body: null, size: 15 },
  ]);
});

Deno.test("frameCodec spells long names out each time, which fill no memory then", async () => {
  const line = new Line("client");
  for (const length of [256, 257]) {
    const name = "x".repeat(length);
    line.send(call(1, null, name), call(2, null, name));
    const bytes = await line.bytes();
    const isShort = length === 256;
    assertEquals(new TextDecoder().decode(bytes).includes(",2,0,"), isShort);
    const { messages } = decode(frameCodec.create("server"), bytes);
    assertEquals(messages.map((m) => m.serviceMethod), [name, name]);
  }
});

Deno.test("frameCodec carries everything beside a call, and errors with code and details", async () => {
  const line = new Line("client");
  const metadata: Record<string, string> = { trace: "1", constructor: "y" };
  line.send({ ...call(7, [1]), extra: { metadata, timeout: 50 } });
  line.send({ ...call(8, null), extra: { isStream: true } });
  line.send({ seq: 8, kind: "window", body: 99 }, { seq: 7, kind: "cancel" });
  line.send({ kind: "ping", seq: 0 });
  const { messages } = decode(frameCodec.create("server"), await line.bytes());
  assertEquals(
    messages.map(({ kind, seq, body }) => [kind, seq, body]),
    [
      [undefined, 7, [1]],
      [undefined, 8, undefined],
      ["window", 8, 99],
      ["cancel", 7, undefined],
      ["ping", 0, undefined],
    ],
  );
  assertEquals({ ...messages[0]?.extra?.metadata }, metadata);
  assertEquals(messages[0]?.extra?.timeout, 50);
  assertEquals(messages[1]?.extra?.isStream, true);
  const back = new Line("server");
  const extra = { code: "not_found", details: { id: 7 } } as const;
  back.send({ seq: 7, error: "100%d", extra }, { seq: 8, error: "no" });
  const replies = decode(frameCodec.create("client"), await back.bytes());
  assertEquals(
    replies.messages.map(({ seq, error, extra }) => [seq, error, extra]),
    [
      [7, "100%d", extra],
      [8, "no", { code: "unknown", details: undefined }],
    ],
  );
});

Deno.test("frameCodec carries bytes as they are, without a head once the method is known", async () => {
  const line = new Line("client");
  const body = new Uint8Array([0, 255, 1]);
  line.send(call(1, body), call(2, body));
  const bytes = await line.bytes();
  assertEquals(bytes.length, 32 + 24); // '["A.b"]' takes 7 bytes
  const { messages } = decode(frameCodec.create("server"), bytes);
  assertEquals(messages.map(({ body }) => body), [body, body]);
  assertEquals(messages[1]?.serviceMethod, "A.b");
});

Deno.test("frameCodec decodes the same wherever the bytes are cut", async () => {
  const line = new Line("client");
  line.send(
    call(1, "é"),
    call(2, new Uint8Array(5)),
    call(3, "x".repeat(2000)),
  );
  const bytes = (await line.bytes()).subarray(0);
  const whole = decode(frameCodec.create("server"), bytes).messages;
  assertEquals(whole.length, 3);
  for (let cut = 0; cut <= bytes.length; cut++) {
    const codec = frameCodec.create("server");
    const { messages, used } = decode(codec, bytes.subarray(0, cut));
    messages.push(...decode(codec, bytes.subarray(used)).messages);
    assertEquals(messages, whole, `cut at ${cut}`);
  }
});

Deno.test("frameCodec notices every single garbled byte and hands nothing over", async () => {
  const line = new Line("client");
  line.send(call(1, { a: "b".repeat(9) }));
  const good = await line.bytes();
  for (let at = 0; at < good.length; at++) {
    for (const change of [1, 0x80, 0xff]) {
      const bytes = good.slice();
      bytes[at] = (bytes[at] ?? 0) ^ change;
      assertThrows(
        () => decode(frameCodec.create("server"), bytes),
        WireError,
        "is garbled",
        `byte ${at}`,
      );
    }
  }
});

/** A header whose checks are right, as a hostile peer makes it. */
function forged(length: number, type: number): Uint8Array {
  const words = new Int32Array(5);
  words.set([length | 0, type, 1, 1, 0]);
  words[4] = checkOf(words, 0, 4);
  return new Uint8Array(words.buffer);
}

Deno.test("frameCodec refuses lengths beyond the limit before anything waits for them", () => {
  const limits = { ...CLIENT_LIMITS, maxMessageBytes: 1000 };
  const codec = () => frameCodec.create("server", limits);
  for (const length of [981, 1000, 1001, 2 ** 31, 2 ** 32 - 1]) {
    const bytes = forged(length, 2);
    assertThrows(
      () => decode(codec(), bytes),
      WireError,
      "Cannot read a message: it is longer than 1000 bytes",
    );
  }
  assertEquals(decode(codec(), forged(980, 2)).used, 0);
  assertEquals(decode(codec(), forged(60_000, 1)).used, 0); // a batch holds many
  assertThrows(
    () => decode(codec(), new Uint8Array(HEADER_BYTES)),
    WireError,
    "Cannot read a frame: its header is garbled",
  );
});

Deno.test("frameCodec refuses frames that are well checked and make no sense", async () => {
  const client = new Line("client");
  client.send(call(1, 2), { ...call(2, 3), extra: { timeout: 1 } });
  const calls = await client.bytes();
  assertThrows(
    () => decode(frameCodec.create("client"), calls),
    WireError,
    "Cannot read a batch: it is no list of messages",
  );
  const server = new Line("server");
  server.send({ seq: 1, error: "no" });
  assertThrows(
    () =>
      decode(frameCodec.create("server"), new Uint8Array(0)) &&
      decode(frameCodec.create("server"), calls.subarray(frameEnd(calls))),
    WireError,
    "Cannot read a call: its method is 0, want a name or the number of one",
  );
  const errors = await server.bytes();
  assertThrows(
    () => decode(frameCodec.create("server"), errors),
    WireError,
    "Cannot read a frame: type 4 is not wanted here",
  );
  const odd = new Line("server");
  odd.send({ seq: 0, body: 1 });
  const zero = await odd.bytes();
  assertThrows(
    () => decode(frameCodec.create("client"), zero),
    WireError,
    "Cannot read a message: its number is 0, want 1 to 4294967295",
  );
});

function frameEnd(bytes: Uint8Array): number {
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(
    0,
    true,
  );
  return HEADER_BYTES + ((length + 3) & ~3);
}

Deno.test("frameCodec cuts large bodies into parts between which small messages go", async () => {
  const line = new Line("server");
  const large = new Uint8Array(1 << 20).map((_, i) => i);
  line.send({ seq: 1, body: large }, { seq: 2, body: "é".repeat(1 << 18) });
  line.send({ seq: 3, body: "small" });
  assert(line.writer.buffered > 1 << 20);
  const { messages } = decode(
    frameCodec.create("client"),
    await line.bytes(),
  );
  assertEquals(messages.map(({ seq }) => seq), [3, 2, 1]);
  assertEquals(messages[1]?.body, "é".repeat(1 << 18));
  assertEquals(messages[2]?.body, large);
  assertEquals(line.writer.buffered, 0);
});

Deno.test("frameCodec stops sending the parts of what the peer gives up", async () => {
  const client = new Line("client");
  client.send({ seq: 1, kind: "cancel" });
  const cancel = await client.bytes();
  const server = new Line("server");
  server.send({ seq: 1, body: new Uint8Array(8 << 20) });
  await Promise.resolve(); // the first write begins
  const before = server.writer.buffered;
  const { messages } = decode(server.codec, cancel);
  assertEquals(messages.map(({ kind }) => kind), ["cancel"]);
  assert(server.writer.buffered < before);
  server.send({ seq: 2, body: "next" });
  const got = decode(client.codec, await server.bytes()).messages;
  assertEquals(got.map(({ kind, seq }) => [kind, seq]), [
    ["cancel", 1],
    [undefined, 2],
  ]);
  client.send({ ...call(3, "x".repeat(1 << 20)) });
  client.send({ seq: 3, kind: "cancel" });
  assertEquals(
    decode(frameCodec.create("server"), await client.bytes()).messages
      .map(({ kind }) => kind),
    ["cancel"],
  );
});

Deno.test("frameCodec bounds bodies in parts by number and length", async () => {
  const limits = { ...CLIENT_LIMITS, maxMessageBytes: 300_000 };
  const line = new Line("server");
  line.send({ seq: 1, body: new Uint8Array(1 << 20) });
  const bytes = await line.bytes();
  const { messages } = decode(frameCodec.create("client", limits), bytes);
  assertEquals(messages.map(({ seq, body }) => [seq, body]), [
    [1, new InvalidBody("it is longer than 300000 bytes")],
  ]);
  const client = frameCodec.create("client");
  const first = bytes.subarray(0, frameEnd(bytes));
  decode(client, first);
  assertThrows(
    () => decode(client, first),
    WireError,
    "Cannot read a frame: more than 4 bodies come in parts",
  );
});

Deno.test("framesCodec() deflates what is long enough, and frames alone say so", async () => {
  const line = new Line("client", framesCodec({ compress: 1000 }));
  line.send(call(1, "x".repeat(100_000)), call(2, "short"));
  await until("bytes wait", () => line.writer.buffered === 0);
  const bytes = await line.bytes();
  assert(bytes.length < 1000, String(bytes.length));
  const { messages } = decode(frameCodec.create("server"), bytes);
  assertEquals(messages.map(({ seq }) => seq), [2, 1]);
});

Deno.test("frameCodec gives an InvalidBody when only a body is malformed", async () => {
  const line = new Line("client");
  line.send({ ...call(1, "xx"), extra: { timeout: 1 } });
  const bytes = await line.bytes();
  const words = new Int32Array(bytes.buffer);
  bytes[bytes.lastIndexOf(0x22)] = 0x20;
  words[3] = checkOf(words, 5, words.length);
  words[4] = checkOf(words, 0, 4);
  const { messages } = decode(frameCodec.create("server"), bytes);
  assert(messages[0]?.body instanceof InvalidBody);
});

Deno.test("frameCodec refuses what has no form and leaves the writer as it was", async () => {
  const line = new Line("client");
  const long = { metadata: { a: "x".repeat(70_000) } };
  assertThrows(() => line.send(call(1, 1n)), TypeError, "BigInt");
  assertThrows(
    () => line.send({ ...call(1, 1), extra: long }),
    TypeError,
    "Cannot send the call: its name and metadata take",
  );
  line.send(call(2, 1));
  const { messages } = decode(frameCodec.create("server"), await line.bytes());
  assertEquals(messages.map(({ seq }) => seq), [2]);
});

Deno.test("frameCodec keeps every byte, whatever the length and the room of the writer", async () => {
  const lengths = [40_001, 70_002, 100_003, 120_001];
  for (let length = 1000; length < 1040; length++) lengths.push(length);
  for (const length of lengths) {
    const line = new Line("server");
    const body = new Uint8Array(length).fill(7);
    line.send(call(1, body), call(2, "é".repeat(length)));
    const { messages } = decode(
      frameCodec.create("client", CLIENT_LIMITS),
      await line.bytes(),
    );
    const got = messages[0]?.body;
    const isWhole = got instanceof Uint8Array && got.length === length &&
      got.every((byte) => byte === 7);
    assert(isWhole, `${length} bytes`);
    assert(messages[1]?.body === "é".repeat(length), `${length} characters`);
  }
});
