// Copyright 2026 the Gee authors. MIT license.

import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { ClosedError, OverloadError } from "../errors.ts";
import type { PeerSourceOptions } from "../peer.ts";
import {
  FakeSource,
  LocalNetwork,
  LocalPool,
} from "../testdata/local_transport.ts";
import type { Answer, GetQuestion, Question } from "./link.ts";

const GET: GetQuestion = {
  kind: "get",
  group: "scores",
  key: "x",
  mode: "load",
  isForwarded: true,
};
const DROP = { kind: "drop", keys: ["x"] } as const;
const TELL: Question = {
  kind: "tell",
  group: "scores",
  change: DROP,
  missed: [],
  ids: undefined,
  hops: 0,
};

function setUp() {
  const errors: unknown[] = [];
  const network = new LocalNetwork();
  const pool = new LocalPool("a", network, {
    ring: "crc32x50",
    timeout: 1000,
    random: () => 0,
    onError: (error) => errors.push(error),
  });
  const group = new FakeSource();
  pool.register(group);
  return { errors, network, pool, group };
}

Deno.test("PeerPool.answer() answers from memory at once, without a promise", async () => {
  const { pool, group } = setUp();
  group.values.set("x", "1");
  const value = pool.answer(GET);
  assert(!(value instanceof Promise) && value.kind === "value");
  assertEquals([String(value.view), value.ttl], ["1", 1000]);
  assertEquals(pool.answer({ ...GET, key: "none" }), { kind: "missing" });
  assertEquals(pool.answer(TELL), { kind: "done", missed: [] });
  assertEquals(pool.answer({ kind: "ping" }), { kind: "done", missed: [] });
  assertEquals(pool.answer({ ...GET, group: "__proto__" }), {
    kind: "unknownGroup",
  });
  assertEquals(group.applied, [DROP]);
  await pool.close();
});

Deno.test("PeerPool.answer() passes on the mode and whether the question was forwarded", async () => {
  const { pool, group } = setUp();
  const seen: PeerSourceOptions[] = [];
  group.onAnswer = (_, options) => {
    seen.push(options);
    return undefined;
  };
  pool.answer({ ...GET, mode: "held", isForwarded: false });
  pool.answer({ ...GET, mode: "refresh" });
  assertEquals(
    seen.map(({ mode, isForwarded }) => [mode, isForwarded]),
    [["held", false], ["refresh", true]],
  );
  await pool.close();
});

Deno.test("PeerPool.answer() tells a failure without its text, and reports it here", async () => {
  const { pool, group, errors } = setUp();
  const causes: [unknown, boolean][] = [
    [new Error("secret"), false],
    [new OverloadError("full"), true],
  ];
  for (const [cause, isBusy] of causes) {
    const failed: Answer = { kind: "failed", isBusy };
    group.onAnswer = () => Promise.reject(cause);
    assertEquals(await pool.answer(GET), failed);
    group.onAnswer = () => {
      throw cause;
    };
    assertEquals(pool.answer(GET), failed);
    group.onApply = () => Promise.reject(cause);
    assertEquals(await pool.answer(TELL), failed);
  }
  assertEquals(
    errors,
    causes.flatMap(([cause]) => [cause, cause, cause]),
  );
});

Deno.test("PeerPool.answer() waits no longer than the time limit, and leaves the load", async () => {
  using time = new FakeTime();
  const { pool, group, errors } = setUp();
  let signal: AbortSignal | undefined;
  group.onAnswer = (_, options) => {
    signal = options.signal;
    return new Promise(() => {});
  };
  const answer = pool.answer(GET);
  await time.tickAsync(999);
  assertEquals(signal?.aborted, false);
  await time.tickAsync(1);
  assertEquals(await answer, { kind: "failed", isBusy: true });
  const [error] = errors;
  assertInstanceOf(error, DOMException);
  assertEquals(error.message, "Cannot answer a peer within 1000 ms");
  assertEquals(signal?.reason, error);
});

Deno.test("PeerPool.answer() leaves no timer after a load that was in time", async () => {
  using time = new FakeTime();
  const { pool, group } = setUp();
  group.onAnswer = () => Promise.resolve(undefined);
  assertEquals(await pool.answer(GET), { kind: "missing" });
  assertEquals(time.next(), false);
});

Deno.test("PeerPool.close() ends what is being answered, and refuses the rest", async () => {
  using time = new FakeTime();
  const { pool, group, errors } = setUp();
  group.onAnswer = () => new Promise(() => {});
  group.onApply = () => new Promise(() => {});
  const answers = [pool.answer(GET), pool.answer(TELL)];
  await pool.close();
  const busy: Answer = { kind: "failed", isBusy: true };
  assertEquals(await Promise.all(answers), [{ kind: "unknownGroup" }, busy]);
  assertEquals(time.next(), false);
  // The next owner is asked; who tells of a change notes that it was missed.
  assertEquals(pool.answer(GET), { kind: "unknownGroup" });
  assertEquals(pool.answer(TELL), busy);
  assertEquals(pool.answer({ kind: "ping" }), busy);
  assertEquals([group.applied, errors], [[DROP], []]);
});

Deno.test("PeerPool.answer() takes a closed group for none: it holds nothing", async () => {
  const { pool, group, errors } = setUp();
  group.onAnswer = group.onApply = () => {
    throw new ClosedError("Cannot get: the group is closed");
  };
  assertEquals(pool.answer(GET), { kind: "unknownGroup" });
  assertEquals(pool.answer(TELL), { kind: "done", missed: [] });
  group.onAnswer = group.onApply = () =>
    Promise.reject<undefined>(new ClosedError("Cannot get: it is closed"));
  assertEquals(await pool.answer(GET), { kind: "unknownGroup" });
  assertEquals(await pool.answer(TELL), { kind: "done", missed: [] });
  assertEquals(errors, []);
});

Deno.test("PeerPool.answer() hands over only to nodes of the list, by its ring", async () => {
  using time = new FakeTime();
  const { pool, group, network } = setUp();
  pool.set("a", "b");
  for (let key = 0; key < 30; key++) group.values.set(`key ${key}`, "1");
  const ask = async (name: string) => {
    const answer = await pool.answer({
      kind: "handOver",
      group: "scores",
      name,
      maxBytes: 1 << 20,
    });
    return answer.kind === "snapshot"
      ? new TextDecoder().decode(answer.bytes)
      : answer.kind;
  };
  const keys = [...group.values.keys()];
  const keysOfB = keys.filter((key) => pool.owner(key) === "b").join();
  assertEquals([await ask("b"), await ask("d")], [keysOfB, "failed"]);
  // One that was down and asks is tried at once, and told first what it missed.
  await pool.tellOthers("scores", DROP);
  assertEquals([await ask("b"), pool.others], ["failed", []]);
  const other = new LocalPool("b", network);
  other.register(new FakeSource());
  assertEquals(await ask("b"), keysOfB);
  assertEquals(pool.others.map(({ name }) => name), ["b"]);
  assertEquals(network.ways("tell").at(-1), "a>b");
  await pool.close();
  await other.close();
  assertEquals(time.next(), false);
});
