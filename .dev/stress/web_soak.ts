// Copyright 2026 the Gee authors. MIT license.
// A long run with faults mixed in, and the end of a server under load.
import { randomOf, type Report, sleep } from "./report.ts";
import { close, inParallel, receive, Rig, send, statusOf } from "./web_rig.ts";

/** Memory, sockets and rejections of a long run with 1 % of faults. */
export async function soak(
  report: Report,
  count: number,
  seed: number,
): Promise<void> {
  report.title(`soak: ${count} requests, 1 % of them cut off, seed ${seed}`);
  await using rig = await Rig.start("gee");
  const random = randomOf(seed);
  const kinds: [path: string, status: number][] = [
    ["/ping", 200],
    ["/users/7", 200],
    ["/users/Tom/a/b", 200],
    ["/nope", 404],
    ["/files/mod.ts", 200],
    ["/throw", 500],
    ["/events", 200],
    ["/slow/1", 200],
    ["/json", 405],
  ];
  let wrong = 0;
  const half = async () => {
    using client = Deno.createHttpClient({});
    await inParallel(count / 2, 32, async () => {
      if (random() < 0.01) return await cutOff(rig);
      const isPost = random() < 0.1;
      const [path, status] = isPost
        ? ["/json", 200]
        : kinds[Math.floor(random() * kinds.length)]!; // random() is below 1
      const response = await fetch(rig.url(path), {
        client,
        ...(isPost ? { method: "POST", body: '{"a":1}' } : {}),
      });
      const { byteLength } = await response.arrayBuffer();
      if (response.status !== status || byteLength === 0) wrong++;
    });
  };
  const sockets = rig.sockets();
  await half();
  await sleep(500);
  const middle = await rig.stats();
  await half();
  await sleep(500);
  const end = await rig.stats();
  report.count("wrong answers", wrong, 0);
  const slope = (end.heapUsed - middle.heapUsed) / (count / 2);
  report.figure("heap per request, second half", slope, "bytes", 1);
  // Whatever is kept of a request, be it a context, is more than that.
  report.check("heap per request: nothing is kept", slope < 50);
  report.count("unhandled", end.unhandled, 0);
  const left = rig.sockets() - sockets;
  // The connection that asks for the statistics is there from the start on.
  report.check(`sockets left: ${left}`, left <= 1);
}

async function cutOff(rig: Rig): Promise<void> {
  const connection = await rig.connect();
  await send(
    connection,
    "POST /json HTTP/1.1\r\nhost: x\r\ncontent-length: 99\r\n\r\n{",
  );
  close(connection);
}

/** Requests under way are answered when the server is told to end. */
export async function drain(report: Report): Promise<void> {
  report.title("drain: 200 under way, 50 that never end, bound 2 s");
  await using rig = await Rig.start("gee");
  const open = async (path: string) => {
    const connection = await rig.connect();
    await send(connection, `GET ${path} HTTP/1.1\r\nhost: x\r\n\r\n`);
    return connection;
  };
  const finite = await inParallel(200, 200, () => open("/slow/700"));
  const endless = await inParallel(50, 50, () => open("/never"));
  await sleep(300);
  const ended = rig.end("SIGTERM");
  const statuses = await Promise.all(
    [...finite, ...endless].map(async (connection) => {
      const text = await receive(connection, {
        ms: 5000,
        isEnough: (text) => text.includes("\r\n\r\n"),
      });
      close(connection);
      return statusOf(text);
    }),
  );
  report.count(
    "under way, answered 200",
    statuses.slice(0, 200).filter((status) => status === 200).length,
    200,
  );
  report.count(
    "endless, answered 503",
    statuses.slice(200).filter((status) => status === 503).length,
    50,
  );
  const ms = await ended;
  report.figure("ended after", ms, "ms", 2100);
  report.check("ended near its bound", ms < 4000);
  report.check("ended by itself", rig.lines.includes("closed"));
}
