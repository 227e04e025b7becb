// Copyright 2026 the Gee authors. MIT license.
import type { Context } from "../context.ts";
import type { AnyParams } from "../incoming.ts";
import type { SessionKeeper, SessionRecord } from "./session_keeper.ts";

/** How long sessions live. */
export interface SessionTimes {
  /** Milliseconds without a request. */
  readonly idle: number;
  /** Milliseconds in any case. */
  readonly absolute: number;
  /** The clock, in ms since 1970. */
  readonly now: () => number;
}

const EMPTY = "{}";
/** The part of the idle time after which a session is prolonged. */
const PROLONG_AFTER = 0.1;

/** A session during one request. */
export class LiveSession {
  /** What it holds. */
  data: Record<string, unknown>;
  readonly #keeper: SessionKeeper;
  readonly #times: SessionTimes;
  /** What was kept of it, while that is still good. */
  readonly #record: SessionRecord | undefined;
  readonly #id: string | undefined;
  #isRenewed = false;
  #isDestroyed = false;

  /**
   * Goes on with what was found, unless that has expired.
   *
   * @param keeper Where it is kept.
   * @param times How long it lives.
   * @param found What was kept, and its id.
   */
  constructor(
    keeper: SessionKeeper,
    times: SessionTimes,
    found: [SessionRecord, id: string] | undefined,
  ) {
    this.#keeper = keeper;
    this.#times = times;
    const [record, id] = found ?? [];
    const isGood = record !== undefined && times.now() < record.expiresAt &&
      times.now() < record.createdAt + times.absolute;
    this.#record = isGood ? record : undefined;
    this.#id = isGood ? id : undefined;
    this.data = JSON.parse(this.#record?.data ?? EMPTY);
  }

  /** Whether it begins with this request. */
  get isNew(): boolean {
    return this.#record === undefined;
  }

  /** Gives it a new id. */
  regenerate(): void {
    this.#isRenewed = true;
  }

  /** Forgets it. */
  destroy(): void {
    this.#isDestroyed = true;
    this.data = {};
  }

  /**
   * Keeps what there is to keep.
   *
   * @param c The request.
   * @returns A promise when that takes time.
   */
  save(c: Context<AnyParams, object>): Promise<void> | undefined {
    if (this.#isDestroyed) {
      return this.isNew ? undefined : this.#keeper.drop(c, this.#id);
    }
    const data = JSON.stringify(this.data);
    const isChanged = data !== (this.#record?.data ?? EMPTY);
    // An empty one says nothing, so visitors who only look get no cookie.
    const isDue = !this.isNew && (this.#isRenewed || this.#isWorn());
    if (!isChanged && !isDue) return undefined;
    const now = Math.floor(this.#times.now());
    const createdAt = this.#record?.createdAt ?? now;
    const expiresAt = this.#endFrom(now, createdAt);
    return this.#keeper.save(c, { data, createdAt, expiresAt }, {
      ttl: expiresAt - now,
      absolute: createdAt + this.#times.absolute - now,
      id: this.#id,
      isRenewed: this.#isRenewed,
    });
  }

  /** Whether so much of its idle time is over that it is to be prolonged. */
  #isWorn(): boolean {
    const { now, idle } = this.#times;
    const { expiresAt = 0, createdAt = 0 } = this.#record ?? {};
    const gain = this.#endFrom(now(), createdAt) - expiresAt;
    return gain >= idle * PROLONG_AFTER;
  }

  #endFrom(now: number, createdAt: number): number {
    const { idle, absolute } = this.#times;
    return Math.ceil(Math.min(now + idle, createdAt + absolute));
  }
}
