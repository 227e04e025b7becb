// Copyright 2026 the Gee authors. MIT license.

/** Resolves when something is so that no event tells of; rejects after ten seconds. */
export async function until(
  what: string,
  isSo: () => boolean | Promise<boolean>,
): Promise<void> {
  const end = performance.now() + 10_000;
  while (!(await isSo())) {
    if (performance.now() > end) throw new Error(`Cannot wait longer: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
