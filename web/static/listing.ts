// Copyright 2026 the Gee authors. MIT license.
import type { Context } from "../context.ts";
import { escapeHtml } from "../template/escape.ts";
import type { Folder } from "./folder.ts";

/** More names than this of one folder are not listed. */
const MAX_LISTED = 10_000;

/**
 * The names in a folder, sorted, those of folders with a slash at the end.
 * What would not be served is not among them.
 *
 * @returns The names, or undefined when there is no such folder.
 */
export async function namesIn(
  folder: Folder,
  key: string,
  isServable: (name: string) => boolean,
): Promise<string[] | undefined> {
  const found = await folder.find(key);
  if (!found?.info.isDirectory) return undefined;
  const names: string[] = [];
  for await (const entry of Deno.readDir(found.path)) {
    const { name } = entry;
    if (!isServable(name)) continue;
    const target = entry.isSymlink
      ? (await folder.find(key === "" ? name : `${key}/${name}`))?.info
      : entry;
    if (target?.isDirectory) names.push(`${name}/`);
    else if (target?.isFile) names.push(name);
    if (names.length > MAX_LISTED) break;
  }
  return names.sort();
}

/** Answers with a page that lists names. */
export function listingAnswer(
  c: Context,
  names: readonly string[],
  { hasParent }: { readonly hasParent: boolean },
): Response {
  const path = decodeURIComponent(c.path); // the router refused bad escapes
  const bytes = new TextEncoder().encode(page(path, names, hasParent));
  return new Response(c.method === "HEAD" ? null : bytes, {
    headers: {
      "cache-control": "no-cache",
      "content-length": String(bytes.length),
      "content-security-policy": "default-src 'none'",
      "content-type": "text/html; charset=utf-8",
      "x-content-type-options": "nosniff",
    },
  });
}

/** Plain HTML without script and style: it works under `default-src 'none'`. */
function page(
  title: string,
  names: readonly string[],
  hasParent: boolean,
): string {
  const shown = names.slice(0, MAX_LISTED);
  const items = [...(hasParent ? ["../"] : []), ...shown].map((name) =>
    `<li><a href="${hrefOf(name)}">${escapeHtml(name)}</a></li>\n`
  );
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${
    escapeHtml(title)
  }</title></head>
<body>
<h1>${escapeHtml(title)}</h1>
<ul>
${items.join("")}</ul>
${names.length > MAX_LISTED ? "<p>More names are not shown.</p>\n" : ""}</body>
</html>
`;
}

/** Begins with "./", so that no name passes for a scheme. */
function hrefOf(name: string): string {
  if (name === "../") return name;
  const slash = name.endsWith("/") ? "/" : "";
  const bare = name.slice(0, name.length - slash.length);
  return `./${encodeURIComponent(bare.toWellFormed())}${slash}`
    .replaceAll("'", "%27");
}
