// Copyright 2026 the Gee authors. MIT license.

import { assertEquals } from "@std/assert";
import type { ControlKind, Message } from "../codec/codec.ts";
import { Inbox } from "./inbox.ts";

function message(seq: number, kind?: ControlKind): Message {
  const base = { serviceMethod: "A.b", seq, error: "", body: null };
  return kind === undefined ? base : { ...base, kind };
}

/** An inbox whose receiver has room for so many calls. */
function rig(room: number) {
  const got: string[] = [];
  let wake = Promise.withResolvers<void>();
  const inbox = new Inbox({
    receive({ seq, kind = "call" }) {
      if (kind === "call") room--;
      got.push(`${kind} ${seq}`);
    },
    pause: () => room > 0 ? undefined : wake.promise,
  });
  const grant = async (count: number) => {
    room += count;
    const { resolve } = wake;
    wake = Promise.withResolvers();
    resolve();
    for (let i = 0; i < 5; i++) await Promise.resolve();
  };
  return { inbox, got, grant };
}

Deno.test("Inbox hands calls over as there is room for them, in order", async () => {
  const { inbox, got, grant } = rig(1);
  inbox.take([1, 2, 3, 4].map((seq) => message(seq)));
  assertEquals([got, inbox.isEmpty], [["call 1"], false]);
  await grant(2);
  assertEquals(got, ["call 1", "call 2", "call 3"]);
  let isEmptied = false;
  inbox.emptied().then(() => isEmptied = true);
  await grant(1);
  assertEquals([got.length, isEmptied, inbox.isEmpty], [4, true, true]);
});

Deno.test("Inbox lets streams and what belongs to calls under way overtake calls that wait", async () => {
  const { inbox, got, grant } = rig(1);
  inbox.take([
    message(1),
    message(2),
    message(1, "data"),
    { ...message(3), extra: { isStream: true } },
    message(3, "data"),
    message(0, "goaway"),
  ]);
  assertEquals(got, ["call 1", "data 1", "call 3", "data 3", "goaway 0"]);
  await grant(5);
  assertEquals(got.slice(5), ["call 2"]);
});

Deno.test("Inbox forgets calls that are given up while they wait", async () => {
  const { inbox, got, grant } = rig(0);
  inbox.take([message(1), message(2)]);
  inbox.take([message(1, "cancel"), message(3)]);
  await grant(9);
  assertEquals(got, ["call 2", "call 3"]);
});

Deno.test("Inbox hands nothing over once it is closed", async () => {
  const { inbox, got, grant } = rig(0);
  inbox.take([message(1)]);
  const emptied = inbox.emptied();
  inbox.close();
  await emptied;
  await grant(1);
  inbox.take([message(2)]);
  assertEquals(got, []);
});
