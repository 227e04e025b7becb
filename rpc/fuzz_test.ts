// Copyright 2026 the Gee authors. MIT license.

import { assert, assertEquals } from "@std/assert";
import type { Codec, Message } from "./codec/codec.ts";
import { checkOf, HEADER_BYTES } from "./codec/frame.ts";
import { frameCodec } from "./codec/frame_codec.ts";
import { jsonCodec } from "./codec/json_codec.ts";
import { WireError } from "./errors.ts";
import { decodeOption, encodeOption, MAGIC_NUMBER } from "./option.ts";
import { pipe } from "./testdata/pipe.ts";
import { seeded } from "./testdata/random.ts";
import { Writer } from "./wire/writer.ts";

const ROUNDS = 10_000;
const SYNTAX = '{}[]",:\\\n0';
const encoder = new TextEncoder();

/** Changes some bytes: other ones, less, more, a part twice, an end too soon. */
function mutate(bytes: Uint8Array, random: (limit: number) => number) {
  // Byte by byte as Latin-1 text, which is quicker to cut and join.
  let text = String.fromCharCode(...bytes);
  for (let changes = 1 + random(4); changes > 0; changes--) {
    const at = random(text.length);
    const [head, tail] = [text.slice(0, at), text.slice(at)];
    const count = random(20);
    text = [
      () => head + String.fromCharCode(random(256)) + tail.slice(1),
      () => head + tail.slice(count),
      () => head + SYNTAX.charAt(random(SYNTAX.length)).repeat(count) + tail,
      () => head + tail.slice(0, count) + tail,
      () => head,
    ][random(5)]?.() ?? text;
  }
  return new Uint8Array(text.length).map((_, i) => text.charCodeAt(i));
}

/** Runs a decoder; undefined when it refused in the one way it may. */
function attempt<T>(decode: () => T, note: string): T | undefined {
  try {
    return decode();
  } catch (error) {
    if (!(error instanceof WireError)) throw new Error(note, { cause: error });
    assert(error.message.startsWith("Cannot read "), note);
    return undefined;
  }
}

/** The messages of some chunks, the unused bytes of each before the next. */
function decodeAll(
  chunks: readonly Uint8Array[],
  codec: Codec = jsonCodec.create("server"),
): Message[] {
  const messages: Message[] = [];
  let rest = new Uint8Array();
  for (const chunk of chunks) {
    const bytes = new Uint8Array(rest.length + chunk.length);
    bytes.set(rest);
    bytes.set(chunk, rest.length);
    const used = codec.decode(bytes, (message) => messages.push(message));
    rest = bytes.subarray(used);
  }
  return messages;
}

Deno.test("jsonCodec makes messages or a WireError of 10,000 mutated inputs, wherever they are cut", () => {
  const inputs = [
    '{"ServiceMethod":"Arith.sum","Seq":1,"Error":""}\n{"a":1,"b":"São"}\n',
    '{"ServiceMethod":"Arith.sum","Seq":12,"Error":""}\n[1,[2,[3]]]\n' +
    '{"ServiceMethod":"Arith.sum","Seq":13,"Error":"no"}\n{}\n',
    '{ "Seq" : 9007199254740991, "Error":"", "__proto__":{"Seq":"x"} }\nnull\n',
  ].map((text) => encoder.encode(text));
  for (let seed = 1; seed <= ROUNDS; seed++) {
    const note = `seed ${seed}`;
    const random = seeded(seed);
    const bytes = mutate(
      inputs[seed % inputs.length] ?? new Uint8Array(1),
      random,
    );
    const whole = attempt(() => decodeAll([bytes]), note);
    if (whole === undefined) continue;
    for (const { serviceMethod, seq, error } of whole) {
      assert(typeof serviceMethod === "string", note);
      assert(typeof error === "string", note);
      assert(Number.isSafeInteger(seq) && seq >= 1, note);
    }
    const cut = random(bytes.length + 1);
    const halves = decodeAll([bytes.subarray(0, cut), bytes.subarray(cut)]);
    assert(
      JSON.stringify(halves) === JSON.stringify(whole),
      `${note}, cut at ${cut}`,
    );
  }
});

Deno.test("decodeOption() makes an option or a WireError of 10,000 mutated inputs", () => {
  const inputs = [
    encodeOption({
      codecType: "application/json",
      connectTimeout: 0,
      handleTimeout: 5,
    }),
    encoder.encode(`{"MagicNumber":${MAGIC_NUMBER},"CodecType":"a"}\n{"`),
  ];
  for (let seed = 1; seed <= ROUNDS; seed++) {
    const note = `seed ${seed}`;
    const bytes = mutate(
      inputs[seed % inputs.length] ?? new Uint8Array(1),
      seeded(seed),
    );
    const decoded = attempt(() => decodeOption(bytes), note);
    if (decoded === undefined) continue;
    const { option, length } = decoded;
    assert(length > 0 && length <= bytes.length, note);
    assertEquals(typeof option.codecType, "string", note);
    assert(option.handleTimeout >= 0 && option.connectTimeout >= 0, note);
  }
});

/** Some calls of every kind, as frames. */
async function frames(): Promise<Uint8Array> {
  const [end, other] = pipe();
  const writer = new Writer(end, () => {});
  const codec = frameCodec.create("client");
  const send = (message: Partial<Message>) =>
    codec.encode(
      { serviceMethod: "Arith.sum", seq: 1, error: "", body: 1, ...message },
      writer,
    );
  send({ seq: 1, body: { a: 1, b: "São" } });
  send({ seq: 2, body: [1, [2, [3]]] });
  send({ seq: 3, body: new Uint8Array([1, 2, 3]) });
  send({ seq: 4, extra: { metadata: { a: "b" }, timeout: 5 } });
  send({ seq: 5, extra: { isStream: true } });
  codec.encodeItem?.(5, { n: 1 }, writer);
  send({ seq: 5, kind: "end" });
  send({ seq: 5, kind: "end", error: "no", extra: { code: "aborted" } });
  send({ seq: 4, kind: "window", body: 7 });
  send({ seq: 4, kind: "cancel" });
  await writer.drained();
  const bytes = new Uint8Array(10_000);
  return bytes.slice(0, await other.read(bytes) ?? 0);
}

/** Makes the checks of all frames right again, as a hostile peer does. */
function recheck(bytes: Uint8Array): void {
  const words = new Int32Array(bytes.buffer, 0, bytes.length >> 2);
  for (let at = 0; at + 5 <= words.length;) {
    const length = (words[at] ?? 0) >>> 0;
    const end = at + (HEADER_BYTES >> 2) + Math.ceil(length / 4);
    if (end > words.length) return;
    words[at + 3] = checkOf(words, at + 5, end);
    words[at + 4] = checkOf(words, at, at + 4);
    at = end;
  }
}

Deno.test("frameCodec makes messages or a WireError of 10,000 mutated inputs, wherever they are cut", async () => {
  const input = await frames();
  for (let seed = 1; seed <= ROUNDS; seed++) {
    const note = `seed ${seed}`;
    const random = seeded(seed);
    const bytes = seed % 4 === 0
      ? mutate(input, random)
      : mutateInPlace(input, random);
    if (seed % 8 !== 0) recheck(bytes);
    const server = () => frameCodec.create("server");
    const whole = attempt(() => decodeAll([bytes], server()), note);
    attempt(() => decodeAll([bytes], frameCodec.create("client")), note);
    if (whole === undefined) continue;
    for (const { serviceMethod, seq, error, kind } of whole) {
      assert(typeof serviceMethod === "string", note);
      assert(typeof error === "string", note);
      assert(kind !== undefined || seq >= 1 && seq < 2 ** 32, note);
    }
    const cut = random(bytes.length + 1);
    const halves = decodeAll(
      [bytes.slice(0, cut), bytes.slice(cut)],
      server(),
    );
    assert(
      JSON.stringify(halves) === JSON.stringify(whole),
      `${note}, cut at ${cut}`,
    );
  }
});

/** Changes some bytes to others and none of the lengths, so that what is inside is reached. */
function mutateInPlace(
  input: Uint8Array,
  random: (limit: number) => number,
): Uint8Array {
  const bytes = input.slice();
  for (let changes = 1 + random(4); changes > 0; changes--) {
    bytes[random(bytes.length)] = random(4) === 0
      ? random(256)
      : SYNTAX.charCodeAt(random(SYNTAX.length));
  }
  return bytes;
}
