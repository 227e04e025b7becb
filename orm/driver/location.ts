// Copyright 2026 the Gee authors. MIT license.

/** Whether a path means a database in memory. */
export function isMemory(path: string): boolean {
  return path === ":memory:";
}

/** The path of a local database, from a path or a `file:` URL. */
export function toPath(location: string | URL): string {
  const text = String(location);
  if (text === "" || text.includes("\0")) {
    throw new TypeError(
      `Cannot open database ${JSON.stringify(text)}: want a path or ":memory:"`,
    );
  }
  const scheme = /^([a-z][a-z+.-]+):/i.exec(text)?.[1]?.toLowerCase();
  if (scheme === undefined) return text;
  if (scheme !== "file") {
    throw new TypeError(
      `Cannot open database "${text}": want a path, a "file:" URL or ":memory:"`,
    );
  }
  if (/[?#]/.test(text)) {
    throw new TypeError(
      `Cannot open database "${text}": options in the URL are not supported`,
    );
  }
  // "file:gee.db" is relative, which URL does not know; "file:///C:/gee.db"
  // has a slash before its drive.
  const path = decoded(text).slice("file:".length)
    .replace(/^\/\/(localhost)?(?=\/)/, "").replace(/^\/(?=[A-Za-z]:)/, "");
  return toPath(path);
}

function decoded(url: string): string {
  try {
    return decodeURIComponent(url);
  } catch (cause) {
    throw new TypeError(
      `Cannot open database "${url}": a "%" in a URL wants two hex digits that are UTF-8`,
      { cause },
    );
  }
}
