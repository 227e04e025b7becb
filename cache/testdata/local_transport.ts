// Copyright 2026 the Gee authors. MIT license.
// Several nodes in one process: a network of function calls, with faults.

import { ByteView } from "../byte_view.ts";
import type { Change } from "../change.ts";
import type {
  PeerPicker,
  PeerSource,
  PeerSourceOptions,
  PeerValue,
} from "../peer.ts";
import type {
  Answer,
  AnswerQuestion,
  Link,
  Question,
  SendOptions,
  Transport,
} from "../pool/link.ts";
import { TooLongError } from "../pool/out_buffer.ts";
import { PeerPool } from "../pool/peer_pool.ts";
import type { PoolOptions } from "../pool/pool_options.ts";

/** What the network does with a question. */
export type Fault = "none" | "cut" | "blackHole";

/** One question on its way. */
export interface Sent {
  readonly from: string;
  readonly to: string;
  readonly question: Question;
}

/** A network between nodes of one process. */
export class LocalNetwork {
  /** Every question so far, those that got lost included. */
  readonly sent: Sent[] = [];
  /** Waits before a question arrives; for races by hand. */
  delay: ((sent: Sent) => Promise<void> | undefined) | undefined;
  /** The most keys of a change that fit into a question. */
  maxKeys = Infinity;
  readonly #servers = new Map<string, AnswerQuestion>();
  readonly #faults = new Map<string, Fault>();
  readonly #go = new Set<string>();

  /** Makes a node answer. */
  listen(name: string, answer: AnswerQuestion): void {
    this.#servers.set(name, answer);
  }

  /** Stops a node from answering: its peers cannot connect. */
  stop(name: string): void {
    this.#servers.delete(name);
  }

  /** Makes a node one that cannot be told of changes. */
  makeGo(name: string): void {
    this.#go.add(name);
  }

  /** Sets what happens between two nodes, in one direction; "*" is any node. */
  fault(from: string, to: string, fault: Fault): void {
    this.#faults.set(`${from} ${to}`, fault);
  }

  /** Sets what happens between two nodes, in both directions. */
  between(one: string, other: string, fault: Fault): void {
    this.fault(one, other, fault);
    this.fault(other, one, fault);
  }

  /** The questions of one kind so far, as "from>to". */
  ways(kind: Question["kind"]): string[] {
    return this.sent.filter(({ question }) => question.kind === kind)
      .map(({ from, to }) => `${from}>${to}`);
  }

  /** The way of one node to all others. */
  transport(from: string, timeout: number): Transport {
    return {
      checkName(name) {
        if (/^[a-z0-9]+$/i.test(name)) return;
        throw new TypeError(`Cannot use peer "${name}": want letters`);
      },
      carries: (key) => key !== "" && key !== "uncarried",
      link: (to) => this.#link(from, to, timeout),
    };
  }

  #link(from: string, to: string, timeout: number): Link {
    const closing = new AbortController();
    const isGo = () => this.#go.has(to);
    return {
      get isGo() {
        return isGo();
      },
      send: (question, options) => {
        const sent = { from, to, question };
        this.sent.push(sent);
        return settle(this.#carry(sent), timeout, closing.signal, options);
      },
      close: () => closing.abort(new Error("Cannot ask: the link is closed")),
    };
  }

  async #carry(sent: Sent): Promise<Answer> {
    const { from, to, question } = sent;
    const isTooLong = question.kind === "tell" && "keys" in question.change &&
      question.change.keys.length > this.maxKeys;
    if (isTooLong) throw new TooLongError("Cannot send: it is too long");
    await this.delay?.(sent);
    const fault = this.#faults.get(`${from} ${to}`) ??
      this.#faults.get(`* ${to}`) ?? "none";
    const answer = this.#servers.get(to);
    if (fault === "blackHole") return await new Promise(() => {});
    if (fault === "cut" || answer === undefined) {
      throw new Error("Connection refused");
    }
    if (this.#go.has(to) && question.kind !== "get") {
      if (question.kind === "ping") return { kind: "done", missed: [] };
      throw new Error("Cannot tell: it is a Go node");
    }
    return await answer(question);
  }
}

/** A pool on a local network. */
export class LocalPool extends PeerPool {
  /** Makes a pool that answers at once. */
  constructor(self: string, network: LocalNetwork, options: PoolOptions = {}) {
    const transport = network.transport(self, options.timeout ?? 5000);
    super(self, options, transport);
    network.listen(self, this.answer);
  }
}

/** A group that is only a map, and notes what it is told. */
export class FakeSource implements PeerSource {
  readonly name: string;
  readonly values = new Map<string, string>();
  readonly applied: Change[] = [];
  readonly asked: { readonly key: string; readonly mode?: string }[] = [];
  picker: PeerPicker | undefined;
  /** Replaces the answer from the map. */
  onAnswer:
    | ((key: string, options: PeerSourceOptions) => ReturnType<
      PeerSource["answer"]
    >)
    | undefined;
  onApply: ((change: Change) => void | Promise<void>) | undefined;

  constructor(name = "scores") {
    this.name = name;
  }

  get peerSource(): PeerSource {
    return this;
  }

  answer(key: string, options: PeerSourceOptions): ReturnType<
    PeerSource["answer"]
  > {
    const { mode } = options;
    this.asked.push({ key, ...mode === undefined ? {} : { mode } });
    if (this.onAnswer !== undefined) return this.onAnswer(key, options);
    const value = this.values.get(key);
    return value === undefined ? undefined : peerValue(value, 1000);
  }

  apply(change: Change): void | Promise<void> {
    this.applied.push(change);
    return this.onApply?.(change);
  }

  handOver(isWanted: (key: string) => boolean, maxBytes: number): Uint8Array {
    const keys = [...this.values.keys()].filter(isWanted).join();
    return new TextEncoder().encode(keys).slice(0, maxBytes);
  }

  registerPeers(picker: PeerPicker): void {
    this.picker = picker;
  }

  stats(): Readonly<Record<string, number>> {
    return { gets: 4, hits: 3 };
  }

  explain(key: string): Readonly<Record<string, unknown>> {
    return { isHeld: this.values.has(key) };
  }
}

/** A value as peers send it. */
export function peerValue(text: string, ttl?: number): PeerValue {
  const view = new ByteView(text);
  return ttl === undefined ? { view } : { view, ttl };
}

/** An answer within the time limit; timers are left behind by nobody. */
function settle(
  answer: Promise<Answer>,
  timeout: number,
  closing: AbortSignal,
  options: SendOptions = {},
): Promise<Answer> {
  const { signal } = options;
  return new Promise<Answer>((resolve, reject) => {
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", leave);
      closing.removeEventListener("abort", shut);
    };
    const fail = (error: unknown) => {
      end();
      reject(error);
    };
    const leave = () => fail(signal?.reason);
    const shut = () => fail(closing.reason);
    const timer = setTimeout(
      () => fail(new DOMException("Too slow", "TimeoutError")),
      timeout,
    );
    answer.then((value) => {
      end();
      resolve(value);
    }, fail);
    signal?.addEventListener("abort", leave);
    closing.addEventListener("abort", shut);
    if (closing.aborted) shut();
    else if (signal?.aborted) leave();
  });
}
