// Copyright 2026 the Gee authors. MIT license.
// Requests through `fetch` and over loopback, beside a hand-written
// `Deno.serve` and other frameworks.
//
// Fetch cells: a prepared request, without a socket. HTTP cells: requests per
// second of the server's processor time under `wrk`, one server at a time;
// requests per second of the clock swing twice as much on shared cores, since
// the load generator works there too. They are measured too, in a suite of their
// own, for static files, where the kernel does much of the work. Left out with a
// word where `wrk` or Linux is missing.
import { type Measure, opsPerSecond, runSuite, type Suite } from "./suite.ts";
import { apps, CASES } from "./web_servers.ts";

const COMMAND = "deno task bench:web";
const PEERS = ["hono", "h3", "elysia", "express"];

type Case = keyof typeof CASES;
type Measures = Record<string, Measure>;

function fetches(path: string): Measures {
  const measure = (name: string): Measure => () => {
    const fetch = apps[name]!(".");
    const request = new Request(`http://127.0.0.1:8000${path}`);
    return opsPerSecond(async (count) => {
      for (let at = 0; at < count; at++) {
        const response = fetch(request);
        if (response instanceof Promise) await response;
      }
    }, { warmup: 500, ms: 400 });
  };
  const names = ["reference", "gee", "hono", "h3", "elysia"];
  return Object.fromEntries(names.map((name) => [name, measure(name)]));
}

/** What a run of `wrk` says, and what it cost the server. */
interface Load {
  readonly perSecond: number;
  readonly perCpuSecond: number;
  /** How many of the slowest answers but one of a hundred fit into a second. */
  readonly perP99: number;
}

/** Loads a server in a process of its own. */
async function load(app: string, path: string): Promise<Load> {
  const folder = await filesFolder();
  const servers = new URL("web_servers.ts", import.meta.url).href;
  await using server = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", servers, app, folder],
    stdout: "piped",
  }).spawn();
  const reader = server.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const port = (await reader.read()).value?.trim();
  const url = `http://127.0.0.1:${port}${path}`;
  await wrk(url);
  const start = await cpuSeconds(server.pid);
  const { requests, seconds, p99 } = await wrk(url);
  const cpu = await cpuSeconds(server.pid) - start;
  server.kill();
  await reader.cancel();
  await Deno.remove(folder, { recursive: true });
  return {
    perSecond: requests / seconds,
    perCpuSecond: requests / cpu,
    perP99: 1 / p99,
  };
}

async function wrk(
  url: string,
): Promise<{ requests: number; seconds: number; p99: number }> {
  const { stdout } = await new Deno.Command("wrk", {
    args: ["-t1", "-c32", "-d1s", "--latency", url],
  }).output();
  const text = new TextDecoder().decode(stdout);
  const [, requests, seconds] = /(\d+) requests in ([\d.]+)s/.exec(text) ?? [];
  const [, slow = "", unit = ""] = /99%\s+([\d.]+)(us|ms|s)/.exec(text) ?? [];
  const p99 = Number(slow) / ({ us: 1e6, ms: 1e3, s: 1 }[unit] ?? NaN);
  return { requests: Number(requests), seconds: Number(seconds), p99 };
}

/** Files that are older than the moment a server may not trust their time. */
async function filesFolder(): Promise<string> {
  const folder = await Deno.makeTempDir();
  const old = new Date(Date.now() - 60_000);
  for (const [name, size] of [["10k.txt", 10 << 10], ["10m.bin", 10 << 20]]) {
    const path = `${folder}/${name}`;
    await Deno.writeFile(path, new Uint8Array(size as number).fill(0x61));
    await Deno.utime(path, old, old);
  }
  return folder;
}

/** User and system time as Linux accounts for it, in its ticks of 10 ms. */
async function cpuSeconds(pid: number): Promise<number> {
  const stat = await Deno.readTextFile(`/proc/${pid}/stat`);
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

async function hasWrk(): Promise<boolean> {
  try {
    await new Deno.Command("wrk", { args: ["-v"] }).output();
    await Deno.stat("/proc/self/stat");
    return true;
  } catch {
    return false;
  }
}

function loads(
  name: Case,
  candidates: readonly string[],
  by: keyof Load,
): Measures {
  return Object.fromEntries(
    candidates.map((app) => [
      app,
      async () => (await load(app, CASES[name]))[by],
    ]),
  );
}

const DYNAMIC: readonly Case[] = [
  "text",
  "param JSON",
  "three async layers",
  "three sync layers",
  "404",
];
const dynamic = ["reference", "gee", "gee, trustHost", ...PEERS];
const files = ["reference", "gee", "gee, no cache", "hono", "h3", "express"];

const suites: Suite[] = [
  {
    name: "web_fetch",
    rounds: 3,
    title: "Requests without a socket, speed over a hand-written function",
    baseline: "reference",
    command: COMMAND,
    cells: Object.fromEntries(
      DYNAMIC.map((name) => [name, fetches(CASES[name])]),
    ),
  },
  {
    name: "web_http",
    title:
      "Requests over loopback per processor time, over a hand-written Deno.serve",
    baseline: "reference",
    command: COMMAND,
    cells: Object.fromEntries(
      DYNAMIC.map((name) => [
        `HTTP ${name}`,
        loads(name, dynamic, "perCpuSecond"),
      ]),
    ),
  },
  {
    name: "web_p99",
    title: "The slowest of a hundred answers, over a hand-written Deno.serve",
    baseline: "reference",
    command: COMMAND,
    cells: Object.fromEntries(
      (["text", "param JSON"] as const).map((name) => [
        `p99 ${name}`,
        loads(name, ["reference", "gee", "hono"], "perP99"),
      ]),
    ),
  },
  {
    name: "web_static",
    title: "Files over loopback, over streams by a hand-written Deno.serve",
    baseline: "reference",
    command: COMMAND,
    cells: {
      "10 KB per CPU time": loads("static 10 KB", files, "perCpuSecond"),
      "10 KB per second": loads("static 10 KB", files, "perSecond"),
      "10 MB per second": loads("static 10 MB", files, "perSecond"),
    },
  },
];

const [flag, wanted = ""] = Deno.args;
for (const suite of suites) {
  if (flag === "--measure" && !(wanted in suite.cells)) continue;
  if (suite.name !== "web_fetch" && !await hasWrk()) {
    console.error(`Skipped ${suite.name}: it needs "wrk" and Linux`);
    continue;
  }
  await runSuite(import.meta, suite);
}
