// Copyright 2026 the Gee authors. MIT license.
// A server in a process of its own, a probe of its health, and raw sockets.
import { p99, sleep } from "./report.ts";

/** Of `/stats`. */
export interface Stats {
  readonly heapUsed: number;
  readonly rss: number;
  readonly unhandled: number;
  /** How many bodies were asked for. */
  readonly reached: number;
}

/** A server in a process of its own. */
export class Rig implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly port: number;
  readonly #lines: string[];
  readonly #reading: Promise<void>;

  private constructor(
    child: Deno.ChildProcess,
    port: number,
    lines: string[],
    reading: Promise<void>,
  ) {
    this.#child = child;
    this.port = port;
    this.#lines = lines;
    this.#reading = reading;
  }

  static async start(
    kind: "gee" | "raw" | "logged" | "traced",
    options: Record<string, number> = {},
  ): Promise<Rig> {
    const child = new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "-A",
        "--no-check",
        "--v8-flags=--expose-gc",
        new URL("web_server.ts", import.meta.url).href,
        kind,
        JSON.stringify(options),
      ],
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const lines: string[] = [];
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    const read = async (stream: ReadableStream<Uint8Array<ArrayBuffer>>) => {
      for await (const text of stream.pipeThrough(new TextDecoderStream())) {
        for (const line of text.split("\n")) {
          if (line === "") continue;
          if (/^\d+$/.test(line)) resolve(Number(line));
          else lines.push(line);
        }
      }
    };
    const reading = Promise.all([read(child.stdout), read(child.stderr)]);
    reading.then(() => reject(new Error(`No server: ${lines.join("\n")}`)));
    return new Rig(child, await promise, lines, reading.then(() => {}));
  }

  /** What the server printed, its port left out. */
  get lines(): readonly string[] {
    return this.#lines;
  }

  get pid(): number {
    return this.#child.pid;
  }

  url(path: string): string {
    return `http://127.0.0.1:${this.port}${path}`;
  }

  async stats(): Promise<Stats> {
    return await (await fetch(this.url("/stats"))).json();
  }

  connect(): Promise<Deno.TcpConn> {
    return Deno.connect({ hostname: "127.0.0.1", port: this.port });
  }

  /** Open sockets of the server by the account of the operating system. */
  sockets(): number {
    let count = 0;
    for (const { name } of Deno.readDirSync(`/proc/${this.pid}/fd`)) {
      try {
        const target = Deno.readLinkSync(`/proc/${this.pid}/fd/${name}`);
        if (target.startsWith("socket:")) count++;
      } catch {
        // Closed since.
      }
    }
    return count;
  }

  /** Ends by a signal, and gives the milliseconds that took. */
  async end(signal: Deno.Signal = "SIGTERM"): Promise<number> {
    const start = performance.now();
    this.#child.kill(signal);
    await this.#child.status;
    await this.#reading;
    return performance.now() - start;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#child.kill("SIGKILL");
    } catch {
      // It has ended.
    }
    await this.#child.status;
    await this.#reading;
  }
}

/** Milliseconds of `/ping`, asked for while the work goes on. */
export async function healthDuring(
  rig: Rig,
  work: Promise<unknown>,
): Promise<{ readonly p99: number; readonly max: number }> {
  let isDone = false;
  const mark = () => void (isDone = true);
  work.then(mark, mark);
  const times: number[] = [];
  while (!isDone || times.length < 50) {
    const start = performance.now();
    const response = await fetch(rig.url("/ping"), {
      signal: AbortSignal.timeout(10_000),
    });
    const text = await response.text();
    times.push(performance.now() - start);
    if (text !== "pong") throw new Error(`Not healthy: ${text}`);
    await sleep(5);
  }
  await work;
  return { p99: p99(times), max: Math.max(...times) };
}

const encoder = new TextEncoder();

/** Writes all of a text or bytes. */
export async function send(
  connection: Deno.Conn,
  data: string | Uint8Array,
): Promise<void> {
  const bytes = typeof data === "string" ? encoder.encode(data) : data;
  for (let at = 0; at < bytes.length;) {
    at += await connection.write(bytes.subarray(at));
  }
}

/** Reads until the end, a reset, the time limit, or `isEnough`. */
export async function receive(
  connection: Deno.Conn,
  options: {
    readonly ms: number;
    readonly isEnough?: (text: string) => boolean;
  },
): Promise<string> {
  const decoder = new TextDecoder("latin1");
  const buffer = new Uint8Array(64 << 10);
  let text = "";
  const timer = setTimeout(() => close(connection), options.ms);
  try {
    while (options.isEnough?.(text) !== true) {
      const count = await connection.read(buffer);
      if (count === null) break;
      text += decoder.decode(buffer.subarray(0, count));
    }
  } catch {
    // A reset ends the answer like anything else.
  } finally {
    clearTimeout(timer);
  }
  return text;
}

/** Closes what may be closed already. */
export function close(connection: Deno.Conn): void {
  try {
    connection.close();
  } catch {
    // It was.
  }
}

/** The first status line of an answer, 0 for none. */
export function statusOf(text: string): number {
  return Number(/^HTTP\/1\.[01] (\d{3})/.exec(text)?.[1] ?? 0);
}

/** Runs tasks, so many at once. */
export async function inParallel<T>(
  count: number,
  limit: number,
  task: (index: number) => Promise<T>,
): Promise<T[]> {
  const results: T[] = [];
  let next = 0;
  await Promise.all(
    Array.from({ length: Math.min(limit, count) }, async () => {
      while (next < count) {
        const index = next++;
        results[index] = await task(index);
      }
    }),
  );
  return results;
}
