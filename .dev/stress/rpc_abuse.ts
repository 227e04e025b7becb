// Copyright 2026 the Gee authors. MIT license.
// What hostile clients do to a server, and what it and its other clients feel.
import { dial, RemoteError } from "../../rpc/mod.ts";
import { checkOf } from "../../rpc/codec/frame.ts";
import { encodeOption, FRAMES_TYPE, FRAMES_VERSION } from "../../rpc/option.ts";
import { type Report, sleep } from "./report.ts";
import { Target } from "./rpc_target.ts";

const LIES = [
  ...[0, 1, 16 << 20, (16 << 20) + 1, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1],
];
const MIB = 1 << 20;

/** An attack, and how much memory it may take of the server, in MiB. */
interface Attack {
  readonly name: string;
  readonly most: number;
  /** Does it, and holds what it has taken until told. */
  run(target: Target, times: number): Promise<() => Promise<void> | void>;
}

const OPTION = encodeOption({
  codecType: FRAMES_TYPE,
  version: FRAMES_VERSION,
  connectTimeout: 0,
  handleTimeout: 0,
  callTimeout: 0,
});

/** A header with a right check, whatever it says. */
function header(length: number, type: number, flags = 0, seq = 1): Uint8Array {
  const words = new Int32Array(5);
  words[0] = length | 0;
  words[1] = type | flags << 8;
  words[2] = seq;
  words[4] = checkOf(words, 0, 4);
  return new Uint8Array(words.buffer);
}

async function send(conn: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) {
    at += await conn.write(bytes.subarray(at));
  }
}

function connect({ port }: Target): Promise<Deno.TcpConn> {
  return Deno.connect({ hostname: "127.0.0.1", port });
}

function closeAll(conns: readonly Deno.Conn[]): void {
  for (const conn of conns) {
    try {
      conn.close();
    } catch {
      // The server was quicker.
    }
  }
}

/** Messages that say they are long, on as many connections. */
const lies: Attack = {
  name: "length lies",
  most: 96,
  async run(target, times) {
    const conns: Deno.Conn[] = [];
    for (let n = 0; n < times; n++) {
      const conn = await connect(target);
      conns.push(conn);
      const length = LIES[n % LIES.length]!; // below their number
      await send(conn, OPTION);
      const type = n % 3 === 0 ? 1 : 2;
      const flags = n % 5 === 0 ? 2 : 0;
      await send(conn, header(length, type, flags)).catch(() => {});
    }
    return () => closeAll(conns);
  },
};

/** Calls that are given up at once, all on one connection. */
const cancels: Attack = {
  name: "calls given up at once",
  most: 48,
  async run(target, times) {
    const client = await dial(target.address);
    for (let n = 0; n < times * 100; n += 200) {
      const controller = new AbortController();
      const { signal } = controller;
      const calls = Array.from(
        { length: 200 },
        () => client.go("Slow.wait", n, { signal }).done,
      );
      controller.abort();
      await Promise.all(calls);
      await sleep(0);
    }
    return () => client.close();
  },
};

/** Somebody asks for much and reads nothing. */
const deaf: Attack = {
  name: "readers that stop",
  most: 96,
  async run(target, times) {
    const conns: Deno.Conn[] = [];
    const line = (seq: number) =>
      `{"ServiceMethod":"Slow.large","Seq":${seq},"Error":""}\nnull\n`;
    const option = encodeOption({
      codecType: "application/json",
      connectTimeout: 0,
      handleTimeout: 0,
    });
    const calls = Array.from({ length: 1000 }, (_, n) => line(n + 1)).join("");
    const bytes = new TextEncoder().encode(calls);
    for (let n = 0; n < times / 50; n++) {
      const conn = await connect(target);
      conns.push(conn);
      await send(conn, option);
      // Not awaited: the server stops to read, too.
      send(conn, bytes).catch(() => {});
    }
    await sleep(500);
    return () => closeAll(conns);
  },
};

/** Connections, and nothing else. */
const dials: Attack = {
  name: "dials",
  most: 192,
  async run(target, times) {
    const conns = await Promise.all(
      Array.from({ length: times }, async () => {
        const conn = await connect(target);
        await send(conn, OPTION);
        return conn;
      }),
    );
    return () => closeAll(conns);
  },
};

/** Streams that nobody reads; most of them are refused. */
const streams: Attack = {
  name: "streams",
  most: 96,
  async run(target, times) {
    const client = await dial(target.address, { timeout: 0 });
    const ends = await Promise.allSettled(
      Array.from({ length: times * 5 }, () => client.call("Slow.items")),
    );
    const refused =
      ends.filter((end) =>
        end.status === "rejected" && end.reason instanceof RemoteError &&
        end.reason.code === "resource_exhausted"
      ).length;
    // More than the limit of them are accepted only when some have ended meanwhile.
    if (refused < times * 4) throw new Error(`Only ${refused} were refused`);
    return () => client.close();
  },
};

/** All attacks, one after the other, on one server. */
export async function abuse(report: Report, times: number): Promise<void> {
  report.title(`abuse: ${times} dials, lies, 100 times as many calls`);
  await using target = await Target.start();
  const idle = await target.during(() => sleep(300));
  report.figure("healthy p99, idle", idle, "ms");
  for (const { name, most, run } of [lies, cancels, deaf, dials, streams]) {
    const before = await target.held();
    let stop: () => Promise<void> | void = () => {};
    const p99 = await target.during(async () => {
      stop = await run(target, times);
    });
    const held = await target.held();
    const grown = (held.heap - before.heap) / MIB;
    report.check(
      `${name}: ${grown.toFixed(1)} MiB held, want at most ${most}`,
      grown <= most,
    );
    report.figure(`${name}, healthy p99`, p99, "ms", 2 * idle);
    await stop();
    const { connections, heap } = await left(target);
    report.count(`${name}, connections left`, connections - 1, 0);
    report.figure(`${name}, left`, (heap - before.heap) / MIB, "MiB", 8);
  }
}

/** What the server holds when it had time to see who is gone. */
async function left(
  target: Target,
): Promise<{ connections: number; heap: number }> {
  let held = await target.held();
  for (let round = 0; round < 20 && held.connections > 1; round++) {
    await sleep(50);
    held = await target.held();
  }
  return held;
}
