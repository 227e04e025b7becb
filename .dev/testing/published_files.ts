// Copyright 2026 the Gee authors. MIT license.

import { runDeno } from "./run_deno.ts";

const ROOT = new URL("../../", import.meta.url);

/**
 * The files that `deno publish` would upload, as it says itself: their paths
 * below the root, as in `/web/mod.ts`, and what they hold.
 *
 * @throws {Error} When publishing would be refused.
 */
export async function publishedFiles(): Promise<
  ReadonlyMap<string, Uint8Array<ArrayBuffer>>
> {
  // Types are checked by `deno task ok`.
  const { stderr } = await runDeno(
    ["publish", "--dry-run", "--allow-dirty", "--no-check", "--no-lock"],
    { cwd: ROOT },
  );
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  for (const [, href = ""] of stderr.matchAll(/^ +(file:.*) \(\S+\)$/gm)) {
    const url = new URL(href);
    const path = url.pathname.slice(ROOT.pathname.length - 1);
    files.set(decodeURIComponent(path), await Deno.readFile(url));
  }
  return files;
}
