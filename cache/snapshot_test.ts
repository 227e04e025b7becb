// Copyright 2026 the Gee authors. MIT license.

import { assertEquals, assertRejects } from "@std/assert";
import { ByteView } from "./byte_view.ts";
import { ClosedError } from "./errors.ts";
import { Group } from "./group.ts";
import type { GroupOptions } from "./group_options.ts";
import { crc32Of } from "./ring/hash.ts";
import { decodeRecord, encodeRecord } from "./snapshot.ts";

/** A group that counts what reaches its source. */
function rig(options: GroupOptions<ByteView> = {}) {
  const clock = { time: 1_000_000 };
  const asked: string[] = [];
  const group = new Group("g", (key, context) => {
    asked.push(key);
    if (key.startsWith("tagged")) context.tags = ["t", "\u00fc"];
    return key.startsWith("none") ? undefined : `value of ${key}`;
  }, { ttl: 1000, ttlJitter: 0, now: () => clock.time, ...options });
  return { group, asked, clock };
}

/** Collects a snapshot. */
async function snapshotOf(group: Group): Promise<Uint8Array<ArrayBuffer>> {
  const { readable, writable } = new TransformStream<Uint8Array>();
  const [bytes] = await Promise.all([
    new Response(readable as ReadableStream<Uint8Array<ArrayBuffer>>).bytes(),
    group.snapshot(writable),
  ]);
  return bytes;
}

/** A stream in chunks of a size. */
function streamOf(
  bytes: Uint8Array,
  size = bytes.length,
): ReadableStream<Uint8Array> {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) return controller.close();
      controller.enqueue(bytes.slice(at, at += size));
    },
  });
}

const KEYS = ["a", "", "none", "tagged", "\u00fc\u{1f355}", "__proto__", "x/y"]
  .filter((key) => key !== "");

Deno.test("Group.restore() spares the source what the last run has loaded", async () => {
  const first = rig();
  for (const key of KEYS) await first.group.get(key);
  await first.group.set("bytes", new Uint8Array([0, 255, 1]));
  const bytes = await snapshotOf(first.group);
  for (const size of [1, 7, 1 << 20]) {
    const second = rig();
    assertEquals(await second.group.restore(streamOf(bytes, size)), {
      restored: KEYS.length + 1,
      skipped: 0,
      isTorn: false,
    });
    for (const key of KEYS) {
      const value = await second.group.get(key);
      assertEquals(
        value?.toString(),
        key === "none" ? undefined : `value of ${key}`,
      );
    }
    assertEquals([...(await second.group.get("bytes"))?.bytes() ?? []], [
      0,
      255,
      1,
    ]);
    assertEquals(second.asked, []);
    await second.group.removeTag("\u00fc");
    assertEquals(second.group.has("tagged"), false);
  }
});

Deno.test("Group.restore() leaves out what is stale, and keeps ages", async () => {
  const first = rig();
  await first.group.get("old");
  first.clock.time += 600;
  await first.group.get("young");
  const bytes = await snapshotOf(first.group);
  const second = rig();
  second.clock.time += 1100;
  assertEquals(await second.group.restore(streamOf(bytes)), {
    restored: 1,
    skipped: 1,
    isTorn: false,
  });
  assertEquals([second.group.has("old"), second.group.has("young")], [
    false,
    true,
  ]);
  second.clock.time += 500;
  assertEquals(second.group.has("young"), false);
});

Deno.test("Group.restore() takes what is whole of a damaged snapshot", async () => {
  const first = rig();
  for (let key = 0; key < 10; key++) await first.group.get(`key ${key}`);
  const bytes = await snapshotOf(first.group);
  for (let cut = 5; cut < bytes.length; cut += 3) {
    const second = rig();
    const { restored, isTorn } = await second.group.restore(
      streamOf(bytes.slice(0, cut), 16),
    );
    assertEquals(isTorn, true);
    for (let key = 0; key < 10; key++) {
      const view = second.group.peek(`key ${key}`);
      assertEquals(
        view?.toString() ?? "",
        key < restored ? `value of key ${key}` : "",
      );
    }
  }
  for (let at = 5; at < bytes.length - 8; at += 5) {
    const damaged = bytes.slice();
    damaged[at] = (damaged[at] ?? 0) ^ 0xff;
    const second = rig();
    const { isTorn } = await second.group.restore(streamOf(damaged));
    assertEquals(isTorn, true, `byte ${at}`);
    for (let key = 0; key < 10; key++) {
      const text = second.group.peek(`key ${key}`)?.toString();
      assertEquals(text ?? `value of key ${key}`, `value of key ${key}`);
    }
  }
});

Deno.test("Group.restore() refuses what is no snapshot", async () => {
  const { group } = rig();
  await assertRejects(
    () => group.restore(streamOf(new TextEncoder().encode("hello world"))),
    SyntaxError,
    "Cannot restore: this is no snapshot",
  );
  await assertRejects(
    () => group.restore(streamOf(new Uint8Array())),
    SyntaxError,
    "Cannot restore: this is no snapshot",
  );
  await assertRejects(
    () => group.restore(streamOf(new Uint8Array([0x47, 0x45, 0x45, 0x43, 9]))),
    SyntaxError,
    "Cannot restore a snapshot of version 9: want 1",
  );
});

Deno.test("Group.restore() brings nothing back that changed meanwhile", async () => {
  const first = rig();
  for (const key of ["a", "b", "c", "d"]) await first.group.get(key);
  const bytes = await snapshotOf(first.group);
  const second = rig();
  let isChanged = false;
  const slow = streamOf(bytes, 5).pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>(
      {
        transform(chunk, controller) {
          if (!isChanged) {
            void second.group.remove("a");
            void second.group.set("b", "new");
            isChanged = true;
          }
          controller.enqueue(chunk);
        },
      },
      undefined,
      { highWaterMark: 0 },
    ),
  );
  const { restored, skipped } = await second.group.restore(slow);
  assertEquals([restored, skipped], [2, 2]);
  assertEquals(second.group.has("a"), false);
  assertEquals(String(second.group.peek("b")), "new");
  const third = rig();
  const restoring = third.group.restore(streamOf(bytes, 1));
  await third.group.reset();
  assertEquals((await restoring).restored, 0);
});

Deno.test("Group.restore() keeps the limits of memory, and what was used last", async () => {
  const first = rig();
  for (let key = 0; key < 10; key++) await first.group.get(`${key}`);
  const bytes = await snapshotOf(first.group);
  const second = rig({ maxBytes: 3 * 600 });
  await second.group.restore(streamOf(bytes));
  assertEquals(
    Array.from({ length: 10 }, (_, key) => `${key}`).filter((key) =>
      second.group.has(key)
    ),
    ["7", "8", "9"],
  );
});

Deno.test("Group.snapshot() and restore() end with the group", async () => {
  const { group } = rig();
  const bytes = await snapshotOf(group);
  const restoring = group.restore(streamOf(bytes, 1));
  await group.close();
  await assertRejects(() => restoring, ClosedError);
  await assertRejects(
    () => group.restore(streamOf(bytes)),
    ClosedError,
    'Cannot restore in group "g": it is closed',
  );
  const { writable } = new TransformStream<Uint8Array>();
  await assertRejects(() => group.snapshot(writable), ClosedError);
});

Deno.test("Group.restore() lets go of its stream, however it ends", async () => {
  const { group } = rig();
  await group.get("a");
  const bytes = await snapshotOf(group);
  const damaged = bytes.slice();
  damaged[20] = (damaged[20] ?? 0) ^ 0xff;
  const noSnapshot = new TextEncoder().encode("hello world");
  for (const start of [bytes, damaged, noSnapshot]) {
    let isCanceled = false;
    const endless = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(start),
      cancel: () => {
        isCanceled = true;
      },
    });
    await rig().group.restore(endless).catch(() => {});
    assertEquals(isCanceled, true);
  }
});

Deno.test("Group.restore() of a stream that gives nothing ends with the group", async () => {
  const { group } = rig();
  const restoring = group.restore(new ReadableStream());
  await group.close();
  await assertRejects(
    () => restoring,
    ClosedError,
    'Cannot go on in group "g": it is closed',
  );
});

Deno.test("Group.snapshot() that the end of the group cuts short is no snapshot", async () => {
  const { group } = rig();
  for (const key of ["a", "b"]) await group.get(key);
  const { readable, writable } = new TransformStream<Uint8Array>();
  const writing = group.snapshot(writable);
  const reader = readable.getReader();
  await reader.read();
  await group.close();
  const reading = reader.read().then(() => reader.read());
  await assertRejects(() => writing, ClosedError);
  await assertRejects(() => reading, ClosedError);
});

Deno.test("decodeRecord() gives nothing for lengths beyond the record", () => {
  const view = new ByteView("value");
  const times = { storedAt: 1, ttl: 1, loadMs: 1, usedAt: 1 };
  const record = encodeRecord("k", { view, tags: undefined, ...times });
  // The length of the value, and a sum that is right again.
  const fields = new DataView(record.buffer);
  fields.setUint32(record.length - 9, 100, true);
  fields.setUint32(4, crc32Of(record.subarray(8)), true);
  assertEquals(decodeRecord(record), undefined);
});

Deno.test("Group.snapshot() hands on what the stream fails with", async () => {
  const { group } = rig();
  await group.get("a");
  const full = new WritableStream<Uint8Array>({
    write() {
      throw new Error("Disk full");
    },
  });
  await assertRejects(() => group.snapshot(full), Error, "Disk full");
});
