// Copyright 2026 the Gee authors. MIT license.

import type { Archive } from "./archive.ts";
import type { Core } from "./core.ts";
import { ClosedError } from "./errors.ts";
import type { WarmUpOptions } from "./group_options.ts";
import type { RestoreResult } from "./snapshot.ts";

/** Takes over from every peer what it holds of the keys of this node. */
export async function warmUp(
  { picker, name, rules, counters }: Core,
  archive: Archive,
  { maxBytes = 16 << 20, signal }: WarmUpOptions,
): Promise<RestoreResult> {
  if (!(maxBytes >= 0)) {
    throw new RangeError(
      `Cannot warm up group "${name}" with maxBytes ${maxBytes}: want at least 0`,
    );
  }
  signal?.throwIfAborted();
  const result = { restored: 0, skipped: 0, isTorn: false };
  // One after another: the answers are large.
  for (const peer of picker?.others ?? []) {
    const give = { maxBytes, ...signal && { signal } };
    // Asked for within the reading, which so knows what changed meanwhile; and
    // times count from before that, so that nothing seems younger than it is.
    const chunks = async function* () {
      yield await peer.handOver(name, give);
    };
    try {
      const stream = ReadableStream.from(chunks());
      const part = await archive.read(stream, rules.now());
      result.restored += part.restored;
      result.skipped += part.skipped;
      result.isTorn ||= part.isTorn;
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof ClosedError) throw error;
      counters.peerFailures++;
    }
  }
  return result;
}
