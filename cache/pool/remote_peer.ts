// Copyright 2026 the Gee authors. MIT license.

import type { Change } from "../change.ts";
import { LoadError, PeerError } from "../errors.ts";
import type {
  HandOverOptions,
  PeerGetOptions,
  PeerGetter,
  PeerValue,
} from "../peer.ts";
import type { ChangeCounter } from "./change_ids.ts";
import { Health } from "./health.ts";
import { hedge } from "./hedge.ts";
import type { Answer, GetQuestion, Link, TellQuestion } from "./link.ts";
import { TooLongError } from "./out_buffer.ts";
import { Heard } from "./heard.ts";
import { asDrop, type MissedChange, Outbox, partsOf } from "./outbox.ts";
import { PeerLine, toText } from "./peer_line.ts";
import type { Turns } from "./turns.ts";
import type { PoolSettings } from "./pool_options.ts";

/** What a frame takes beside its snapshot, rounded up. */
const FRAME_ROOM = 1024;

/** What a peer needs of its pool. */
export interface PeerHost {
  /** The name of this node. */
  readonly self: string;
  /** Whether this node is in the list, so that others tell it of changes. */
  readonly isMember: boolean;
  /** The limits. */
  readonly settings: PoolSettings;
  /** Numbers what this node tells. */
  readonly counter: ChangeCounter;
  /** Whose turn it is to be told what it missed. */
  readonly turns: Turns;
  /** Who owns a key where a peer is of no use: another one, not this node. */
  next(key: string, peer: RemotePeer): RemotePeer | undefined;
  /** Called after the first answer of a peer. */
  met(name: string, isGo: boolean): void;
  /** Called when a peer went down and when it is back. */
  changed(peer: RemotePeer): void;
  /** The names of those but one that are down and so miss what changes. */
  unreachable(except: string): readonly string[];
  /** Called before a peer that is down is tried: one that left may be over. */
  sweep(): void;
  /** Tells of an error. */
  report(error: unknown): void;
}

/** A change on its way to some peers. */
export interface Telling extends MissedChange {
  /** How often it was passed on; 0 unless said. */
  readonly hops?: number;
  /** Ends the waits of what is told in the stead of another; failures then. */
  readonly inStead?: AbortSignal;
}

/** One of the other nodes: asks and tells it, and knows how it is. */
export class RemotePeer implements PeerGetter {
  /** Its name in the list of all nodes. */
  readonly name: string;
  /** Whether it may be asked. */
  readonly health: Health;
  /** Since when it is no more in the list, in ms. */
  leftAt: number | undefined;
  readonly #line: PeerLine;
  readonly #host: PeerHost;
  readonly #outbox: Outbox;
  /** What it was told while others could not be. */
  readonly heard: Heard = new Heard();

  /**
   * Makes a peer that is up; it is not contacted before it is asked.
   *
   * @param name Its name.
   * @param link The way to it.
   * @param host The pool.
   */
  constructor(name: string, link: Link, host: PeerHost) {
    this.name = name;
    this.#host = host;
    this.#outbox = new Outbox(host.counter);
    this.health = new Health(host.settings, {
      ping: (signal) => {
        host.sweep();
        return this.#line.ping(signal);
      },
      turns: host.turns,
      isOwed: () => this.#isOwed(),
      pay: () => this.#outbox.deliver((change) => this.#pay(change)),
      changed: () => host.changed(this),
    });
    this.#line = new PeerLine({
      name,
      link,
      health: this.health,
      met: (isGo) => host.met(name, isGo),
      report: (error) => host.report(error),
    });
  }

  /** Whether it is a Go node, which cannot be told of changes. */
  get isGo(): boolean {
    return this.#line.isGo;
  }

  /** Questions sent to it so far. */
  get questions(): number {
    return this.#line.questions;
  }

  /** Changes it has not been told of. */
  get pending(): number {
    return this.#outbox.size;
  }

  /**
   * Asks for a value; where the peer is of no use, the next owner of the key.
   *
   * @param group The name of the group.
   * @param key The key.
   * @param options A signal, and what to do.
   * @returns The value, or `undefined` when there is none.
   * @throws {LoadError} When the owner failed to load it.
   * @throws {PeerError} When this node should ask the source.
   */
  get(
    group: string,
    key: string,
    options: PeerGetOptions = {},
  ): Promise<PeerValue | undefined> {
    const { mode = "load", signal } = options;
    const question: GetQuestion = {
      kind: "get",
      group,
      key,
      mode,
      isForwarded: true,
    };
    const { hedgeAfter } = this.#host.settings;
    if (mode !== "load" || hedgeAfter === Infinity) {
      return this.#askOrNext(question, signal);
    }
    return hedge(
      this.#ask(question, signal),
      () => {
        const next = this.#host.next(key, this);
        return next === undefined ? undefined : next.#ask(question, signal);
      },
      hedgeAfter,
    );
  }

  /**
   * Tells the peer of a change, as the owner, and of who is down: it is not to
   * take an old value from them.
   *
   * @param group The name of the group.
   * @param change The change.
   * @returns When it has agreed.
   * @throws {PeerError} When it could not be told; it is down then.
   */
  async tell(group: string, change: Change): Promise<void> {
    const ids = this.#host.counter.next();
    const named = new Set<string>();
    let missed = this.#host.unreachable(this.name);
    let told = change;
    do {
      for (const name of missed) named.add(name);
      const telling = { group, change: told, missed, ids, hops: 0 };
      await this.#tellOrNote({ kind: "tell", ...telling });
      // Whoever was lost meanwhile may miss it as well. Not the change again:
      // another one may have come between.
      missed = this.#host.unreachable(this.name);
      told = asDrop(change);
    } while (missed.some((name) => !named.has(name)));
  }

  /**
   * Tells the peer of a change, and whom it is to tell as well.
   *
   * @param telling The change, and a signal that ends the wait, which is a
   * failure of the peer then.
   * @param missed Names of nodes that cannot be reached from here.
   * @returns Those it could not tell either; `undefined` when it could not be
   * told itself, and will be told later.
   */
  async pass(
    { group, change, ids, hops = 0, inStead }: Telling,
    missed: readonly string[],
  ): Promise<readonly string[] | undefined> {
    const question = {
      kind: "tell",
      group,
      change,
      missed,
      ids,
      hops,
    } as const;
    try {
      return await this.#tellOrNote(question, inStead);
    } catch {
      return undefined; // It was reported.
    }
  }

  /**
   * Notes a change it is to be told when it is back.
   *
   * @param change The change.
   */
  note(change: MissedChange): void {
    this.#outbox.add(change);
  }

  /**
   * Tells it at once of changes it may have missed; it is not asked before.
   *
   * @param changes The changes.
   */
  owe(changes: readonly MissedChange[]): void {
    if (changes.length === 0) return;
    for (const change of changes) this.#outbox.add(change);
    this.health.down();
    void this.health.retry();
  }

  /**
   * Asks for what it holds of the keys of this node.
   *
   * @param group The name of the group.
   * @param options How much, and a signal.
   * @returns A snapshot.
   * @throws {PeerError} When it gives none.
   */
  async handOver(group: string, options: HandOverOptions): Promise<Uint8Array> {
    const { signal } = options;
    const { self: name, settings } = this.#host;
    const room = Math.max(0, settings.maxAnswerBytes - FRAME_ROOM);
    const maxBytes = Math.min(options.maxBytes, room);
    const question = { kind: "handOver", group, name, maxBytes } as const;
    const answer = await this.#line.send(question, signal);
    if (answer.kind === "snapshot") return answer.bytes;
    throw this.#line.useless(question, answer.kind);
  }

  /** Ends what is under way, and the trials. */
  close(): void {
    this.health.close();
    this.#outbox.clear();
    this.#line.close();
  }

  /** A Go node is owed nothing: it cannot be told. */
  #isOwed(): boolean {
    if (this.isGo) this.#outbox.clear();
    return !this.#outbox.isEmpty;
  }

  #askOrNext(
    question: GetQuestion,
    signal: AbortSignal | undefined,
  ): Promise<PeerValue | undefined> {
    return this.#line.ask(
      question,
      signal,
      (answer) => this.#valueOf(question, answer),
      (error) => {
        const isOfNoUse = error instanceof PeerError &&
          question.mode !== "held";
        const next = isOfNoUse
          ? this.#host.next(question.key, this)
          : undefined;
        if (next === undefined) throw error;
        return next.#ask(question, signal);
      },
    );
  }

  async #ask(
    question: GetQuestion,
    signal: AbortSignal | undefined,
  ): Promise<PeerValue | undefined> {
    return this.#valueOf(question, await this.#line.send(question, signal));
  }

  #valueOf(question: GetQuestion, answer: Answer): PeerValue | undefined {
    if (answer.kind === "missing") return undefined;
    if (answer.kind === "value") {
      if (this.#host.isMember || answer.ttl === undefined) return answer;
      // Nobody tells this node of changes, so it must not keep a copy.
      const { view, tags } = answer;
      return tags === undefined ? { view } : { view, tags };
    }
    if (answer.kind !== "failed") {
      throw this.#line.useless(question, answer.kind);
    }
    throw new LoadError(
      `Cannot ${toText(question)}: its owner "${this.name}" ${
        answer.isBusy ? "has no room or time to load it" : "failed to load it"
      }`,
    );
  }

  /** It has not heard of those who missed it as well. */
  async #pay({ group, change, ids }: MissedChange): Promise<void> {
    const missed = this.#host.unreachable(this.name);
    const telling = { group, change, missed, ids, hops: 0 };
    await this.#tell({ kind: "tell", ...telling }, undefined, true);
    this.heard.add(ids, missed);
  }

  async #tellOrNote(
    question: TellQuestion & MissedChange,
    signal?: AbortSignal,
  ): Promise<readonly string[]> {
    if (this.isGo) throw this.#line.error(question, "it is a Go node");
    if (this.health.isDeaf) {
      this.#outbox.add(question);
      throw this.#line.error(question, "it is down");
    }
    try {
      return await this.#tell(question, signal, signal !== undefined);
    } catch (error) {
      if (this.isGo) throw error;
      this.#outbox.add(question);
      this.health.down();
      throw error;
    }
  }

  async #tell(
    question: TellQuestion,
    signal: AbortSignal | undefined,
    isEcho: boolean,
  ): Promise<readonly string[]> {
    let answer;
    try {
      answer = await this.#line.send(question, signal);
    } catch (error) {
      const isTooLong = error instanceof PeerError &&
        error.cause instanceof TooLongError;
      // Parts have no ids. Who passes them on makes some, once for all; but what
      // was passed on before, or missed, has to be known again.
      const isWhole = question.missed.length > 0 && isEcho;
      const parts = isTooLong ? partsOf(question.change, isWhole) : [];
      if (parts.length === 0) throw error;
      return await this.#tellParts(question, parts, signal, isEcho);
    }
    if (answer.kind === "done") return answer.missed;
    // Without the group it holds nothing that could be old.
    if (answer.kind === "unknownGroup") return question.missed;
    throw this.#line.useless(question, answer.kind);
  }

  async #tellParts(
    question: TellQuestion,
    parts: readonly Change[],
    signal: AbortSignal | undefined,
    isEcho: boolean,
  ): Promise<readonly string[]> {
    const missed = new Set<string>();
    const ids = parts.length === 1 ? question.ids : undefined;
    for (const change of parts) {
      const left = await this.#tell(
        { ...question, change, ids },
        signal,
        isEcho,
      );
      for (const name of left) missed.add(name);
    }
    return [...missed];
  }
}
