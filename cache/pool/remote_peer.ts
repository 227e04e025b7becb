// Copyright 2026 the Gee authors. MIT license.

import type { Change } from "../change.ts";
import { LoadError, PeerError } from "../errors.ts";
import type {
  HandOverOptions,
  PeerGetOptions,
  PeerGetter,
  PeerValue,
} from "../peer.ts";
import { Health } from "./health.ts";
import { hedge } from "./hedge.ts";
import type {
  Answer,
  GetQuestion,
  Link,
  Question,
  TellQuestion,
} from "./link.ts";
import { Outbox } from "./outbox.ts";
import type { PoolSettings } from "./pool_options.ts";

/** What a peer needs of its pool. */
export interface PeerHost {
  /** The name of this node. */
  readonly self: string;
  /** Whether this node is in the list, so that others tell it of changes. */
  readonly isMember: boolean;
  /** The limits. */
  readonly settings: PoolSettings;
  /** Who owns a key where a peer is of no use: another one, not this node. */
  next(key: string, peer: RemotePeer): RemotePeer | undefined;
  /** Called after the first answer of a peer. */
  met(peer: RemotePeer): void;
  /** Called when a peer went down and when it is back. */
  changed(peer: RemotePeer): void;
  /** Tells of an error. */
  report(error: unknown): void;
}

/** One of the other nodes: asks and tells it, and knows how it is. */
export class RemotePeer implements PeerGetter {
  /** Its name in the list of all nodes. */
  readonly name: string;
  /** Whether it may be asked. */
  readonly health: Health;
  /** Since when it is no more in the list, in ms. */
  leftAt: number | undefined;
  readonly #link: Link;
  readonly #host: PeerHost;
  readonly #outbox = new Outbox();
  #questions = 0;
  #isMet = false;

  /**
   * Makes a peer that is up; it is not contacted before it is asked.
   *
   * @param name Its name.
   * @param link The way to it.
   * @param host The pool.
   */
  constructor(name: string, link: Link, host: PeerHost) {
    this.name = name;
    this.#link = link;
    this.#host = host;
    this.health = new Health(host.settings, {
      ping: (signal) => this.#ping(signal),
      isOwed: () => !this.#outbox.isEmpty,
      pay: () =>
        this.#outbox.deliver(async (group, change) => {
          await this.#tell({ kind: "tell", group, change, missed: [] });
        }),
      changed: () => host.changed(this),
    });
  }

  /** Whether it is a Go node, which cannot be told of changes. */
  get isGo(): boolean {
    return this.#link.isGo;
  }

  /** Questions sent to it so far. */
  get questions(): number {
    return this.#questions;
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
   * Tells the peer of a change, as the owner.
   *
   * @param group The name of the group.
   * @param change The change.
   * @returns When it has agreed.
   * @throws {PeerError} When it could not be told; it is down then.
   */
  async tell(group: string, change: Change): Promise<void> {
    await this.#tellOrNote(group, change, []);
  }

  /**
   * Tells the peer of a change, and whom it is to tell as well.
   *
   * @param group The name of the group.
   * @param change The change.
   * @param missed Names of nodes that cannot be reached from here.
   * @param signal Ends the wait, which is a failure of the peer.
   * @returns Those it could not tell either; `undefined` when it could not be
   * told itself, and will be told later.
   */
  async pass(
    group: string,
    change: Change,
    missed: readonly string[],
    signal?: AbortSignal,
  ): Promise<readonly string[] | undefined> {
    try {
      return await this.#tellOrNote(group, change, missed, signal);
    } catch {
      return undefined; // It was reported.
    }
  }

  /**
   * Notes a change it is to be told when it is back.
   *
   * @param group The name of the group.
   * @param change The change.
   */
  note(group: string, change: Change): void {
    this.#outbox.add(group, change);
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
    const { maxBytes, signal } = options;
    const name = this.#host.self;
    const question = { kind: "handOver", group, name, maxBytes } as const;
    const answer = await this.#send(question, signal);
    if (answer.kind === "snapshot") return answer.bytes;
    throw this.#useless(question, answer.kind);
  }

  /** Ends what is under way, and the trials. */
  close(): void {
    this.health.close();
    this.#outbox.clear();
    this.#link.close();
  }

  async #askOrNext(
    question: GetQuestion,
    signal: AbortSignal | undefined,
  ): Promise<PeerValue | undefined> {
    try {
      return await this.#ask(question, signal);
    } catch (error) {
      if (!(error instanceof PeerError) || question.mode === "held") {
        throw error;
      }
      const next = this.#host.next(question.key, this);
      if (next === undefined) throw error;
      return next.#ask(question, signal);
    }
  }

  async #ask(
    question: GetQuestion,
    signal: AbortSignal | undefined,
  ): Promise<PeerValue | undefined> {
    const answer = await this.#send(question, signal);
    if (answer.kind === "missing") return undefined;
    if (answer.kind === "value") {
      if (this.#host.isMember || answer.ttl === undefined) return answer;
      // Nobody tells this node of changes, so it must not keep a copy.
      const { view, tags } = answer;
      return tags === undefined ? { view } : { view, tags };
    }
    if (answer.kind !== "failed") throw this.#useless(question, answer.kind);
    throw new LoadError(
      `Cannot ${toText(question)}: its owner "${this.name}" ${
        answer.isBusy ? "has no room or time to load it" : "failed to load it"
      }`,
    );
  }

  async #tellOrNote(
    group: string,
    change: Change,
    missed: readonly string[],
    signal?: AbortSignal,
  ): Promise<readonly string[]> {
    const question: TellQuestion = { kind: "tell", group, change, missed };
    if (this.isGo) throw this.#error(question, "it is a Go node");
    if (this.health.isDown) {
      this.#outbox.add(group, change);
      throw this.#error(question, "it is down");
    }
    try {
      return await this.#tell(question, signal);
    } catch (error) {
      // The first contact may have shown what it is.
      if (this.isGo) throw error;
      this.#outbox.add(group, change);
      this.health.down();
      throw error;
    }
  }

  async #tell(
    question: TellQuestion,
    signal?: AbortSignal,
  ): Promise<readonly string[]> {
    const answer = await this.#send(question, signal);
    if (answer.kind === "done") return answer.missed;
    // Without the group it holds nothing that could be old.
    if (answer.kind === "unknownGroup") return question.missed;
    throw this.#useless(question, answer.kind);
  }

  async #ping(signal: AbortSignal): Promise<void> {
    const answer = await this.#link.send({ kind: "ping" }, { signal });
    if (answer.kind !== "failed") return;
    throw this.#error({ kind: "ping" }, "it is closed");
  }

  async #send(
    question: Question,
    signal: AbortSignal | undefined,
  ): Promise<Answer> {
    this.#questions++;
    let answer;
    try {
      answer = await this.#link.send(question, signal && { signal });
    } catch (cause) {
      // The asker has left: nothing is known of the peer.
      signal?.throwIfAborted();
      this.health.failed();
      const why = cause instanceof Error ? cause.message : String(cause);
      throw this.#report(this.#error(question, why, { cause }));
    }
    this.health.succeeded();
    if (!this.#isMet) {
      this.#isMet = true;
      this.#host.met(this);
    }
    return answer;
  }

  #useless(question: Question, kind: string): PeerError {
    return this.#report(this.#error(question, `it answered "${kind}"`));
  }

  #report(error: PeerError): PeerError {
    this.#host.report(error);
    return error;
  }

  #error(question: Question, why: string, options?: ErrorOptions): PeerError {
    const text = toText(question);
    return new PeerError(
      this.name,
      `Cannot ${text} at "${this.name}": ${why}`,
      options,
    );
  }
}

function toText(question: Question): string {
  switch (question.kind) {
    case "get":
      return `get "${question.key}" of group "${question.group}"`;
    case "tell":
      return `tell "${question.change.kind}" of group "${question.group}"`;
    case "handOver":
      return `take over keys of group "${question.group}"`;
    case "ping":
      return "reach a peer";
  }
}
