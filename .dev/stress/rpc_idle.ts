// Copyright 2026 the Gee authors. MIT license.
// Connections that only wait.
import { encodeOption, FRAMES_TYPE, FRAMES_VERSION } from "../../rpc/option.ts";
import { type Report, sleep } from "./report.ts";
import { Target } from "./rpc_target.ts";

// What this process needs beside them.
const OTHER_DESCRIPTORS = 200;

/** How many descriptors a process may have open. */
function limit(): number {
  const text = Deno.readTextFileSync("/proc/self/limits");
  return Number(/Max open files\s+(\d+)/.exec(text)?.[1] ?? 1024);
}

/** Holds as many connections as wanted, or as the machine lets a process have. */
export async function idle(report: Report, wanted: number): Promise<void> {
  const count = Math.min(wanted, limit() - OTHER_DESCRIPTORS);
  const why = count < wanted ? `, as ${limit()} descriptors allow` : "";
  report.title(`idle: ${count} connections${why}`);
  await using target = await Target.start();
  const option = encodeOption({
    codecType: FRAMES_TYPE,
    version: FRAMES_VERSION,
    connectTimeout: 0,
    handleTimeout: 0,
    callTimeout: 0,
  });
  const before = await target.held();
  const conns: Deno.Conn[] = [];
  while (conns.length < count) {
    const { port } = target;
    const some = Array.from(
      { length: Math.min(100, count - conns.length) },
      async () => {
        const conn = await Deno.connect({ hostname: "127.0.0.1", port });
        await conn.write(option);
        return conn;
      },
    );
    conns.push(...await Promise.all(some));
  }
  const end = performance.now() + 30_000;
  while (await target.connections() <= count && performance.now() < end) {
    await sleep(50);
  }
  const held = await target.held();
  report.count("connections held", held.connections - 1, count);
  report.figure(
    "per connection",
    (held.heap - before.heap) / count / 1024,
    "KiB",
  );
  const p99 = await target.during(() => sleep(500));
  report.figure("p99 of calls meanwhile", p99, "ms", 20);
  for (const conn of conns) conn.close();
}
