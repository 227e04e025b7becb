// Copyright 2026 the Gee authors. MIT license.
// Requests that are too much: bodies, JSON, headers, pipelines.
import type { Report } from "./report.ts";
import {
  close,
  healthDuring,
  inParallel,
  receive,
  Rig,
  send,
  statusOf,
} from "./web_rig.ts";

/** Bodies over the limit are refused, not kept. */
export async function largeBodies(
  report: Report,
  count: number,
): Promise<void> {
  report.title(`large bodies: ${count} of 10.5 MB to a JSON handler`);
  await using rig = await Rig.start("gee");
  await healthDuring(rig, Promise.resolve());
  const before = (await rig.stats()).rss;
  let peak = before;
  const sampler = setInterval(() => {
    const pages = Deno.readTextFileSync(`/proc/${rig.pid}/statm`).split(" ");
    peak = Math.max(peak, Number(pages[1]) * 4096);
  }, 10);
  const chunk = new Uint8Array(64 << 10).fill(0x20);
  const work = inParallel(count, count, async (index) => {
    const connection = await rig.connect();
    // Half of them do not say how long they are.
    const isChunked = index % 2 === 1;
    const length = isChunked
      ? "transfer-encoding: chunked"
      : "content-length: 10500000";
    await send(
      connection,
      `POST /json HTTP/1.1\r\nhost: x\r\n${length}\r\n\r\n`,
    );
    const answer = receive(connection, {
      ms: 10_000,
      isEnough: (text) => text.includes("\r\n\r\n"),
    });
    try {
      for (let sent = 0; sent < 10_500_000; sent += chunk.length) {
        if (isChunked) await send(connection, "10000\r\n");
        await send(connection, chunk);
        if (isChunked) await send(connection, "\r\n");
      }
    } catch {
      // The server hangs up on what it will not read.
    }
    const status = statusOf(await answer);
    close(connection);
    return status;
  });
  const health = await healthDuring(rig, work);
  clearInterval(sampler);
  const statuses = await work;
  report.count(
    "answered 413",
    statuses.filter((status) => status === 413).length,
    count,
  );
  const grown = (peak - before) / 2 ** 20;
  report.figure("memory grown", grown, "MiB", 16);
  report.check(
    "memory grown by less than half of what came",
    grown < count * 5,
  );
  report.figure("healthy p99", health.p99, "ms", 10);
}

/** Deep JSON is refused before the parser works on it. */
export async function deepJson(report: Report, count: number): Promise<void> {
  report.title(`deep JSON: ${count} times 900 KB of brackets`);
  await using rig = await Rig.start("gee");
  await healthDuring(rig, Promise.resolve());
  const body = "[".repeat(900_000);
  const work = inParallel(count, 8, async () => {
    const response = await fetch(rig.url("/json"), { method: "POST", body });
    await response.text();
    return response.status;
  });
  const health = await healthDuring(rig, work);
  report.count(
    "answered 400",
    (await work).filter((status) => status === 400).length,
    count,
  );
  report.figure("healthy p99", health.p99, "ms", 20);
}

/** Many headers cost what Deno's parser takes for them. */
export async function headers(report: Report, count: number): Promise<void> {
  report.title(`headers: ${count} requests of 100 headers`);
  const lines = Array.from(
    { length: 100 },
    (_, index) => `x-header-${index}: value ${index}\r\n`,
  ).join("");
  const request = `GET /ping HTTP/1.1\r\nhost: x\r\n${lines}\r\n`;
  const seconds: Record<string, number> = {};
  for (const kind of ["raw", "gee", "raw", "gee"] as const) {
    await using rig = await Rig.start(kind);
    const start = performance.now();
    const answers = await inParallel(8, 8, async () => {
      const connection = await rig.connect();
      let answered = 0;
      for (let sent = 0; sent < count / 8; sent++) {
        await send(connection, request);
        const text = await receive(connection, {
          ms: 10_000,
          isEnough: (text) => text.endsWith("pong"),
        });
        if (statusOf(text) === 200) answered++;
      }
      close(connection);
      return answered;
    });
    seconds[kind] = (performance.now() - start) / 1000;
    if (kind === "gee") {
      report.count("answered 200", answers.reduce((a, b) => a + b, 0), count);
    }
  }
  const { raw = 0, gee = 0 } = seconds;
  report.figure("raw", raw, "s");
  report.figure("gee", gee, "s", raw * 1.1);
}

/** Pipelined requests are answered in their order. */
export async function pipelining(report: Report, count: number): Promise<void> {
  report.title(`pipelining: ${count} requests without waiting`);
  const p99s: Record<string, number> = {};
  for (const kind of ["raw", "gee"] as const) {
    await using rig = await Rig.start(kind);
    await healthDuring(rig, Promise.resolve());
    const work = pipeline(rig, count);
    const health = await healthDuring(rig, work);
    p99s[kind] = health.p99;
    const inOrder = (await work).filter((id, at) => id === at).length;
    report.count(`${kind}, in order`, inOrder, count);
  }
  const { raw = 0, gee = 0 } = p99s;
  report.figure("raw, healthy p99", raw, "ms");
  report.figure("gee, healthy p99", gee, "ms", raw * 1.2);
}

/** Asks for numbers without waiting; gives those that came back. */
async function pipeline(rig: Rig, count: number): Promise<number[]> {
  const connection = await rig.connect();
  let text = "";
  for (let id = 0; id < count; id++) {
    text += `GET /users/${id} HTTP/1.1\r\nhost: x\r\n\r\n`;
  }
  const sending = send(connection, text).catch(() => {});
  const answers = await receive(connection, {
    ms: 60_000,
    isEnough: (text) => text.endsWith(`{"id":${count - 1}}`),
  });
  await sending;
  close(connection);
  return [...answers.matchAll(/\{"id":(\d+)\}/g)].map(([, id]) => Number(id));
}
