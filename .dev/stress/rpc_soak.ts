// Copyright 2026 the Gee authors. MIT license.
// Calls of all kinds for long, some of which fail, and what is left of them.
import {
  type Client,
  dial,
  FixedDiscovery,
  RemoteError,
  Server,
  ShutdownError,
  XClient,
} from "../../rpc/mod.ts";
import type { Caller } from "../../rpc/mod.ts";
import { descriptors, heapUsed } from "./account.ts";
import { randomOf, type Report, sleep } from "./report.ts";
import { Arith, DIALECTS } from "./rpc_bytes.ts";

const CALLERS = 32;
const FAULTS = 0.01;

class GivenUp extends Error {}

/** So many calls over every dialect and an `XClient`. */
export async function soak(
  report: Report,
  count: number,
  seed: number,
): Promise<void> {
  report.title(`soak: ${count} calls, of which 1 % fail, seed ${seed}`);
  let unhandled = 0;
  const onRejection = (event: PromiseRejectionEvent) => {
    event.preventDefault();
    unhandled++;
  };
  globalThis.addEventListener("unhandledrejection", onRejection);
  // Deno opens a pair of sockets for itself when it has run half a second.
  await sleep(1000);
  const open = descriptors();
  const work = new Work(randomOf(seed));
  const slope = await work.all(count);
  await sleep(200);
  for (const text of work.wrong.slice(0, 5)) report.note(text);
  report.count("wrong values and errors", work.wrong.length, 0);
  report.count("calls that settled", work.settled, count);
  report.check(`failed calls: ${work.failed}, want some`, work.failed > 0);
  report.count("unhandled rejections", unhandled, 0);
  report.count("descriptors left", Math.max(0, descriptors() - open), 0);
  report.figure("heap per call, second half", slope, "bytes", 1);
  // Whatever is kept of a call is more than that.
  report.check("heap per call: nothing is kept", slope < 8);
  globalThis.removeEventListener("unhandledrejection", onRejection);
}

class Work {
  readonly wrong: string[] = [];
  settled = 0;
  failed = 0;
  readonly #random: () => number;

  constructor(random: () => number) {
    this.#random = random;
  }

  /** Makes all calls; gives the bytes that each of the second half leaves. */
  async all(count: number): Promise<number> {
    const server = new Server();
    server.register(new Arith());
    const { address } = server.listen();
    const framed = await dial(address);
    const clients: Client[] = [framed];
    for (const codec of Object.values(DIALECTS)) {
      clients.push(await dial(address, { codec }));
    }
    const many = new XClient(new FixedDiscovery([address]));
    const callers: Caller[] = [...clients, many];
    await this.#run(callers, framed, count / 2);
    const middle = await heapUsed();
    await this.#run(callers, framed, count / 2);
    const slope = (await heapUsed() - middle) / (count / 2);
    for (const client of clients) await client.close();
    await many.close();
    const { inFlight } = server.stats();
    if (inFlight > 0) this.wrong.push(`${inFlight} calls are left`);
    await server.close();
    return slope;
  }

  async #run(
    callers: readonly Caller[],
    framed: Client,
    count: number,
  ): Promise<void> {
    let left = count;
    await Promise.all(Array.from({ length: CALLERS }, async () => {
      for (let n = 0; left-- > 0; n++) {
        const caller = callers[n % callers.length]!; // below their number
        const isFaulty = this.#random() < FAULTS;
        await (isFaulty
          ? this.#fail(caller, framed)
          : this.#call(caller, framed));
        this.settled++;
      }
    }));
  }

  async #call(caller: Caller, framed: Client): Promise<void> {
    const A = Math.floor(this.#random() * 1000);
    const kind = this.#random();
    try {
      if (kind < 0.05) return await this.#stream(framed, A);
      const method = kind < 0.5 ? "Arith.sum" : "Arith.later";
      const reply = await caller.call(method, { A, B: 1 });
      const isRight = method === "Arith.sum"
        ? reply === A + 1
        : (reply as { A: number } | null)?.A === A; // it echoes
      if (!isRight) this.wrong.push(`${method} of ${A}: ${reply}`);
    } catch (error) {
      // Another call may have ended the connection.
      this.failed++;
      if (!(error instanceof ShutdownError)) this.wrong.push(`${error}`);
    }
  }

  async #stream(framed: Client, A: number): Promise<void> {
    if (A % 2 === 0) {
      const items = await framed.call<AsyncIterable<number>>("Arith.count", 5);
      const all = await Array.fromAsync(items);
      if (all.length !== 5) this.wrong.push(`${all.length} items`);
      return;
    }
    const count = await framed.call("Arith.drain", new Arith().count(3));
    if (count !== 3) this.wrong.push(`${count} items arrived`);
  }

  /** A call that does not end well, in one way or another. */
  async #fail(caller: Caller, framed: Client): Promise<void> {
    const controller = new AbortController();
    const { signal } = controller;
    const ways = [
      () => caller.call("Arith.fail"),
      () => caller.call("Arith.gone"),
      () => {
        const call = framed.call("Arith.later", 1, { signal });
        controller.abort(new GivenUp());
        return call;
      },
      async () => {
        const items = framed.call<AsyncIterable<number>>("Arith.count", 5);
        for await (const _ of await items) break;
        throw new GivenUp();
      },
    ];
    const way = ways[Math.floor(this.#random() * ways.length)]!; // below it
    const error = await way().then(() => undefined, (error) => error);
    this.failed++;
    const isRight = error instanceof RemoteError || error instanceof GivenUp;
    if (!isRight) this.wrong.push(`a failing call ended with ${error}`);
  }
}
