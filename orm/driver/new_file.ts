// Copyright 2026 the Gee authors. MIT license.

/**
 * Makes a file, runs `work` to fill it, and removes it when that fails. The
 * file is made first, so that nothing which is there is ever overwritten.
 *
 * @param path Where the file is to be.
 * @param work What fills it.
 */
export async function intoNewFile(
  path: string,
  work: () => Promise<void>,
): Promise<void> {
  try {
    const file = await Deno.open(path, { createNew: true, write: true });
    file.close();
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    throw new TypeError(
      `Cannot back up database: there is a file "${path}" already`,
      { cause: error },
    );
  }
  try {
    await work();
  } catch (error) {
    await Deno.remove(path).catch(() => {});
    throw error;
  }
}
