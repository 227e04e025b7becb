// Copyright 2026 the Gee authors. MIT license.

/** What to write below a folder: contents by path. */
export type Contents = Readonly<Record<string, string | Uint8Array>>;

/** A time long enough ago for a file to count as settled. */
export const LONG_AGO = new Date("2026-01-02T03:04:05Z");

/**
 * Runs a test with a folder "public" of settled files, and removes it after.
 *
 * @param contents The files in it; "../" leads beside it.
 * @param test The test.
 */
export async function withFolder(
  contents: Contents,
  test: (folder: string) => Promise<void>,
): Promise<void> {
  const root = await Deno.realPath(await Deno.makeTempDir());
  const folder = `${root}/public`;
  try {
    await Deno.mkdir(folder);
    for (const [path, content] of Object.entries(contents)) {
      await write(`${folder}/${path}`, content);
    }
    await test(folder);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

/** Writes a settled file and the folders it needs. */
export async function write(
  path: string,
  content: string | Uint8Array,
  time: Date = LONG_AGO,
): Promise<void> {
  await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
  await Deno.writeFile(
    path,
    typeof content === "string" ? new TextEncoder().encode(content) : content,
  );
  await Deno.utime(path, time, time);
}
