// Copyright 2026 the Gee authors. MIT license.

import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { ByteView } from "../byte_view.ts";
import { ClosedError } from "../errors.ts";
import type { ByteStream } from "./byte_stream.ts";
import { greetClient } from "./handshake.ts";
import type { Answer, Question } from "./link.ts";
import { TcpServer } from "./tcp_server.ts";
import { TcpSession } from "./tcp_session.ts";
import { TcpTransport } from "./tcp_transport.ts";
import {
  connect,
  CUT,
  drain,
  echo,
  get,
  HOST,
  peer,
  proxy,
  SECRET,
  textOf,
} from "./testdata/tcp.ts";

Deno.test("TcpLink.send() asks everything over one connection", async () => {
  await using node = connect();
  const keys = Array.from({ length: 500 }, (_, index) => `key ${index}`);
  keys.push("", ".", "..", "\ud800", "ü", "k".repeat(100_000));
  const answers = await Promise.all(
    keys.map((key) => node.link.send(get(key))),
  );
  // Text of a value is UTF-8, so the lone surrogate is gone there.
  assertEquals(
    answers.map(textOf),
    keys.map((key) => `<${key.toWellFormed()}>`),
  );
  assertEquals(node.server.connections, 1);
  assertEquals(node.link.isGo, false);
  assertEquals(await node.link.send({ kind: "ping" }), {
    kind: "done",
    missed: [],
  });
});

Deno.test("TcpLink.send() carries what a question and an answer hold", async () => {
  const asked: Question[] = [];
  const answers: Answer[] = [
    { kind: "missing" },
    { kind: "failed", isBusy: true },
    { kind: "unknownGroup" },
    { kind: "done", missed: ["a:1"] },
    { kind: "snapshot", bytes: new Uint8Array(300_000).fill(7) },
  ];
  const questions: Question[] = [
    get("k"),
    { ...get("k"), mode: "refresh", isForwarded: false },
    { kind: "handOver", group: "g", name: "a:1", maxBytes: 10 },
    {
      kind: "tell",
      group: "g",
      change: { kind: "reset" },
      missed: ["a:1"],
      ids: new Map([["a", [1, 2]]]),
      hops: 1,
    },
    { kind: "ping" },
  ];
  await using node = connect({
    answer: (question) => answers[asked.push(question) - 1]!, // one for each
  });
  for (const [index, question] of questions.entries()) {
    assertEquals(await node.link.send(question), answers[index]);
  }
  assertEquals(asked, questions);
});

Deno.test("TcpLink and TcpServer understand one byte at a time", async () => {
  await using node = connect({ secret: SECRET });
  await using slow = proxy(
    node.name,
    (bytes) => Array.from(bytes, (byte) => Uint8Array.of(byte)),
  );
  const link = new TcpTransport({ secret: SECRET }).link(slow.name);
  const answers = await Promise.all(
    ["a", "b", "ü"].map((key) => link.send(get(key))),
  );
  assertEquals(answers.map(textOf), ["<a>", "<b>", "<ü>"]);
  link.close();
});

Deno.test("TcpLink.send() rejects one question that is too long and goes on", async () => {
  await using node = connect({}, { maxAnswerBytes: 1000 });
  const long = node.link.send(get("k".repeat(1000)));
  const short = node.link.send(get("k"));
  await assertRejects(() => long, RangeError, "Cannot send 1015 bytes");
  assertEquals(textOf(await short), "<k>");
});

Deno.test("TcpLink.send() rejects all at once when bytes are garbled, and connects again", async () => {
  let isGarbled = true;
  const slow = Promise.withResolvers<Answer>();
  await using node = connect({
    answer: (question) =>
      question.kind === "get" && question.key === "slow"
        ? slow.promise
        : echo(question),
  });
  let answers = 0;
  await using noise = proxy(node.name, (bytes, isToTarget) => {
    // The hello comes first.
    if (!isToTarget && answers++ > 0 && isGarbled) bytes[3] = 0xff;
    return [bytes];
  });
  const link = new TcpTransport().link(noise.name);
  const waits = [link.send(get("slow")), link.send(get("a"))];
  for (const wait of waits) {
    await assertRejects(
      () => wait,
      SyntaxError,
      `Cannot read a frame: a frame exceeds ${64 << 20} bytes`,
    );
  }
  isGarbled = false;
  assertEquals(textOf(await link.send(get("b"))), "<b>");
  link.close();
  slow.resolve({ kind: "missing" });
});

Deno.test("TcpLink.send() settles each question once and rightly, wherever the connection is cut", async () => {
  await using node = connect();
  let left = 0;
  await using cut = proxy(node.name, (bytes, isToTarget) => {
    if (isToTarget) return [bytes];
    const part = bytes.subarray(0, left);
    left -= part.length;
    return left === 0 ? [part, CUT] : [part];
  });
  for (let bytes = 1; bytes < 700; bytes += 13) {
    left = bytes;
    const link = new TcpTransport().link(cut.name);
    const keys = Array.from({ length: 30 }, (_, index) => `${index}`);
    const ends = await Promise.allSettled(
      keys.map((key) => link.send(get(key))),
    );
    for (const [index, end] of ends.entries()) {
      if (end.status === "rejected") assert(end.reason instanceof Error);
      else assertEquals(textOf(end.value), `<${index}>`);
    }
    const answered = ends.filter(({ status }) => status === "fulfilled").length;
    // After a hello of 38 bytes, answers of 21 or 22.
    const most = Math.max(0, Math.floor((bytes - 38) / 21));
    const least = Math.max(0, Math.floor((bytes - 38) / 22));
    assert(answered <= most && answered >= Math.min(least, 30));
    link.close();
  }
});

Deno.test("TcpLink.send() rejects when an answer nobody asked for comes", async () => {
  await using hostile = peer(async (conn) => {
    await greetClient(conn, undefined, false);
    await conn.write(Uint8Array.of(5, 0, 0, 0, 77, 0, 0, 0, 17));
    await drain(conn);
  });
  const link = new TcpTransport().link(hostile.name);
  await assertRejects(
    () => link.send(get("k")),
    SyntaxError,
    "Cannot use answer 77: nobody asked for it",
  );
  link.close();
});

Deno.test("TcpLink.send() refuses a peer that speaks something else", async () => {
  const hellos: [bytes: string, why: string][] = [
    ["HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n", "something else"],
    ["GEEP\x02\0" + "n".repeat(32), "it speaks another version"],
    ["GEEP\x01\x04" + "n".repeat(32), "it has too many connections"],
    ["GEEP\x01\x09" + "n".repeat(32), "it does not have a secret"],
    ["GEEP", "it closed the connection"],
  ];
  for (const [bytes, why] of hellos) {
    await using other = peer(async (conn) => {
      await conn.write(new TextEncoder().encode(bytes));
      if (bytes.length > 4) await drain(conn);
    });
    const link = new TcpTransport().link(other.name);
    await assertRejects(() => link.send(get("k")), Error, why);
    link.close();
  }
});

Deno.test("TcpLink.send() rejects at once for a while after a connection failed", async () => {
  const listener = Deno.listen({ hostname: HOST, port: 0 });
  const { port } = listener.addr;
  listener.close();
  const clock = { time: 0 };
  const transport = new TcpTransport({
    now: () => clock.time,
    random: () => 0.5,
  });
  const link = transport.link(`${HOST}:${port}`);
  const ask = () => assertRejects(() => link.send(get("k")), Error);
  // 75 % of 50 ms, then of twice as much, up to 250 ms.
  for (const pause of [37.5, 75, 150, 187.5, 187.5]) {
    const failed = await ask();
    const paused = await ask();
    assertEquals(
      paused.message,
      `Cannot ask "${HOST}:${port}": a moment ago it failed`,
    );
    assertEquals(paused.cause, failed);
    clock.time += pause - 1;
    assertEquals((await ask()).cause, failed);
    clock.time += 1;
  }
  await using server = new TcpServer({ answer: echo, hostname: HOST, port });
  assertEquals(textOf(await link.send(get("k"))), "<k>");
  await server.close();
  await ask(); // the connection ended
  const failed = await ask(); // it was of use, so there is no pause
  assertEquals(failed.cause, undefined);
  link.close();
});

Deno.test("TcpLink.send() rejects in time, and finds out whether the peer is there", async () => {
  const ended = Promise.withResolvers<number>();
  await using silent = peer(async (conn, index) => {
    if (index > 0) return;
    await greetClient(conn, undefined, false);
    ended.resolve(await drain(conn));
  });
  const link = new TcpTransport({ timeout: 5 }).link(silent.name);
  for (const wait of [link.send(get("a")), link.send(get("b"))]) {
    const error = await assertRejects(() => wait, DOMException);
    assertEquals(error.name, "TimeoutError");
  }
  // Two questions of 20 bytes, one ping of 9: then the connection is given up.
  assertEquals(await ended.promise, 49);
  link.close();
});

Deno.test("TcpLink.send() makes a new connection after a ping that was given up", async () => {
  await using node = connect();
  let connections = 0;
  let isLost = false;
  await using way = proxy(node.name, (bytes, isToTarget) => {
    // A hello begins with "GEEP".
    if (isToTarget && bytes[0] === 0x47) connections++;
    return isLost && connections === 1 ? [] : [bytes];
  });
  const link = new TcpTransport().link(way.name);
  assertEquals(textOf(await link.send(get("a"))), "<a>");
  isLost = true;
  const other = link.send(get("b"));
  const controller = new AbortController();
  const ping = link.send({ kind: "ping" }, { signal: controller.signal });
  controller.abort(new Error("no answer"));
  await assertRejects(() => ping, Error, "no answer");
  await assertRejects(() => other, Error, "it is silent");
  assertEquals(textOf(await link.send(get("c"))), "<c>");
  assertEquals(connections, 2);
  link.close();
});

Deno.test("TcpLink keeps a connection on which only one load is slow", async () => {
  await using node = connect({
    answer: (question) =>
      question.kind === "ping" ? echo(question) : new Promise(() => {}),
  }, { timeout: 30 });
  await assertRejects(() => node.link.send(get("k")), DOMException);
  const slow = node.link.send(get("k"));
  await node.link.send({ kind: "ping" });
  await assertRejects(() => slow, DOMException);
  await node.link.send({ kind: "ping" });
  assertEquals(node.server.connections, 1);
});

Deno.test("TcpLink.send() rejects when a connection cannot be made in time", async () => {
  await using silent = peer(async (conn) => void await drain(conn));
  const link = new TcpTransport({ timeout: 5 }).link(silent.name);
  const error = await assertRejects(() => link.send(get("k")), DOMException);
  assertEquals(error.name, "TimeoutError");
  link.close();
});

Deno.test("TcpLink.close() ends what is under way, twice over", async () => {
  await using silent = peer(async (conn) => void await drain(conn));
  const link = new TcpTransport().link(silent.name);
  const waits = [link.send(get("a")), link.send(get("b"))];
  link.close();
  link.close();
  for (const wait of [...waits, link.send(get("c"))]) {
    await assertRejects(
      () => wait,
      ClosedError,
      `Cannot ask "${silent.name}": it is closed`,
    );
  }
  const unused = new TcpTransport().link(silent.name);
  unused.close();
});

Deno.test("TcpLink.send() rejects with the reason of a caller who leaves, and goes on", async () => {
  const slow = Promise.withResolvers<Answer>();
  await using node = connect({
    answer: (question) =>
      question.kind === "get" && question.key === "slow"
        ? slow.promise
        : echo(question),
  });
  const controller = new AbortController();
  const { signal } = controller;
  const wait = node.link.send(get("slow"), { signal });
  assertEquals(textOf(await node.link.send(get("a"))), "<a>");
  controller.abort(new Error("gone"));
  await assertRejects(() => wait, Error, "gone");
  await assertRejects(
    () => node.link.send(get("b"), { signal }),
    Error,
    "gone",
  );
  slow.resolve({ kind: "missing" }); // its answer disturbs nobody
  assertEquals(textOf(await node.link.send(get("c"))), "<c>");
  assertEquals(node.server.connections, 1);
});

Deno.test("TcpSession asks no further where the peer does not read", async () => {
  const stuck = Promise.withResolvers<never>();
  const stream: ByteStream = {
    read: () => stuck.promise,
    write: () => stuck.promise,
    close: () => stuck.reject(new Error("closed")),
  };
  const session = new TcpSession({
    open: () => Promise.resolve(stream),
    timeout: 60_000,
    maxBytes: 64 << 20,
    onEnd: () => {},
  });
  const view = new ByteView(new Uint8Array(33 << 20));
  const change = { kind: "set", key: "k", view } as const;
  const tell = {
    kind: "tell",
    group: "g",
    change,
    missed: [],
    ids: undefined,
    hops: 0,
  } as const;
  const waits = [session.send(tell), session.send(tell)];
  await assertRejects(
    () => session.send({ kind: "ping" }),
    Error,
    "Cannot ask the peer: it does not read what it was sent",
  );
  session.close(new Error("gone"));
  session.close(new Error("twice"));
  for (const wait of waits) await assertRejects(() => wait, Error, "gone");
});

Deno.test("TcpTransport.checkName() wants a host and a port", () => {
  const transport = new TcpTransport();
  transport.checkName("127.0.0.1:8001");
  assertThrows(() => transport.checkName("http://a"), TypeError);
  assert(transport.carries("\ud800"));
});
