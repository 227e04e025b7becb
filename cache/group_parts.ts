// Copyright 2026 the Gee authors. MIT license.

import { Archive } from "./archive.ts";
import { Changes } from "./changes.ts";
import { checkAtLeast } from "./check_at_least.ts";
import { Core } from "./core.ts";
import type { AnyGroupOptions } from "./group_options.ts";
import { Loader } from "./loader.ts";
import { PeerSide } from "./peer_side.ts";
import { ReadThrough } from "./read_through.ts";
import type { Source } from "./source_loader.ts";

/** What a group is made of; the arrows go down the list. */
export interface GroupParts {
  /** The side that peers see. */
  readonly peerSide: PeerSide;
  /** From a key to its value. */
  readonly reader: ReadThrough;
  /** Changes here and everywhere. */
  readonly changes: Changes;
  /** From a miss to a value. */
  readonly loader: Loader;
  /** Memory as a stream. */
  readonly archive: Archive;
  /** Where values are. */
  readonly core: Core;
  /** The most keys to be asked for at a time. */
  readonly maxAtOnce: number;
}

/** The most keys of one `getMany` under way. */
const MAX_AT_ONCE = 1024;

/**
 * Checks what a group cannot do without.
 *
 * @param name The name of the group.
 * @param getter What asks the source; callers without types may give anything.
 * @throws {RangeError} When the name is empty.
 * @throws {TypeError} When there is no getter.
 */
export function checkGroup(name: string, getter: unknown): void {
  if (name === "") {
    throw new RangeError("Cannot create a group: its name must not be empty");
  }
  const { get } = Object(getter);
  if (typeof getter === "function" || typeof get === "function") return;
  throw new TypeError(
    `Cannot create group "${name}": want a getter, a function or an object with "get"`,
  );
}

/**
 * Makes the parts of a group.
 *
 * @param name The name of the group.
 * @param options Its settings.
 * @param source Asks the source.
 * @returns The parts.
 * @throws {RangeError} When a number is out of bounds.
 */
export function makeParts(
  name: string,
  options: AnyGroupOptions,
  source: Source,
): GroupParts {
  const { retryAfter = 50, maxLoads = 32, maxWaiting = 1024 } = options;
  checkAtLeast(0, { retryAfter, maxWaiting });
  checkAtLeast(1, { maxLoads });
  const core = new Core(name, options);
  const archive = new Archive(core.memory, (key) => core.isInFlux(key));
  const limits = { source, maxLoads, maxWaiting, retryAfter };
  const loader = new Loader(core, limits);
  const changes = new Changes(core, loader, archive);
  const reader = new ReadThrough(core, loader, options.mayHave);
  const peerSide = new PeerSide(core, { reader, changes, archive, loader });
  // More of them would only be refused by the source.
  const maxAtOnce = Math.min(MAX_AT_ONCE, maxLoads + maxWaiting);
  return { peerSide, reader, changes, loader, archive, core, maxAtOnce };
}
