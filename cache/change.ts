// Copyright 2026 the Gee authors. MIT license.

import type { ByteView } from "./byte_view.ts";

/**
 * What one node tells another of a change. The owner of a key hears of it first;
 * when it has agreed, every other node drops what it holds of the key, so that no
 * copy outlives the change.
 */
export type Change =
  | SetChange
  | RemoveChange
  | DropChange
  | RemoveTagChange
  | ResetChange;

/** To the owner of a key: keep this value. */
export interface SetChange {
  /** Which change it is. */
  readonly kind: "set";
  /** The key. */
  readonly key: string;
  /** The value. */
  readonly view: ByteView;
  /** How long it is fresh in ms, where the caller said so. */
  readonly ttl?: number;
  /** What it is also removed by. */
  readonly tags?: readonly string[];
}

/** To the owner of keys: drop them, in the second tier as well. */
export interface RemoveChange {
  /** Which change it is. */
  readonly kind: "remove";
  /** The keys. */
  readonly keys: readonly string[];
}

/** To everyone but the owner: drop what you hold of these keys. */
export interface DropChange {
  /** Which change it is. */
  readonly kind: "drop";
  /** The keys. */
  readonly keys: readonly string[];
  /** Whether only copies of what others own are meant. */
  readonly isCopies?: boolean;
}

/** To everyone: drop every value with a tag. */
export interface RemoveTagChange {
  /** Which change it is. */
  readonly kind: "removeTag";
  /** The tag. */
  readonly tag: string;
  /** Whether only copies of what others own are meant. */
  readonly isCopies?: boolean;
}

/** To everyone: drop every value. */
export interface ResetChange {
  /** Which change it is. */
  readonly kind: "reset";
  /** Whether only copies of what others own are meant. */
  readonly isCopies?: boolean;
}

/** What became of a change. */
export interface ChangeResult {
  /**
   * The peers that could not be told. They are told when they are back, before
   * a node that knows of the change asks them again. Go nodes cannot be told of
   * changes at all.
   */
  readonly missed: readonly string[];
}
