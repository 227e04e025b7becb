// Copyright 2026 the Gee authors. MIT license.
// Clients that are slow, silent or gone.
import { type Report, sleep } from "./report.ts";
import {
  close,
  healthDuring,
  inParallel,
  receive,
  Rig,
  send,
  statusOf,
} from "./web_rig.ts";

/** Idle keep-alive connections cost memory, and nothing else. */
export async function idle(report: Report, count: number): Promise<void> {
  report.title(`idle: ${count} keep-alive connections`);
  const perConnection: Record<string, number> = {};
  for (const kind of ["raw", "gee"] as const) {
    await using rig = await Rig.start(kind);
    await healthDuring(rig, Promise.resolve());
    const before = (await rig.stats()).rss;
    const quiet = await healthDuring(rig, sleep(500));
    let answered = 0;
    const connections = await inParallel(count, 64, async () => {
      const connection = await rig.connect();
      await send(connection, "GET /ping HTTP/1.1\r\nhost: x\r\n\r\n");
      const text = await receive(connection, {
        ms: 10_000,
        isEnough: (text) => text.endsWith("pong"),
      });
      if (statusOf(text) === 200) answered++;
      return connection;
    });
    report.count(`${kind}, answered and kept open`, answered, count);
    const busy = await healthDuring(rig, sleep(500));
    perConnection[kind] = ((await rig.stats()).rss - before) / count / 1024;
    if (kind === "gee") {
      report.figure("healthy p99", busy.p99, "ms", quiet.p99 * 2);
    }
    for (const connection of connections) close(connection);
  }
  const { raw = 0, gee = 0 } = perConnection;
  report.figure("raw, each", raw, "KiB");
  report.figure("gee, each", gee, "KiB", raw * 1.1);
}

/** Bodies that come a byte at a time are answered 408 at the deadline. */
export async function slowBodies(report: Report, count: number): Promise<void> {
  report.title(`slow bodies: ${count}, limit 2 s`);
  await using rig = await Rig.start("gee", { bodyTimeout: 2000 });
  const start = performance.now();
  const work = inParallel(count, count, async () => {
    const connection = await rig.connect();
    await send(
      connection,
      "POST /json HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\n",
    );
    const dribble = setInterval(() => {
      send(connection, " ").catch(() => clearInterval(dribble));
    }, 500);
    const text = await receive(connection, {
      ms: 8000,
      isEnough: (text) => text.includes("\r\n\r\n"),
    });
    clearInterval(dribble);
    close(connection);
    return [statusOf(text), performance.now() - start] as const;
  });
  const health = await healthDuring(rig, work);
  const answers = await work;
  report.count(
    "answered 408",
    answers.filter(([status]) => status === 408).length,
    count,
  );
  const last = Math.max(...answers.map(([, ms]) => ms)) / 1000;
  report.figure("last answer", last, "s", 3);
  report.check("last answer long before the clients give up", last < 6);
  report.figure("healthy p99", health.p99, "ms");
}

/** Handlers that never settle are answered 503, and their sockets are freed. */
export async function never(report: Report, count: number): Promise<void> {
  report.title(`handlers that never settle: ${count}, limit 2 s`);
  await using rig = await Rig.start("gee", { handlerTimeout: 2000 });
  const statuses = await inParallel(count, count, async () => {
    const connection = await rig.connect();
    await send(connection, "GET /never HTTP/1.1\r\nhost: x\r\n\r\n");
    const text = await receive(connection, {
      ms: 8000,
      isEnough: (text) => text.includes("\r\n\r\n"),
    });
    close(connection);
    return statusOf(text);
  });
  report.count(
    "answered 503",
    statuses.filter((status) => status === 503).length,
    count,
  );
  await neverLeft(report, count);
}

/** Only that the client leaves can free these: the deadline is far away. */
async function neverLeft(report: Report, count: number): Promise<void> {
  await using rig = await Rig.start("gee", { handlerTimeout: 600_000 });
  const before = rig.sockets();
  const gone = await inParallel(count, count, async () => {
    const connection = await rig.connect();
    await send(connection, "GET /never HTTP/1.1\r\nhost: x\r\n\r\n");
    return connection;
  });
  await sleep(700); // until the handlers run and are watched
  report.count("sockets open meanwhile", rig.sockets() - before, count);
  for (const connection of gone) close(connection);
  await sleep(1000);
  const left = rig.sockets() - before;
  report.check(`sockets left 1 s after the clients went: ${left}`, left <= 0);
}

/** Headers that come slowly are Deno's to end; others must not suffer. */
export async function slowHeaders(
  report: Report,
  count: number,
): Promise<void> {
  report.title(`slow headers: ${count} (not ours to end)`);
  await using rig = await Rig.start("gee");
  await healthDuring(rig, Promise.resolve());
  const quiet = await healthDuring(rig, sleep(500));
  const connections = await inParallel(count, 64, async () => {
    const connection = await rig.connect();
    await send(connection, "GET /ping HTTP/1.1\r\nhost: x\r\nx-slow: ");
    return connection;
  });
  const busy = await healthDuring(rig, sleep(1000));
  report.figure("healthy p99", busy.p99, "ms", quiet.p99 * 2);
  for (const connection of connections) close(connection);
}

/** Connections that are cut in the middle leave nothing behind. */
export async function resets(report: Report, count: number): Promise<void> {
  report.title(`resets: ${count} clients cut off in the middle of a body`);
  const p99s: Record<string, number> = {};
  for (const kind of ["raw", "logged"] as const) {
    await using rig = await Rig.start(kind);
    const attack = (times: number) =>
      inParallel(times, 50, async () => {
        const connection = await rig.connect();
        await send(
          connection,
          "POST /json HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\n{",
        );
        close(connection);
      });
    await attack(200);
    await sleep(300);
    const before = await rig.stats();
    const health = await healthDuring(rig, attack(count));
    p99s[kind] = health.p99;
    await sleep(500);
    const after = await rig.stats();
    const reached = after.reached - before.reached;
    report.check(`${kind}, handlers reached: ${reached}`, reached > count / 2);
    if (kind === "raw") continue;
    const errors = rig.lines.filter((line) =>
      !line.includes("/ping") && !line.includes("/stats")
    );
    report.check(
      `log lines: ${errors.length}, want 1 to 10`,
      errors.length > 0 && errors.length <= 10,
    );
    if (errors.length > 10) report.check(errors.slice(0, 3).join(" | "), false);
    report.count("unhandled", after.unhandled, 0);
    report.figure(
      "heap grown",
      (after.heapUsed - before.heapUsed) / 2 ** 20,
      "MiB",
      1,
    );
  }
  const { raw = 0, logged = 0 } = p99s;
  report.figure("raw, healthy p99", raw, "ms");
  report.figure("gee, healthy p99", logged, "ms", raw * 1.5);
}
