// Copyright 2026 the Gee authors. MIT license.

import type { Archive } from "./archive.ts";
import type { Change } from "./change.ts";
import type { Changes } from "./changes.ts";
import type { Core } from "./core.ts";
import { explain, type Explanation } from "./explain.ts";
import type { Loader } from "./loader.ts";
import type {
  PeerPicker,
  PeerSource,
  PeerSourceOptions,
  PeerValue,
} from "./peer.ts";
import type { ReadThrough } from "./read_through.ts";
import { type GroupStats, statsOf } from "./stats.ts";

/** What a {@linkcode PeerSide} works on; the group gives it. */
export interface PeerSideParts {
  readonly reader: ReadThrough;
  readonly changes: Changes;
  readonly archive: Archive;
  readonly loader: Loader;
}

/** The side of a group that its peers see, through a pool. */
export class PeerSide implements PeerSource {
  readonly #core: Core;
  readonly #parts: PeerSideParts;

  constructor(core: Core, parts: PeerSideParts) {
    this.#core = core;
    this.#parts = parts;
  }

  get name(): string {
    return this.#core.name;
  }

  answer(
    key: string,
    options: PeerSourceOptions,
  ): PeerValue | undefined | Promise<PeerValue | undefined> {
    this.#core.check("get", key);
    return this.#parts.reader.answer(key, options);
  }

  apply(change: Change): void | Promise<void> {
    this.#core.checkOpen("change");
    return this.#parts.changes.apply(change);
  }

  handOver(
    isWanted: (key: string) => boolean,
    maxBytes: number,
  ): Uint8Array<ArrayBuffer> {
    this.#core.checkOpen("hand over");
    const now = this.#core.rules.now();
    return this.#parts.archive.handOver(isWanted, maxBytes, now);
  }

  registerPeers(picker: PeerPicker): void {
    if (this.#core.picker !== undefined) {
      throw new TypeError(
        `Cannot register peers of group "${this.name}": it has some already`,
      );
    }
    this.#core.picker = picker;
  }

  stats(): GroupStats {
    return statsOf(this.#core, this.#parts.loader);
  }

  explain(key: string): Explanation {
    return explain(this.#core, key, this.#parts.loader.isLeftAlone(key));
  }
}
