// Copyright 2026 the Gee authors. MIT license.
import type { PeerPool } from "../../cache/mod.ts";

/** Whether every node takes all others for up and has told them everything. */
export function areSettled(pools: readonly PeerPool[]): boolean {
  return pools.every((pool) =>
    Object.values(pool.stats().peers).every(({ state, pending }) =>
      state === "up" && pending === 0
    )
  );
}
