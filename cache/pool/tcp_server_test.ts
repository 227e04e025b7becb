// Copyright 2026 the Gee authors. MIT license.

import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { ByteView } from "../byte_view.ts";
import { ClosedError } from "../errors.ts";
import type { ByteStream } from "./byte_stream.ts";
import type { Answer } from "./link.ts";
import { TcpAnswers } from "./tcp_answers.ts";
import { TcpPool } from "./tcp_pool.ts";
import { TcpServer } from "./tcp_server.ts";
import { TcpTransport } from "./tcp_transport.ts";
import { connect, drain, echo, get, HOST, textOf } from "./testdata/tcp.ts";

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

Deno.test("TcpServer refuses limits that are none", () => {
  const names = [
    "timeout",
    "maxConnections",
    "maxQuestionBytes",
    "maxInFlight",
    "maxUnsentBytes",
  ];
  for (const name of names) {
    for (const value of [NaN, Infinity, 0, -1]) {
      assertThrows(
        () => new TcpServer({ answer: echo, [name]: value }),
        RangeError,
        `Cannot create a pool with ${name} ${value}: want `,
      );
    }
  }
});

Deno.test("TcpPool.listen() does not begin when the pool is closed", async () => {
  const pool = new TcpPool("127.0.0.1:8001");
  await pool.close();
  assertThrows(
    () => pool.listen({ port: 0 }),
    ClosedError,
    "Cannot listen: the pool is closed",
  );
});
