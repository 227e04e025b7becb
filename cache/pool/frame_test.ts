// Copyright 2026 the Gee authors. MIT license.

import { assert, assertEquals, assertThrows } from "@std/assert";
import { ByteView } from "../byte_view.ts";
import type { Change } from "../change.ts";
import {
  decodeAnswer,
  decodeQuestion,
  encodeAnswer,
  encodeQuestion,
} from "./frame.ts";
import { FrameReader } from "./frame_reader.ts";
import type { Answer, Question } from "./link.ts";
import { OutBuffer } from "./out_buffer.ts";

const LIMIT = 1 << 20;

const KEYS = ["Tom", "", ".", "..", "a b", "a+b", "x/y", "%2F", "__proto__"];
KEYS.push("üñ", "中文", "😀", "\0", "\ud800", "a\udc00b", "\ufeffbom");
KEYS.push(
  "k".repeat(64),
  "k".repeat(65),
  "ü".repeat(64),
  "\ud800".repeat(9000),
);

const CHANGES: Change[] = [
  { kind: "set", key: "k", view: new ByteView("v") },
  { kind: "set", key: "k", view: new ByteView(""), ttl: Infinity, tags: [] },
  {
    kind: "set",
    key: "\ud800",
    view: new ByteView("v"),
    ttl: 0.5,
    tags: ["a"],
  },
  { kind: "remove", keys: [] },
  { kind: "remove", keys: KEYS },
  { kind: "drop", keys: ["a", "b"] },
  { kind: "drop", keys: ["a"], isCopies: true },
  { kind: "removeTag", tag: "t" },
  { kind: "removeTag", tag: "", isCopies: true },
  { kind: "reset" },
  { kind: "reset", isCopies: true },
];

const QUESTIONS: Question[] = [
  ...KEYS.flatMap((key): Question[] => [
    { kind: "get", group: "scores", key, mode: "load", isForwarded: true },
    { kind: "get", group: key, key, mode: "held", isForwarded: false },
    { kind: "get", group: "g", key, mode: "refresh", isForwarded: true },
  ]),
  ...CHANGES.map((change): Question => ({
    kind: "tell",
    group: "g",
    change,
    missed: ["http://a", "b:1"],
    ids: new Map([["one", [1, 7, 9, 9]], ["two", [2 ** 40, 2 ** 40 + 1]]]),
    hops: 3,
  })),
  {
    kind: "tell",
    group: "",
    change: { kind: "reset" },
    missed: [],
    ids: undefined,
    hops: 0,
  },
  { kind: "handOver", group: "g", name: "b:1", maxBytes: 2 ** 40 },
  { kind: "ping" },
];

const ANSWERS: Answer[] = [
  { kind: "value", view: new ByteView("630") },
  { kind: "value", view: new ByteView(""), ttl: Infinity },
  { kind: "value", view: new ByteView("v"), ttl: 1.5, tags: ["a", "\udfff"] },
  { kind: "value", view: new ByteView("v"), tags: [] },
  { kind: "value", view: new ByteView("x".repeat(100_000)), ttl: 1 },
  { kind: "missing" },
  { kind: "failed", isBusy: true },
  { kind: "failed", isBusy: false },
  { kind: "unknownGroup" },
  { kind: "done", missed: [] },
  { kind: "done", missed: ["http://a", "http://b"] },
  { kind: "snapshot", bytes: new Uint8Array([1, 2, 3]) },
];

/** Bytes of a view are private; its text is not. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (_key, value) => {
    if (value instanceof ByteView) return value.bytes().toHex();
    if (value instanceof Uint8Array) return value.toHex();
    return value === Infinity ? "Infinity" : value;
  }));
}

/** A number from 0 to below the bound; the same each time. */
function randomOf(seed: number): (below: number) => number {
  return (below) => {
    seed = Math.imul(seed, 1103515245) + 12345 >>> 0;
    return (seed >>> 8) % below;
  };
}

function encodeAll(): Uint8Array {
  const out = new OutBuffer();
  for (const [id, question] of QUESTIONS.entries()) {
    encodeQuestion(out, id, question, LIMIT);
  }
  for (const [id, answer] of ANSWERS.entries()) {
    encodeAnswer(out, 2 ** 32 - 1 - id, answer, LIMIT);
  }
  return out.take();
}

function decodeAny(reader: FrameReader): Question | Answer {
  return reader.kind < 16 ? decodeQuestion(reader) : decodeAnswer(reader);
}

Deno.test("frames carry every question and answer, whatever pieces they come in", () => {
  const bytes = encodeAll();
  for (const size of [1, 7, 4096, 70_000, bytes.length]) {
    const reader = new FrameReader(LIMIT);
    const got: unknown[] = [];
    const ids: number[] = [];
    for (let at = 0; at < bytes.length; at += size) {
      reader.push(bytes.subarray(at, at + size));
      while (reader.next()) {
        ids.push(reader.id);
        got.push(plain(decodeAny(reader)));
      }
    }
    assert(reader.isEmpty);
    assertEquals(got, [...QUESTIONS, ...ANSWERS].map(plain));
    assertEquals(ids, [
      ...QUESTIONS.keys(),
      ...ANSWERS.keys().map((id) => 2 ** 32 - 1 - id),
    ]);
  }
});

Deno.test("frames are the same read into the space of a reader", () => {
  const bytes = encodeAll();
  const reader = new FrameReader(LIMIT);
  const got: unknown[] = [];
  for (let at = 0; at < bytes.length;) {
    const space = reader.space();
    const part = bytes.subarray(at, at + Math.min(space.length, 5000));
    space.set(part);
    reader.filled(part.length);
    at += part.length;
    while (reader.next()) got.push(plain(decodeAny(reader)));
  }
  assertEquals(got, [...QUESTIONS, ...ANSWERS].map(plain));
});

Deno.test("FrameReader.rest() gives bytes that later frames leave alone", () => {
  const out = new OutBuffer();
  const reader = new FrameReader(LIMIT);
  const views: ByteView[] = [];
  const random = randomOf(7);
  const sizes = Array.from({ length: 200 }, () => random(2) * random(90_000));
  for (const [id, size] of sizes.entries()) {
    const view = new ByteView(new Uint8Array(size).fill(id));
    encodeAnswer(out, id, { kind: "value", view }, LIMIT);
    const frame = out.take();
    const space = reader.space();
    // Half by way of the space, as a socket does.
    const half = Math.min(space.length, frame.length >> 1);
    space.set(frame.subarray(0, half));
    reader.filled(half);
    while (reader.next()) throw new Error("there is no whole frame");
    reader.push(frame.subarray(half));
    while (reader.next()) {
      const answer = decodeAnswer(reader);
      if (answer.kind === "value") views.push(answer.view);
    }
  }
  for (const [id, view] of views.entries()) {
    assertEquals(view.length, sizes[id]);
    assert(view.bytes().every((byte) => byte === id));
  }
});

Deno.test("FrameReader grows by what has come, not by what a length claims", () => {
  const reader = new FrameReader(2 ** 31);
  reader.push(Uint8Array.of(0, 0, 0, 0x7f, 0, 0, 0, 0, 16));
  assertEquals(reader.next(), false);
  assert(reader.space().buffer.byteLength <= 64 << 10);
  reader.push(new Uint8Array(100_000));
  assertEquals(reader.next(), false);
  assert(reader.space().buffer.byteLength <= 400_000);
});

Deno.test("FrameReader lets the memory of a long frame go", () => {
  const out = new OutBuffer();
  const bytes = new Uint8Array(1 << 19);
  encodeAnswer(out, 1, { kind: "snapshot", bytes }, LIMIT);
  const reader = new FrameReader(LIMIT);
  reader.push(out.take());
  assert(reader.next());
  decodeAnswer(reader);
  assertEquals(reader.next(), false);
  assertEquals(reader.space().buffer.byteLength, 64 << 10);
});

const u32 = (value: number) => new Uint8Array(Uint32Array.of(value).buffer);

const f64 = (value: number) => new Uint8Array(Float64Array.of(value).buffer);
/** The beginning of a change of group "", up to the ranges of one pool. */
const ids = () => [u32(0), 0, u32(0), u32(1), u32(2), 0x61];

/** One frame with any body. */
function frame(kind: number, ...body: (number | Uint8Array)[]): Uint8Array {
  const bytes = body.flatMap((part) =>
    typeof part === "number" ? [part] : [...part]
  );
  return Uint8Array.of(...u32(bytes.length + 5), 9, 0, 0, 0, kind, ...bytes);
}

Deno.test("FrameReader refuses what is malformed", () => {
  const nan = new Uint8Array(Float64Array.of(NaN).buffer);
  const cases: [bytes: Uint8Array, why: string][] = [
    [u32(0), "a frame is too short"],
    [u32(4), "a frame is too short"],
    [u32(LIMIT + 1), `a frame exceeds ${LIMIT} bytes`],
    [u32(2 ** 31), `a frame exceeds ${LIMIT} bytes`],
    [u32(2 ** 32 - 1), `a frame exceeds ${LIMIT} bytes`],
    [frame(0), "it is no question"],
    [frame(15), "it is no question"],
    [frame(99), "it is no answer"],
    [frame(4, 1), "a frame is too long"],
    [frame(17, 1), "a frame is too long"],
    [frame(1, 3, u32(0), u32(0)), "no such mode"],
    [frame(1, 8, u32(0), u32(0)), "no such mode"],
    [frame(1, 0, u32(2), 0x61), "it is cut short"],
    [frame(1, 0, u32(2 ** 32 - 2)), "it is cut short"],
    [frame(1, 0, u32(2), 0xff, u32(0)), "a text is not UTF-8"],
    [frame(1, 0, u32(3), 0xff, u32(0)), "a text is not UTF-16"],
    [frame(2, u32(0), 0, u32(0), u32(0), 5), "no such change"],
    [frame(2, u32(0), 0, u32(2 ** 32 - 1)), "it is cut short"],
    [frame(2, u32(0), 0, u32(0), u32(2 ** 32 - 1)), "it is cut short"],
    [frame(2, ...ids(), u32(2 ** 32 - 1)), "it is cut short"],
    [frame(2, ...ids(), u32(0)), "no such tellings"],
    [frame(2, ...ids(), u32(1), f64(1)), "no such tellings"],
    [frame(2, ...ids(), u32(2), f64(2), f64(1)), "no such tellings"],
    [frame(2, ...ids(), u32(2), f64(0.5), f64(1)), "no such tellings"],
    [frame(2, ...ids(), u32(2), f64(-1), f64(1)), "no such tellings"],
    [frame(3, u32(0), u32(0), nan), "a number is none"],
    [frame(16, 4), "no such extra"],
    [frame(16, 1, nan), "a number is none"],
    [frame(20, u32(2), u32(0)), "it is cut short"],
  ];
  for (const [bytes, why] of cases) {
    assertThrows(
      () => {
        const reader = new FrameReader(LIMIT);
        reader.push(bytes);
        while (reader.next()) decodeAny(reader);
      },
      SyntaxError,
      `Cannot read a frame: ${why}`,
    );
  }
});

Deno.test("encodeQuestion() leaves nothing of a question that is too long", () => {
  const out = new OutBuffer();
  encodeQuestion(out, 1, { kind: "ping" }, 100);
  const before = out.length;
  const key = "k".repeat(100);
  assertThrows(
    () =>
      encodeQuestion(
        out,
        2,
        { kind: "get", group: "g", key, mode: "load", isForwarded: true },
        100,
      ),
    RangeError,
    "Cannot send 115 bytes: want at most 100",
  );
  assertEquals(out.length, before);
});

Deno.test("encodeAnswer() makes an answer that is too long a failure", () => {
  const out = new OutBuffer();
  const view = new ByteView("x".repeat(100));
  encodeAnswer(out, 3, { kind: "value", view }, 100);
  const reader = new FrameReader(100, out.take());
  assert(reader.next());
  assertEquals(reader.id, 3);
  assertEquals(decodeAnswer(reader), { kind: "failed", isBusy: false });
});

Deno.test("encodeAnswer() refuses a list nobody can mean", () => {
  const out = new OutBuffer();
  const missed = new Array((1 << 20) + 1).fill("");
  encodeAnswer(out, 3, { kind: "done", missed }, 2 ** 31);
  const reader = new FrameReader(100, out.take());
  assert(reader.next());
  assertEquals(decodeAnswer(reader), { kind: "failed", isBusy: false });
});

Deno.test("frames that were mutated 100,000 times give a value or a SyntaxError", () => {
  const seeds = [...QUESTIONS, ...ANSWERS].filter((_, index) => index % 3 === 0)
    .concat(QUESTIONS.slice(-14)).map((message, id) => {
      const out = new OutBuffer();
      if (ANSWERS.some((answer) => answer === message)) {
        encodeAnswer(out, id, message as Answer, LIMIT); // just looked for
      } else encodeQuestion(out, id, message as Question, LIMIT); // the others
      return out.take();
    }).filter(({ length }) => length < 2000);
  const random = randomOf(30);
  let [values, errors] = [0, 0];
  for (let round = 0; round < 100_000; round++) {
    const bytes = mutate(seeds[random(seeds.length)]!.slice(), random); // in bounds
    const reader = new FrameReader(4096, bytes);
    try {
      while (reader.next()) {
        decodeAny(reader);
        values++;
      }
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      errors++;
    }
  }
  assert(values > 10_000 && errors > 10_000, `${values} and ${errors}`);
});

/** Changes, cuts or doubles some bytes. */
function mutate(
  bytes: Uint8Array<ArrayBuffer>,
  random: (below: number) => number,
): Uint8Array {
  const edges = [0, 1, 0x7f, 0x80, 0xff];
  for (let count = random(3); count >= 0; count--) {
    const at = random(bytes.length);
    bytes[at] = random(2) === 0 ? random(256) : edges[random(5)] ?? 0;
  }
  if (random(8) === 0) return bytes.subarray(0, random(bytes.length));
  if (random(8) > 0) return bytes;
  return new Uint8Array([...bytes, ...bytes.subarray(random(bytes.length))]);
}
