// Copyright 2026 the Gee authors. MIT license.

/** The names of the hooks, in the order in which they are called. */
export const HOOK_NAMES = [
  "beforeQuery",
  "afterQuery",
  "beforeInsert",
  "afterInsert",
  "beforeUpdate",
  "afterUpdate",
  "beforeDelete",
  "afterDelete",
] as const;

export type HookName = typeof HOOK_NAMES[number];

/** A hook of any table; `Hooks` says what it is called with. */
export type AnyHook = (...values: readonly unknown[]) => unknown;

/** The hooks of one table on one engine, each list in the order of the calls. */
export type TableHooks = Readonly<Record<HookName, readonly AnyHook[]>>;

/** Calls hooks one after another. The first that throws is the last. */
export async function callHooks(
  hooks: readonly AnyHook[],
  ...values: readonly unknown[]
): Promise<void> {
  for (const hook of hooks) await hook(...values);
}
