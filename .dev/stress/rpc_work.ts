// Copyright 2026 the Gee authors. MIT license.
// What servers of the simulation offer.
import { type CallContext, RpcError } from "../../rpc/mod.ts";
import type { VirtualTime } from "./virtual_time.ts";

/** Ten numbers from one on, one after the other. */
export async function* numbers(
  from: number,
  time: VirtualTime,
): AsyncGenerator<number> {
  for (let n = from; n < from + 10; n++) {
    await time.sleep(5);
    yield n;
  }
}

/** The methods, each of which says that it ran. */
export class Work {
  /** Calls whose method has not ended; their callers may have left. */
  readonly running = new Set<CallContext>();
  readonly #time: VirtualTime;
  readonly #runs: Map<number, number>;

  constructor(time: VirtualTime, runs: Map<number, number>) {
    this.#time = time;
    this.#runs = runs;
  }

  quick({ id }: { id: number }): number {
    this.#note(id);
    return id * id;
  }

  async slow(
    { id, ms }: { id: number; ms: number },
    context: CallContext,
  ): Promise<number> {
    this.#note(id);
    this.running.add(context);
    await this.#time.sleep(ms);
    this.running.delete(context);
    return id * id;
  }

  fail({ id }: { id: number }): never {
    this.#note(id);
    throw new RpcError("aborted", `No ${id}`);
  }

  async *count({ id }: { id: number }): AsyncGenerator<number> {
    this.#note(id);
    for (let n = id; n < id + 20; n++) {
      if (n % 5 === 0) await this.#time.sleep(5);
      yield n;
    }
  }

  async sum(items: AsyncIterable<number>): Promise<number> {
    let sum = 0;
    let isFirst = true;
    for await (const item of items) {
      if (isFirst) this.#note(item);
      isFirst = false;
      sum += item;
    }
    return sum;
  }

  bytes(bytes: Uint8Array): Uint8Array {
    this.#note(new Uint32Array(bytes.slice(0, 4).buffer)[0]!); // there are more
    return bytes;
  }

  #note(id: number): void {
    this.#runs.set(id, (this.#runs.get(id) ?? 0) + 1);
  }
}
