// Copyright 2026 the Gee authors. MIT license.
// Mutated traffic of every dialect into servers and clients.
import { Client, type CodecFactory, Server } from "../../rpc/mod.ts";
import { heapUsed } from "./account.ts";
import { randomOf, type Report } from "./report.ts";
import { Arith, DIALECTS, Given, record, type Recorded } from "./rpc_bytes.ts";
import { mutate, optionEnd, recheck } from "./rpc_mutate.ts";

const HANG_MS = 10_000;
const HTTP = [
  "CONNECT /_geeprc_ HTTP/1.0\n\n",
  "CONNECT /_goRPC_ HTTP/1.0\r\nHost: x\r\n\r\n",
  "GET /debug/geerpc HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
  'POST /Arith.sum HTTP/1.1\r\nHost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: 13\r\n\r\n{"A":1,"B":2}',
].map((text) => new TextEncoder().encode(text));

/** So many mutated inputs in all, half to servers and half to clients. */
export async function fuzz(
  report: Report,
  count: number,
  seed: number,
): Promise<void> {
  report.title(`fuzz: ${count} mutated inputs, seed ${seed}`);
  const run = new Fuzz(seed);
  const outcome = await run.all(count);
  const { wrong, unhandled, slowest, growth, left } = outcome;
  for (const text of wrong.slice(0, 5)) report.note(text);
  report.note(`${outcome.bytes} bytes, ${outcome.replies} bytes of replies`);
  report.count("throws past the connection, lost calls", wrong.length, 0);
  report.count("unhandled rejections", unhandled, 0);
  report.count("connections and calls left", left, 0);
  report.check("values changed the prototype", !("polluted" in {}));
  report.figure("slowest input", slowest, "ms");
  report.figure("slowest input, once more", outcome.again, "ms", 50);
  report.figure("heap growth", growth / 1024, "KiB", 4096);
  report.check("heap growth: want at most 32 MiB", growth < 32 << 20);
}

class Fuzz {
  readonly #chance: (limit: number) => number;
  readonly #server = new Server({ handleTimeout: 1000, handshakeTimeout: 0 });
  readonly #wrong: string[] = [];
  #slowest = { took: 0, again: () => Promise.resolve(0) };
  #bytes = 0;
  #replies = 0;
  #began = 0;
  #input = "";

  constructor(seed: number) {
    const random = randomOf(seed);
    this.#chance = (limit) => Math.floor(random() * limit);
    this.#server.register(new Arith());
  }

  async all(count: number) {
    let unhandled = 0;
    const onRejection = (event: PromiseRejectionEvent) => {
      event.preventDefault();
      this.#wrong.push(`unhandled: ${event.reason}`);
      unhandled++;
    };
    globalThis.addEventListener("unhandledrejection", onRejection);
    const watch = setInterval(() => this.#watch(), HANG_MS);
    const good = await Promise.all(
      Object.values(DIALECTS).map(async (codec) => ({
        codec,
        ...await record(codec),
      })),
    );
    await this.#some(good, Math.min(2000, count));
    const before = await heapUsed();
    await this.#some(good, count);
    const growth = await heapUsed() - before;
    const again = await this.#again();
    clearInterval(watch);
    globalThis.removeEventListener("unhandledrejection", onRejection);
    const { connections, inFlight } = this.#server.stats();
    await this.#server.close();
    return {
      wrong: this.#wrong,
      unhandled,
      slowest: this.#slowest.took,
      again,
      growth,
      left: connections + inFlight,
      bytes: this.#bytes,
      replies: this.#replies,
    };
  }

  async #some(
    good: readonly (Recorded & { readonly codec: CodecFactory })[],
    count: number,
  ): Promise<void> {
    for (let n = 0; n < count; n++) {
      const one = good[n % good.length]!; // below their number
      const other = good[this.#chance(good.length)]!; // below their number
      const isServer = n % 2 === 0;
      const source = isServer ? one.fromClient : one.fromServer;
      const web = HTTP[this.#chance(40)];
      const begin = isServer && web !== undefined ? web : source;
      let bytes = mutate(begin, other.fromClient, this.#chance);
      // Mostly with right checks, or nothing but these would be tested.
      if (one.codec.type.includes("frames") && this.#chance(8) > 0) {
        bytes = recheck(bytes, optionEnd(bytes));
      }
      await this.#one(n, bytes, isServer ? undefined : one.codec);
    }
  }

  async #one(
    n: number,
    bytes: Uint8Array,
    codec: CodecFactory | undefined,
  ): Promise<void> {
    const cut = this.#chance(bytes.length + 1);
    this.#bytes += bytes.length;
    this.#began = performance.now();
    this.#input = `${n}, ${
      codec?.type ?? "server"
    }, cut at ${cut}, ${bytes.toHex()}`;
    try {
      this.#replies += await this.#once(bytes, cut, codec);
    } catch (error) {
      this.#wrong.push(`input ${n}: ${error}`);
    }
    const took = performance.now() - this.#began;
    if (took <= this.#slowest.took) return;
    this.#slowest = { took, again: () => this.#once(bytes, cut, codec) };
  }

  /** Puts an input in, in two pieces; gives the bytes that were written. */
  async #once(
    bytes: Uint8Array,
    cut: number,
    codec: CodecFactory | undefined,
  ): Promise<number> {
    const given = new Given(
      [bytes.slice(0, cut), bytes.slice(cut)].filter(({ length }) =>
        length > 0
      ),
    );
    if (codec === undefined) await this.#server.serve(given);
    else await this.#ask(given, codec);
    return given.written;
  }

  /** The slowest once more, at its best: the machine may have been busy. */
  async #again(): Promise<number> {
    let best = this.#slowest.took;
    for (let round = 0; round < 3; round++) {
      const start = performance.now();
      await this.#slowest.again().catch(() => 0);
      best = Math.min(best, performance.now() - start);
    }
    return best;
  }

  /** A client whose server says that: every call ends. */
  async #ask(given: Given, codec: CodecFactory): Promise<void> {
    const client = new Client(given, { codec });
    const calls = Array.from(
      { length: 8 },
      () => client.go("Arith.echo", 1).done,
    );
    await Promise.all(calls);
    await client.close();
    const { inFlight } = client.stats();
    // One that became a stream goes on until its items end, with the connection.
    if (inFlight > 0) throw new Error(`${inFlight} calls are left`);
  }

  #watch(): void {
    if (performance.now() - this.#began < HANG_MS) return;
    console.log(`FAIL an input hangs: ${this.#input}`);
    Deno.exit(1);
  }
}
