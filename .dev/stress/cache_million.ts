// Copyright 2026 the Gee authors. MIT license.
// A long run over a pair of nodes in two processes. One of them asks and changes
// all the time; what is kept of that shows in both, and a timer that is left in
// that it does not end.
import { Group, TcpPool } from "../../cache/mod.ts";
import { descriptors, heapUsed } from "./account.ts";
import { CountingSource, NodeProcess } from "./cache_process.ts";
import { findPorts } from "./find_ports.ts";
import { randomOf, type Report, sleep } from "./report.ts";

const KEYS = 10_000;
const TAGS = 10;
const CLIENTS = 64;

/** What the asking node tells, in the middle and at the end. */
interface Account {
  readonly heap: number;
  readonly wrong: number;
  readonly missed: number;
  readonly unhandled: number;
  /** Open descriptors more than at the start. */
  readonly descriptors: number;
}

/** The asking node, in a process of its own. */
class Asker implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #lines: AsyncIterator<string>;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;

  constructor(args: readonly (string | number)[]) {
    this.#child = new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "-A", "--no-check", import.meta.url],
        ...args.map(String),
      ],
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    this.#lines = this.#child.stdout.pipeThrough(new TextDecoderStream())
      .values();
    this.#writer = this.#child.stdin.getWriter();
  }

  /** Its next account. */
  async next(): Promise<Account> {
    const { value } = await this.#lines.next();
    return JSON.parse(value ?? "{}");
  }

  /** Has it go on. */
  async go(): Promise<void> {
    await this.#writer.write(new Uint8Array(1));
  }

  /** Whether it ended by itself soon. */
  async hasEnded(): Promise<boolean> {
    await this.#writer.close();
    // Somebody who never ends is ended; the status then is no success.
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), 5000);
    const { success } = await this.#child.status;
    clearTimeout(timer);
    return success;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#child.kill("SIGKILL");
    } catch {
      // It has ended.
    }
    await this.#child.status;
  }
}

/** Memory, descriptors, timers and rejections of a pair of nodes. */
export async function million(
  report: Report,
  count: number,
  seed: number,
): Promise<void> {
  report.title(
    `million: ${count} operations between two processes over TCP, seed ${seed}`,
  );
  const names = findPorts(2, randomOf(seed)).map((port) => `127.0.0.1:${port}`);
  const [self = "", other = ""] = names;
  await using source = new CountingSource(0, (key) => ({
    value: key,
    tags: [`tag ${Number(key) % TAGS}`],
  }));
  await using node = await NodeProcess.start({
    kind: "tcp",
    self: other,
    peers: names,
    source: source.url,
    pool: {},
    group: { maxBytes: 4 << 20 },
  });
  const start = performance.now();
  await using asker = new Asker([count, seed, self, other]);
  const [askerBefore, before] = [await asker.next(), await node.stats()];
  const open = descriptors(node.pid);
  await asker.go();
  const [askerAfter, after] = [await asker.next(), await node.stats()];
  const ms = performance.now() - start;
  report.count("wrong values", askerAfter.wrong, 0);
  report.count("changes that were missed", askerAfter.missed, 0);
  report.count("unhandled rejections", askerAfter.unhandled, 0);
  const slopes = {
    "the asking node": askerAfter.heap - askerBefore.heap,
    "the asked node": after.heap - before.heap,
  };
  for (const [name, bytes] of Object.entries(slopes)) {
    const slope = bytes / (count / 2);
    report.figure(`heap per operation, ${name}`, slope, "bytes", 1);
    // Whatever is kept of an operation is more than that.
    report.check(`heap per operation, ${name}: nothing is kept`, slope < 8);
  }
  report.count("descriptors left, the asking node", askerAfter.descriptors, 0);
  const ended = await asker.hasEnded();
  report.check("no timer left: the process ended by itself", ended);
  // The connection of the asking node is gone by now.
  const left = descriptors(node.pid) - open;
  report.check(`descriptors more, the asked node: ${left}`, left <= 0);
  report.note(`${after.pool.answered} questions between them`);
  report.figure("operations per s", count / ms * 1000, "");
}

/** What went wrong so far. */
const counts = { wrong: 0, missed: 0, unhandled: 0 };

/** A client after the other: reads, and now and then a change. */
async function work(
  group: Group,
  count: number,
  random: () => number,
): Promise<void> {
  let left = count;
  const client = async () => {
    while (left-- > 0) {
      // Squared, so that some keys are asked for much more than others.
      const number = Math.floor(random() ** 2 * KEYS);
      const key = `${number}`;
      const tags = [`tag ${number % TAGS}`];
      const action = random();
      if (action > 0.0201) {
        if (String(await group.get(key)) !== key) counts.wrong++;
        continue;
      }
      const { missed } = await (action < 0.01
        ? group.remove(key)
        : action < 0.02
        ? group.set(key, key, { tags })
        : group.removeTag(tags[0] ?? ""));
      counts.missed += missed.length;
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
}

async function main(
  count: number,
  seed: number,
  self: string,
  other: string,
): Promise<void> {
  globalThis.addEventListener("unhandledrejection", (event) => {
    event.preventDefault();
    counts.unhandled++;
  });
  // Deno opens a pair of sockets for itself when it has run half a second.
  await sleep(1000);
  const open = descriptors("self");
  const random = randomOf(seed);
  const pool = new TcpPool(self);
  pool.set(self, other);
  pool.listen();
  const group = new Group("cluster", (key, context) => {
    context.tags = [`tag ${Number(key) % TAGS}`];
    return key;
  }, { maxBytes: 4 << 20 });
  pool.register(group);
  const tell = (heap: number) => {
    const more = descriptors("self") - open;
    const account: Account = { ...counts, heap, descriptors: more };
    console.log(JSON.stringify(account));
  };
  await work(group, count / 2, random);
  tell(await heapUsed());
  await Deno.stdin.read(new Uint8Array(1));
  await work(group, count / 2, random);
  const heap = await heapUsed();
  await pool.close();
  // Not the group: one that is left alone must not keep a process alive.
  await sleep(100);
  tell(heap);
}

if (import.meta.main) {
  const [count, seed, self = "", other = ""] = Deno.args;
  await main(Number(count), Number(seed), self, other);
}
