// Copyright 2026 the Gee authors. MIT license.

import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { ByteView } from "../byte_view.ts";
import { ClosedError } from "../errors.ts";
import type { ByteStream } from "./byte_stream.ts";
import { greetClient } from "./handshake.ts";
import type { Answer, GetQuestion, Link, Question } from "./link.ts";
import { TcpAnswers } from "./tcp_answers.ts";
import { TcpServer, type TcpServerOptions } from "./tcp_server.ts";
import { TcpSession } from "./tcp_session.ts";
import { TcpTransport, type TcpTransportOptions } from "./tcp_transport.ts";

const HOST = "127.0.0.1";
const SECRET = "sixteen bytes or more";

function get(key: string): GetQuestion {
  return { kind: "get", group: "g", key, mode: "load", isForwarded: true };
}

/** Answers a `get` with `<key>`, anything else with "done". */
function echo(question: Question): Answer {
  return question.kind === "get"
    ? { kind: "value", view: new ByteView(`<${question.key}>`), ttl: 1000 }
    : { kind: "done", missed: [] };
}

function textOf(answer: Answer): string {
  return answer.kind === "value" ? String(answer.view) : answer.kind;
}

/** A server and a link to it. */
function connect(
  options: Partial<TcpServerOptions> = {},
  linkOptions: TcpTransportOptions = {},
) {
  const server = new TcpServer({ answer: echo, hostname: HOST, ...options });
  const name = `${HOST}:${server.addr.port}`;
  const link = new TcpTransport(linkOptions).link(name);
  const dispose = async () => {
    link.close();
    await server.close();
  };
  return { server, name, link, [Symbol.asyncDispose]: dispose };
}

/** A peer whose connections the test handles itself. */
function peer(handle: (conn: Deno.Conn, index: number) => Promise<void>) {
  const listener = Deno.listen({ hostname: HOST, port: 0 });
  const { port } = listener.addr;
  const running: Promise<void>[] = [];
  const accepting = (async () => {
    try {
      for await (const conn of listener) {
        running.push(
          handle(conn, running.length).catch(() => {}).finally(() => {
            try {
              conn.close();
            } catch { /* by the test */ }
          }),
        );
      }
    } catch { /* closed */ }
  })();
  const dispose = async () => {
    listener.close();
    await accepting;
    await Promise.all(running);
  };
  return { name: `${HOST}:${port}`, [Symbol.asyncDispose]: dispose };
}

/** Reads until the other side ends the connection. */
async function drain(conn: Deno.Conn): Promise<number> {
  let sum = 0;
  const buffer = new Uint8Array(65536);
  for (let count; (count = await conn.read(buffer)) !== null;) sum += count;
  return sum;
}

/** Instead of bytes: the end of the connection. */
const CUT = new Uint8Array();

/** A peer that passes bytes on to another, changed by the test. */
function proxy(
  target: string,
  change: (bytes: Uint8Array, isToTarget: boolean) => Uint8Array[],
) {
  return peer(async (conn) => {
    const port = Number(target.split(":")[1]);
    using other = await Deno.connect({ hostname: HOST, port });
    const pump = async (
      from: Deno.Conn,
      to: Deno.Conn,
      isToTarget: boolean,
    ) => {
      const buffer = new Uint8Array(4096);
      try {
        for (let count; (count = await from.read(buffer)) !== null;) {
          for (const part of change(buffer.slice(0, count), isToTarget)) {
            if (part === CUT) throw new Error("It was cut");
            for (let at = 0; at < part.length;) {
              at += await to.write(part.subarray(at));
            }
          }
        }
      } catch { /* the end */ }
      for (const end of [to, from]) {
        try {
          end.close();
        } catch { /* closed */ }
      }
    };
    await Promise.all([pump(conn, other, true), pump(other, conn, false)]);
  });
}

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
    { kind: "tell", group: "g", change: { kind: "reset" }, missed: ["a:1"] },
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

Deno.test("TcpServer answers at once what is known, and slow loads when they are done", async () => {
  const slow = Promise.withResolvers<Answer>();
  await using node = connect({
    answer: (question) =>
      question.kind === "get" && question.key === "slow"
        ? slow.promise
        : echo(question),
  });
  const order: string[] = [];
  const waits = ["slow", "a", "b"].map(async (key) => {
    order.push(textOf(await node.link.send(get(key))));
  });
  await Promise.all(waits.slice(1));
  assertEquals(order, ["<a>", "<b>"]);
  slow.resolve({ kind: "missing" });
  await waits[0];
  assertEquals(order, ["<a>", "<b>", "missing"]);
});

Deno.test("TcpServer takes an answer that throws, rejects or never comes for a failure", async () => {
  const answers: Record<string, () => Promise<Answer>> = {
    throws: () => {
      throw new Error("a bug");
    },
    rejects: () => Promise.reject(new Error("a bug")),
    never: () => new Promise(() => {}),
  };
  await using node = connect({
    timeout: 20,
    answer: (question) =>
      question.kind === "get" ? answers[question.key]!() : echo(question), // three keys
  });
  assertEquals(await node.link.send(get("throws")), {
    kind: "failed",
    isBusy: false,
  });
  assertEquals(await node.link.send(get("rejects")), {
    kind: "failed",
    isBusy: false,
  });
  assertEquals(await node.link.send(get("never")), {
    kind: "failed",
    isBusy: true,
  });
});

Deno.test("TcpServer answers busy beyond the questions it takes at a time", async () => {
  const slow = Promise.withResolvers<Answer>();
  await using node = connect({ maxInFlight: 2, answer: () => slow.promise });
  const waits = ["a", "b", "c"].map((key) => node.link.send(get(key)));
  assertEquals(await waits[2], { kind: "failed", isBusy: true });
  slow.resolve({ kind: "missing" });
  assertEquals(await waits[0], { kind: "missing" });
  assertEquals(await waits[1], { kind: "missing" });
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

Deno.test("TcpServer says why it leaves a connection", async () => {
  await using node = connect({ maxQuestionBytes: 1000 });
  const long = node.link.send(get("k".repeat(1000)));
  const other = node.link.send(get("k"));
  for (const wait of [long, other]) {
    await assertRejects(
      () => wait,
      Error,
      'Cannot ask the peer: it said "Cannot read a frame: a frame exceeds 1000 bytes"',
    );
  }
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

Deno.test("TcpServer refuses clients that speak something else", async () => {
  await using node = connect();
  const { port } = node.server.addr;
  const hellos: [bytes: string, byte: number | undefined][] = [
    ["GET / HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\n\r\n", undefined],
    ["GEEP\x02\0" + "n".repeat(32), 2],
  ];
  for (const [bytes, byte] of hellos) {
    using conn = await Deno.connect({ hostname: HOST, port });
    await conn.write(new TextEncoder().encode(bytes));
    const answer = new Uint8Array(100);
    const count = await conn.read(answer).catch(() => null); // null or a reset
    assertEquals(count === null ? undefined : answer[5], byte);
  }
});

Deno.test("TcpServer drops a client that does not greet in time", async () => {
  await using node = connect({ timeout: 5 });
  using conn = await Deno.connect({
    hostname: HOST,
    port: node.server.addr.port,
  });
  await conn.write(new TextEncoder().encode("GEEP"));
  assertEquals(await drain(conn), 0);
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
  // 75 % of 50 ms, then of twice as much.
  for (const pause of [37.5, 75, 150, 300, 600, 750, 750]) {
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

Deno.test("TcpServer.close() ends every connection and frees the port, twice over", async () => {
  const asked = Promise.withResolvers<void>();
  await using node = connect({
    answer: () => {
      asked.resolve();
      return new Promise(() => {});
    },
  });
  const wait = node.link.send(get("k"));
  await asked.promise;
  await Promise.all([node.server.close(), assertRejects(() => wait, Error)]);
  await node.server.close();
  await node.server[Symbol.asyncDispose]();
  assertEquals(node.server.connections, 0);
  const { port } = node.server.addr;
  await using again = new TcpServer({ answer: echo, hostname: HOST, port });
  assertEquals(again.addr.port, port);
});

Deno.test("TcpServer refuses connections beyond its limit", async () => {
  await using node = connect({ maxConnections: 1 });
  await node.link.send(get("a"));
  const second = new TcpTransport().link(node.name);
  await assertRejects(
    () => second.send(get("b")),
    Error,
    "Cannot greet the peer: it has too many connections",
  );
  assertEquals(textOf(await node.link.send(get("c"))), "<c>");
  second.close();
});

Deno.test("TcpServer hangs up on a flood of connections", async () => {
  await using node = connect({ maxConnections: 1 });
  const { port } = node.server.addr;
  const conns: Deno.Conn[] = [];
  for (let index = 0; index < 66; index++) {
    conns.push(await Deno.connect({ hostname: HOST, port }));
  }
  const last = conns[65] as Deno.Conn; // the last of 66
  assertEquals(await drain(last).catch(() => 0), 0);
  for (const conn of conns) conn.close();
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
  const tell = { kind: "tell", group: "g", change, missed: [] } as const;
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

Deno.test("TcpAnswers stops reading from a client that does not read", async () => {
  let asked = 0;
  const view = new ByteView(new Uint8Array(1 << 20));
  const question = "\x0f\0\0\0\x01\0\0\0\x01\0\0\0\0\0\x02\0\0\0k";
  const reads = ["GEEP\x01\0" + "n".repeat(32), question.repeat(1000)]
    .map((text) => new TextEncoder().encode(text));
  const ended = Promise.withResolvers<never>();
  let writes = 0;
  const stream: ByteStream = {
    read(buffer) {
      const bytes = reads.shift();
      if (bytes === undefined) return ended.promise;
      buffer.set(bytes);
      return Promise.resolve(bytes.length);
    },
    // The hello goes out, nothing after it.
    write: (bytes) =>
      writes++ === 0 ? Promise.resolve(bytes.length) : ended.promise,
    close: () => ended.reject(new Error("closed")),
  };
  const answers = new TcpAnswers(stream, {
    answer: () => {
      asked++;
      return { kind: "value", view };
    },
    timeout: 5,
    maxBytes: 2 << 20,
    maxInFlight: 2000,
    maxUnsentBytes: 3 << 20,
    secret: undefined,
  });
  await answers.run(false); // it ends by the time limit
  assertEquals([asked, writes], [3, 2]);
});

Deno.test("TcpLink and TcpServer prove to each other that they know the secret", async () => {
  await using node = connect({ secret: SECRET }, { secret: SECRET });
  assertEquals(textOf(await node.link.send(get("k"))), "<k>");
  const wrong = new TcpTransport({ secret: `${SECRET}!` }).link(node.name);
  await assertRejects(
    () => wrong.send(get("k")),
    Error,
    "Cannot greet the peer: it does not know the secret",
  );
  const none = new TcpTransport().link(node.name);
  await assertRejects(
    () => none.send(get("k")),
    Error,
    "Cannot greet the peer: it wants a secret",
  );
  wrong.close();
  none.close();
});

Deno.test("TcpLink with a secret sends no question to a server without one", async () => {
  let asked = 0;
  await using node = connect({
    answer: (question) => {
      asked++;
      return echo(question);
    },
  }, { secret: SECRET });
  await assertRejects(
    () => node.link.send(get("k")),
    Error,
    "Cannot greet the peer: it does not have a secret where this node has one",
  );
  assertEquals(asked, 0);
});

Deno.test("TcpServer refuses a proof that was repeated or reflected", async () => {
  await using node = connect({ secret: SECRET, timeout: 500 });
  const sent: Uint8Array[] = [];
  await using wire = proxy(node.name, (bytes, isToTarget) => {
    if (isToTarget) sent.push(bytes);
    return [bytes];
  });
  const link = new TcpTransport({ secret: SECRET }).link(wire.name);
  await link.send(get("k"));
  link.close();
  const { port } = node.server.addr;
  using repeat = await Deno.connect({ hostname: HOST, port });
  for (const bytes of sent) await repeat.write(bytes);
  // Its hello and its proof, and no answer.
  assertEquals(await drain(repeat).catch(() => 70), 70);
  using reflect = await Deno.connect({ hostname: HOST, port });
  await reflect.write(sent[0]!); // the hello
  const theirs = new Uint8Array(70);
  for (let at = 0; at < 70;) {
    at += await reflect.read(theirs.subarray(at)) ?? 70;
  }
  await reflect.write(theirs.subarray(38));
  await reflect.write(Uint8Array.of(5, 0, 0, 0, 1, 0, 0, 0, 4)).catch(() => {});
  assertEquals(await drain(reflect).catch(() => 0), 0);
});

Deno.test("TcpServer survives 10,000 mutated frames", async () => {
  await using node = connect({ maxQuestionBytes: 1 << 16 });
  const { port } = node.server.addr;
  let seed = 31;
  const random = (below: number) => {
    seed = Math.imul(seed, 1103515245) + 12345 >>> 0;
    return (seed >>> 8) % below;
  };
  const question = [15, 0, 0, 0, 1, 0, 0, 0, 1, 0, 2, 0, 0, 0, 103, 0, 0, 0, 0];
  for (let round = 0; round < 100; round++) {
    using conn = await Deno.connect({ hostname: HOST, port });
    const hello = new TextEncoder().encode("GEEP\x01\0" + "n".repeat(32));
    const bytes = Array.from({ length: 100 }, () => {
      const frame = [...question];
      // Rarely the length, so that some of what follows is read as well.
      frame[random(40) === 0 ? random(4) : 4 + random(15)] = random(256);
      return frame;
    });
    await conn.write(Uint8Array.from([...hello, ...bytes.flat()]));
    await conn.closeWrite();
    await drain(conn).catch(() => 0);
  }
  assertEquals(textOf(await node.link.send(get("k"))), "<k>");
});

Deno.test("TcpTransport.checkName() wants a host and a port", () => {
  const transport = new TcpTransport();
  transport.checkName("127.0.0.1:8001");
  assertThrows(() => transport.checkName("http://a"), TypeError);
  assert(transport.carries("\ud800"));
});

Deno.test("TcpLink and TcpServer speak over TLS", async () => {
  const at = new URL("./testdata/", import.meta.url);
  const [cert, key] = await Promise.all(
    ["peer.crt", "peer.key"].map((file) =>
      Deno.readTextFile(new URL(file, at))
    ),
  ) as [string, string]; // two files
  await using node = connect(
    { tls: { cert, key }, secret: SECRET },
    { tls: { caCerts: [cert] }, secret: SECRET },
  );
  const answers = await Promise.all(
    Array.from({ length: 100 }, (_, index) => node.link.send(get(`${index}`))),
  );
  assertEquals(answers.map(textOf), [...answers.keys()].map((i) => `<${i}>`));
  assertEquals(node.server.connections, 1);
  const untrusting = new TcpTransport({ tls: {}, secret: SECRET });
  const link: Link = untrusting.link(node.name);
  await assertRejects(() => link.send(get("k")), Error, "certificate");
  const plain = new TcpTransport({ secret: SECRET, timeout: 500 });
  const open: Link = plain.link(node.name);
  await assertRejects(() => open.send(get("k")), Error);
  link.close();
  open.close();
});
