// Copyright 2026 the Gee authors. MIT license.
// Attacks by keys: names that could be taken for others, keys that do not exist,
// keys that share a hash.

import { assert, assertEquals } from "@std/assert";
import { BloomFilter } from "./bloom_filter.ts";
import { Group } from "./group.ts";
import { KeyHash } from "./policy/key_hash.ts";
import { formatPeerPath, isAskable, parsePeerPath } from "./pool/peer_path.ts";
import { decodeRequest, encodeRequest } from "./pool/protobuf.ts";
import { crcTwins, mapTwins, tableTwins } from "./testdata/hostile_keys.ts";

const PAIRS = 100_000;
const LETTERS = ["a", "b", "/", "%", "+", " ", "2", "F", ".", "ü", "?", "#"];
LETTERS.push("\0", "\n", "\x03", "\x12", "中", "😀", "\ud800", "\udc00");

/** Short words of letters that mean something to some form, by a seed. */
function words(seed: number): () => string {
  let state = seed;
  const random = (below: number) => {
    state = Math.imul(state, 1103515245) + 12345 >>> 0;
    return (state >>> 8) % below;
  };
  return () =>
    Array.from({ length: 1 + random(5) }, () => LETTERS[random(LETTERS.length)])
      .join("");
}

Deno.test("formatPeerPath() keeps 100,000 questions apart", () => {
  const word = words(1);
  for (let pair = 0; pair < PAIRS; pair++) {
    const question = { group: word(), key: word() };
    if (!isAskable(question.group) || !isAskable(question.key)) continue;
    const path = formatPeerPath("/_geecache/", question);
    // As a server gets it: through a URL, which must not change it either.
    const { href } = new URL(path, "http://127.0.0.1");
    assertEquals(parsePeerPath(href, "/_geecache/"), question);
  }
});

Deno.test("encodeRequest() keeps 100,000 questions apart", () => {
  const word = words(2);
  for (let pair = 0; pair < PAIRS; pair++) {
    const question = { group: word(), key: word() };
    if (!isAskable(question.group) || !isAskable(question.key)) continue;
    assertEquals(decodeRequest(encodeRequest(question)), question);
  }
});

Deno.test("Group.restore() gives 100,000 keys their own value and nobody else's", async () => {
  const word = words(3);
  const options = { maxBytes: Infinity };
  await using before = new Group("before", () => undefined, options);
  const keys = new Set<string>();
  for (let key = 0; key < PAIRS; key++) keys.add(word() + word());
  for (const key of keys) {
    await before.set(key, JSON.stringify(key), { tags: [`tag ${key}`] });
  }
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  await using after = new Group("after", () => undefined, options);
  const [, { isTorn }] = await Promise.all([
    before.snapshot(writable),
    after.restore(readable),
  ]);
  let restored = 0;
  for (const key of [...keys, "\ufffd", "a\ufffd", "\ufffd\ufffd"]) {
    const view = after.peek(key);
    if (view === undefined) continue;
    restored++;
    assertEquals(String(view), JSON.stringify(key));
  }
  // Text that UTF-8 cannot carry may be left out, everything else may not.
  const whole = [...keys].filter((key) => key.isWellFormed()).length;
  assertEquals(isTorn, false);
  assert(restored >= whole, `${restored} of ${whole}`);
});

Deno.test("Group bounds memory and the load of the source under keys that do not exist", async () => {
  const maxBytes = 100_000;
  let [calls, running, peak] = [0, 0, 0];
  await using group = new Group("g", async () => {
    calls++;
    peak = Math.max(peak, ++running);
    await Promise.resolve();
    running--;
    return undefined;
  }, { maxBytes, maxLoads: 4, maxWaiting: 20_000 });
  const strangers = Array.from({ length: 10_000 }, (_, id) => `stranger ${id}`);
  await Promise.all(strangers.map((key) => group.get(key)));
  assertEquals([calls, peak], [10_000, 4]);
  assert(group.stats().bytes <= maxBytes);
  await group.reset();
  for (let round = 0; round < 50; round++) {
    await Promise.all(
      strangers.slice(0, 100).map((key) => group.get(key)),
    );
  }
  assertEquals(calls, 10_100);
});

Deno.test("Group with a filter asks the source for hardly any key that does not exist", async () => {
  const filter = new BloomFilter({ expectedKeys: 1000 });
  const known = Array.from({ length: 1000 }, (_, id) => `known ${id}`);
  for (const key of known) filter.add(key);
  let calls = 0;
  await using group = new Group("g", (key) => {
    calls++;
    return key.startsWith("known") ? key : undefined;
  }, { mayHave: (key) => filter.has(key) });
  for (let id = 0; id < 10_000; id++) await group.get(`stranger ${id}`);
  // One of a hundred by chance; three of a hundred never come.
  assert(calls < 300, `${calls} calls`);
  assertEquals((await group.getMany(known)).size, 1000);
});

Deno.test("KeyHash.of() spreads keys that were made to share a hash", () => {
  const size = 2048;
  for (const keys of [crcTwins(size), tableTwins(size), mapTwins()]) {
    const hash = new KeyHash();
    const used = new Set(keys.map((key) => hash.of(key) & size - 1));
    // Chance uses two thirds of the places; keys that collide use a few.
    assert(used.size > size / 2, `only ${used.size} places are used`);
  }
});
