// Copyright 2026 the Gee authors. MIT license.

import { assertEquals, assertRejects } from "@std/assert";
import { ByteView } from "../byte_view.ts";
import type { Change, DropChange } from "../change.ts";
import { ChangeCounter, type ChangeIds } from "./change_ids.ts";
import { Outbox } from "./outbox.ts";

const counter = new ChangeCounter();

function add(outbox: Outbox, group: string, change: Change): void {
  outbox.add({ group, change, ids: counter.next() });
}

async function delivered(outbox: Outbox): Promise<[string, Change][]> {
  const told: [string, Change][] = [];
  await outbox.deliver(({ group, change }) => {
    told.push([group, change]);
    return Promise.resolve();
  });
  return told;
}

Deno.test("Outbox.deliver() tells what was missed: keys at once, as removed", async () => {
  const outbox = new Outbox(counter);
  assertEquals([outbox.isEmpty, outbox.size], [true, 0]);
  add(outbox, "g", { kind: "set", key: "a", view: new ByteView("1") });
  add(outbox, "g", { kind: "remove", keys: ["b", "a"] });
  add(outbox, "h", { kind: "drop", keys: ["c"] });
  add(outbox, "g", { kind: "drop", keys: ["d"] });
  add(outbox, "g", { kind: "removeTag", tag: "t" });
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
    const outbox = new Outbox(counter);
    add(outbox, "g", change);
    add(outbox, "g", { kind: "drop", keys: ["b"], isCopies: false });
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
    const outbox = new Outbox(counter);
    add(outbox, "other", keys(1000));
    for (const change of changes) add(outbox, "g", change);
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
  const outbox = new Outbox(counter);
  add(outbox, "g", { kind: "removeTag", tag: "t" });
  add(outbox, "g", { kind: "remove", keys: ["a"] });
  add(outbox, "h", { kind: "reset" });
  await assertRejects(
    () =>
      outbox.deliver(({ change: { kind } }) => {
        if (kind === "removeTag") return Promise.resolve();
        add(outbox, "g", { kind: "remove", keys: ["b"] });
        return Promise.reject(new Error("gone"));
      }),
    Error,
    "gone",
  );
  assertEquals(await delivered(outbox), [
    ["h", { kind: "reset" }],
    ["g", { kind: "remove", keys: ["b", "a"] }],
  ]);
});

Deno.test("Outbox knows which tellings each of its changes stands for", () => {
  const outbox = new Outbox(counter);
  const [one, two, three, four] = [1, 2, 3, 4].map((number): ChangeIds =>
    new Map([["a", [number, number]]])
  ) as [ChangeIds, ChangeIds, ChangeIds, ChangeIds];
  const drop = (key: string): Change => ({ kind: "drop", keys: [key] });
  outbox.add({ group: "g", change: drop("a"), ids: one });
  outbox.add({ group: "g", change: { kind: "removeTag", tag: "t" }, ids: two });
  outbox.add({ group: "g", change: drop("b"), ids: three });
  const idsOf = () => outbox.changes().map(({ ids }) => ids);
  assertEquals(idsOf(), [two, new Map([["a", [1, 1, 3, 3]]])]);
  // One reset stands for all of them, and for what comes later.
  outbox.add({ group: "g", change: { kind: "reset" }, ids: four });
  assertEquals(idsOf(), [new Map([["a", [1, 4]]])]);
  outbox.clear();
  outbox.add({ group: "g", change: drop("a"), ids: one });
  outbox.add({ group: "g", change: { kind: "reset" }, ids: two });
  outbox.add({ group: "g", change: drop("a"), ids: four });
  assertEquals(idsOf(), [new Map([["a", [1, 2, 4, 4]]])]);
});

Deno.test("Outbox tells what stands for too many tellings as one that is new", () => {
  const counter = new ChangeCounter();
  const outbox = new Outbox(counter);
  const note = (number: number) =>
    outbox.add({
      group: "g",
      change: { kind: "drop", keys: [`${number % 10}`] },
      ids: new Map([["a", [number, number]]]),
    });
  const ids = () => outbox.changes()[0]?.ids ?? new Map();
  // Every other one, so that no two of them are one range.
  for (let number = 0; number < 500; number++) note(number * 2);
  assertEquals([ids().size, ids().get("a")?.length], [1, 1000]);
  note(1000);
  assertEquals([...ids().values()], [[1, 1]]);
  note(1002);
  assertEquals([...ids().values()], [[1, 1], [1002, 1002]]);
});
