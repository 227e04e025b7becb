// Copyright 2026 the Gee authors. MIT license.
// What every policy promises, whichever entries it keeps.

import { assert, assertEquals, assertFalse, assertThrows } from "@std/assert";
import fc from "npm:fast-check@4.10.2";
import { createPolicy } from "./create_policy.ts";
import type {
  EvictionReason,
  Policy,
  PolicyName,
  PolicyOptions,
} from "./policy.ts";

const NAMES: readonly PolicyName[] = ["s3fifo", "lru", "gdsf", "adaptive"];

/** One test per policy. */
function testAll(
  behavior: string,
  body: (
    make: <V = string>(options: PolicyOptions<V>) => Policy<V>,
    name: PolicyName,
  ) => void,
): void {
  for (const name of NAMES) {
    Deno.test(`createPolicy("${name}") ${behavior}`, () => {
      body((options) => createPolicy(name, options), name);
    });
  }
}

function contents<V>(policy: Policy<V>): Map<string, V> {
  const entries = [...policy];
  assertEquals(entries.length, policy.size);
  return new Map(entries);
}

const key = fc.integer({ min: 0, max: 40 }).map((id) => `k${id}`);
const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant("get"), key }) },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant("set"),
      key,
      length: fc.integer({ min: 0, max: 40 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("delete"), key }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("resize"),
      maxBytes: fc.integer({ min: 0, max: 200 }),
      maxEntries: fc.integer({ min: 0, max: 30 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("clear") }) },
) as fc.Arbitrary<Step>; // the record of each kind has what its kind needs
interface Step {
  readonly do: "get" | "set" | "delete" | "resize" | "clear";
  readonly key: string;
  readonly length: number;
  readonly maxBytes: number;
  readonly maxEntries: number;
}

testAll(
  "keeps its limits and tells of every loss over random steps",
  (make) => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
        const model = new Map<string, string>();
        let limits = { maxBytes: 100, maxEntries: 20 };
        const policy = make({
          ...limits,
          overhead: 0,
          onEvicted: (key, value, reason) => {
            if (reason === "replaced") return;
            assertEquals(model.get(key), value);
            model.delete(key);
          },
        });
        for (const step of steps) {
          const { key } = step;
          if (step.do === "get") assertEquals(policy.get(key), model.get(key));
          if (step.do === "delete") {
            const isThere = model.has(key);
            assertEquals(policy.delete(key), isThere);
          }
          if (step.do === "resize") policy.resize(limits = step);
          if (step.do === "clear") policy.clear();
          if (step.do === "set") {
            const value = "v".repeat(step.length);
            const isKept = policy.set(key, value);
            assertEquals(
              isKept,
              key.length + value.length <= limits.maxBytes &&
                limits.maxEntries > 0,
            );
            if (isKept) model.set(key, value);
            else model.delete(key);
          }
          let bytes = 0;
          for (const [key, value] of model) bytes += key.length + value.length;
          assertEquals([policy.size, policy.bytes], [model.size, bytes]);
          assert(bytes <= limits.maxBytes && model.size <= limits.maxEntries);
        }
        assertEquals(contents(policy), new Map(model));
      }),
      { numRuns: 150 },
    );
  },
);

testAll("keeps the same with a listener as without", (make) => {
  fc.assert(fc.property(fc.array(key, { maxLength: 300 }), (keys) => {
    const silent = make<number>({ maxEntries: 7 });
    const loud = make<number>({ maxEntries: 7, onEvicted: () => {} });
    for (const [index, key] of keys.entries()) {
      for (const policy of [silent, loud]) {
        if (policy.get(key) === undefined) policy.set(key, index);
      }
    }
    assertEquals([...silent], [...loud]);
  }));
});

testAll(
  "refuses an entry larger than the budget and evicts nothing",
  (make) => {
    const gone: string[] = [];
    const policy = make({
      maxBytes: 4,
      overhead: 0,
      onEvicted: (key, _value, reason) => gone.push(`${key} ${reason}`),
    });
    policy.set("a", "1");
    assertFalse(policy.set("big", "12"));
    assertEquals([policy.peek("a"), gone], ["1", []]);
    assertFalse(policy.set("a", "12345"));
    assertEquals([policy.size, policy.bytes], [0, 0]);
    assertEquals(gone, ["a replaced"]);
    assertEquals(policy.stats().refused, 2);
  },
);

testAll("reports each reason", (make) => {
  const gone: [string, string, EvictionReason][] = [];
  const policy = make({
    maxEntries: 1,
    onEvicted: (...report) => gone.push(report),
  });
  policy.set("a", "1");
  policy.set("a", "2");
  policy.set("b", "3");
  policy.delete("b");
  policy.set("c", "4");
  policy.clear();
  assertEquals(gone, [
    ["a", "1", "replaced"],
    ["a", "2", "evicted"],
    ["b", "3", "deleted"],
    ["c", "4", "cleared"],
  ]);
});

testAll("keeps its limits when onEvicted uses it", (make) => {
  // One answer per set: storing at each eviction would never make room.
  let answers = 0;
  const policy: Policy<string> = make({
    maxBytes: 30,
    maxEntries: 8,
    overhead: 0,
    onEvicted: (key, _value, reason) => {
      assert(policy.bytes <= 30 && policy.size <= 8);
      // What is replaced by the set that runs must not be touched.
      if (answers === 0 || reason !== "evicted") return;
      answers--;
      policy.set(key, "again");
      policy.get("k1");
      policy.delete(`k${key.length}`);
      if (key === "k9") policy.clear();
    },
  });
  for (let round = 0; round < 2000; round++) {
    const key = `k${round * 7 % 23}`;
    answers = 1;
    assert(policy.set(key, "v".repeat(round % 11)));
    assertEquals(policy.peek(key), "v".repeat(round % 11));
    assert(policy.bytes <= 30 && policy.size <= 8);
    assertEquals(contents(policy).has(key), true);
  }
});

testAll(
  "refuses what no longer fits when onEvicted made it smaller",
  (make) => {
    const policy: Policy<string> = make({
      maxBytes: 10,
      overhead: 0,
      onEvicted: () => policy.resize({ maxBytes: 3 }),
    });
    policy.set("a", "1234");
    assertFalse(policy.set("b", "12345678"));
    assertEquals([policy.size, policy.bytes], [0, 0]);
    assert(policy.set("c", "12"));
  },
);

testAll("keeps its limits when onEvicted throws", (make) => {
  const policy = make({
    maxEntries: 3,
    onEvicted: () => {
      throw new Error("Cannot report");
    },
  });
  for (const key of ["a", "b", "c"]) policy.set(key, "1");
  assertThrows(() => policy.set("d", "1"), Error, "Cannot report");
  assertEquals(policy.size, 2);
  assertThrows(() => policy.resize({ maxEntries: 0 }), Error, "Cannot report");
  assertEquals(policy.size, 0);
});

testAll(
  "evicts at once when it is made smaller and fills when larger",
  (make) => {
    const gone: EvictionReason[] = [];
    const policy = make({
      maxBytes: 1 << 20,
      maxEntries: 100,
      onEvicted: (_key, _value, reason) => gone.push(reason),
    });
    for (let id = 0; id < 100; id++) policy.set(`${id}`, "1");
    policy.resize({ maxEntries: 30 });
    assertEquals([policy.size, gone.length], [30, 70]);
    assertEquals(new Set(gone), new Set(["evicted"]));
    policy.resize({ maxBytes: 10 * policy.bytes / 30 | 0 });
    assert(policy.size <= 10 && policy.stats().maxEntries === 30);
    policy.resize({ maxBytes: Infinity });
    for (let id = 0; id < 100; id++) policy.set(`${id}`, "1");
    assertEquals(policy.size, 30);
    for (const limit of [-1, NaN]) {
      assertThrows(
        () => policy.resize({ maxBytes: limit }),
        RangeError,
        `Cannot resize a cache with maxBytes ${limit}: it must not be negative`,
      );
    }
  },
);

testAll("goes over the entries that were there at the start", (make) => {
  const policy = make({ maxEntries: 10 });
  for (const key of ["a", "b", "c"]) policy.set(key, "1");
  const seen: string[] = [];
  for (const [key] of policy) {
    policy.delete(key);
    policy.set(`new ${key}`, "1");
    seen.push(key);
  }
  assertEquals(seen.sort(), ["a", "b", "c"]);
});

testAll("is empty after clear() and works as a new one", (make) => {
  const policy = make({ maxEntries: 50 });
  for (let round = 0; round < 3; round++) {
    for (let id = 0; id < 200; id++) policy.set(`${id}`, "1");
    assertEquals(policy.size, 50);
    policy.clear();
    assertEquals([policy.size, policy.bytes, [...policy]], [0, 0, []]);
    assertFalse(policy.has("199"));
  }
});

testAll("counts gets, sets and evictions and nothing else", (make, name) => {
  const policy = make({ maxEntries: 2, maxBytes: 1000 });
  for (const key of ["a", "b", "c"]) policy.set(key, "1");
  policy.set("c", "2");
  policy.peek("c");
  policy.has("a");
  policy.get("c");
  policy.get("missing");
  const stats = policy.stats();
  assertEquals({ ...stats, acting: "" }, {
    policy: name,
    acting: "",
    hits: 1,
    misses: 1,
    sets: 4,
    refused: 0,
    evictions: 1,
    entries: 2,
    bytes: policy.bytes,
    maxBytes: 1000,
    maxEntries: 2,
  });
  assert(Object.isFrozen(stats));
  policy.clear();
  assertEquals(policy.stats().hits, 1);
});

testAll("works at every small size", (make) => {
  for (let maxEntries = 0; maxEntries < 20; maxEntries++) {
    const policy = make<number>({ maxEntries });
    for (let round = 0; round < 500; round++) {
      const key = `${round * 7919 % (maxEntries + 5)}`;
      if (policy.get(key) === undefined) policy.set(key, round);
    }
    assertEquals([policy.size, contents(policy).size], [
      maxEntries,
      maxEntries,
    ]);
  }
});

testAll("keeps odd keys apart", (make) => {
  const policy = make({ maxEntries: 100 });
  const keys = ["", "0", "00", "__proto__", "constructor", "\0", "\ud800", "é"];
  keys.push("x".repeat(20), "x".repeat(21), "x".repeat(22), "4294967295");
  for (const key of keys) policy.set(key, `value of ${key}`);
  for (const key of keys) assertEquals(policy.get(key), `value of ${key}`);
  assertEquals(policy.get("toString"), undefined);
});

Deno.test("createPolicy() refuses an unknown name", () => {
  assertThrows(
    // As from a configuration file.
    () => createPolicy("fifo" as PolicyName, { maxEntries: 1 }),
    RangeError,
    'Cannot create a policy "fifo": want "s3fifo", "lru", "gdsf" or "adaptive"',
  );
});

Deno.test("Policy.resize() limits no bytes that were never counted", () => {
  for (const name of ["s3fifo", "lru", "gdsf", "adaptive"] as const) {
    for (const limits of [{ maxEntries: 9 }, { maxBytes: Infinity }]) {
      const policy = createPolicy<string>(name, limits);
      policy.set("k", "value");
      assertThrows(
        () => policy.resize({ maxBytes: 1000 }),
        TypeError,
        "Cannot resize to 1000 bytes: the cache counts entries alone, give maxBytes or sizeOf when it is made",
      );
      policy.resize({ maxEntries: 3 });
    }
    const counting = createPolicy<string>(name, {
      maxEntries: 9,
      sizeOf: (value) => value.length,
    });
    counting.set("k", "x".repeat(500));
    counting.resize({ maxBytes: 100 });
    assertEquals(counting.size, 0);
  }
});
