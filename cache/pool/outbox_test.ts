// Copyright 2026 the Gee authors. MIT license.

import { assertEquals, assertRejects } from "@std/assert";
import { ByteView } from "../byte_view.ts";
import type { Change, DropChange } from "../change.ts";
import { Outbox } from "./outbox.ts";

async function delivered(outbox: Outbox): Promise<[string, Change][]> {
  const told: [string, Change][] = [];
  await outbox.deliver((group, change) => {
    told.push([group, change]);
    return Promise.resolve();
  });
  return told;
}

Deno.test("Outbox.deliver() tells what was missed: keys at once, as removed", async () => {
  const outbox = new Outbox();
  assertEquals([outbox.isEmpty, outbox.size], [true, 0]);
  outbox.add("g", { kind: "set", key: "a", view: new ByteView("1") });
  outbox.add("g", { kind: "remove", keys: ["b", "a"] });
  outbox.add("h", { kind: "drop", keys: ["c"] });
  outbox.add("g", { kind: "drop", keys: ["d"] });
  outbox.add("g", { kind: "removeTag", tag: "t" });
  assertEquals([outbox.isEmpty, outbox.size], [false, 5]);
  assertEquals(await delivered(outbox), [
    ["g", { kind: "removeTag", tag: "t" }],
    ["g", { kind: "remove", keys: ["a", "b", "d"] }],
    ["h", { kind: "remove", keys: ["c"] }],
  ]);
  assertEquals([outbox.isEmpty, await delivered(outbox)], [true, []]);
});

Deno.test("Outbox drops all copies where some were to be dropped", async () => {
  const isCopies = true;
  const changes: Change[] = [
    { kind: "drop", keys: ["a"], isCopies },
    { kind: "removeTag", tag: "t", isCopies },
    { kind: "reset", isCopies },
  ];
  for (const change of changes) {
    const outbox = new Outbox();
    outbox.add("g", change);
    outbox.add("g", { kind: "drop", keys: ["b"], isCopies: false });
    assertEquals(outbox.size, 2);
    assertEquals(await delivered(outbox), [
      ["g", { kind: "reset", isCopies }],
      ["g", { kind: "remove", keys: ["b"] }],
    ]);
    assertEquals(outbox.isEmpty, true);
  }
});

Deno.test("Outbox collapses into one reset of the group when it is too much", async () => {
  const keys = (count: number, length = 0): DropChange => ({
    kind: "drop",
    keys: Array.from(
      { length: count },
      (_, key) => `${key}`.padEnd(length, "."),
    ),
  });
  const tags = Array.from(
    { length: 101 },
    (_, tag): Change => ({ kind: "removeTag", tag: `${tag}` }),
  );
  const floods: Record<string, Change[]> = {
    keys: [keys(1001)],
    bytes: [keys(3, 1 << 17)],
    tags,
    reset: [keys(5), { kind: "reset" }, keys(7)],
  };
  for (const [name, changes] of Object.entries(floods)) {
    const outbox = new Outbox();
    outbox.add("other", keys(1000));
    for (const change of changes) outbox.add("g", change);
    assertEquals(outbox.size, 1001, name);
    const [other, ...told] = await delivered(outbox);
    assertEquals(other, ["other", {
      kind: "remove",
      keys: keys(1000).keys,
    }]);
    assertEquals(told, [["g", { kind: "reset" }]], name);
  }
});

Deno.test("Outbox.deliver() keeps what was not told, and what came meanwhile", async () => {
  const outbox = new Outbox();
  outbox.add("g", { kind: "removeTag", tag: "t" });
  outbox.add("g", { kind: "remove", keys: ["a"] });
  outbox.add("h", { kind: "reset" });
  await assertRejects(
    () =>
      outbox.deliver((_, { kind }) => {
        if (kind === "removeTag") return Promise.resolve();
        outbox.add("g", { kind: "remove", keys: ["b"] });
        return Promise.reject(new Error("gone"));
      }),
    Error,
    "gone",
  );
  assertEquals(await delivered(outbox), [
    ["h", { kind: "reset" }],
    ["g", { kind: "removeTag", tag: "t" }],
    ["g", { kind: "remove", keys: ["b", "a"] }],
  ]);
});
