// Copyright 2026 the Gee authors. MIT license.

/** What the logger knows of one request. */
export interface LogEntry {
  /** When its answer was made, in ms since 1970. */
  readonly time: number;
  /** Status of the answer. */
  readonly status: number;
  /** Its method. */
  readonly method: string;
  /** Its path, perhaps with the query. */
  readonly path: string;
  /** How long it took, in ms. */
  readonly ms: number;
  /** Bytes of the body of the answer, where they are known. */
  readonly bytes?: number | undefined;
  /** Whether the client left before the end of the body. */
  readonly isCut?: boolean;
  /** The address of the client. */
  readonly client?: string | undefined;
  /** What the middleware `requestId` gave it. */
  readonly requestId?: string | undefined;
  /** The error behind a 5xx, with its stack. */
  readonly error?: string | undefined;
}

/** A line as people read it; an error follows, indented. */
export function formatText(entry: LogEntry): string {
  const { status, method, path, ms, bytes, isCut, client, requestId } = entry;
  let line = `[${status}] ${method} ${path}`;
  if (bytes !== undefined) line += ` ${bytes}B${isCut ? " cut" : ""}`;
  line += ` in ${ms.toFixed(1)}ms`;
  if (client !== undefined) line += ` from ${client}`;
  if (requestId !== undefined) line += ` id ${requestId}`;
  const lines = entry.error?.split(/\r?\n/).map((text) => `    ${text}`) ?? [];
  return [line, ...lines].map(visible).join("\n");
}

/** A line as machines read it, the error with it. */
export function formatJson(entry: LogEntry): string {
  const { time, isCut, ms, ...rest } = entry;
  // JSON escapes what is below U+0020; terminals obey further ones.
  return visible(JSON.stringify({
    time: new Date(time).toISOString(),
    level: entry.status >= 500 ? "error" : "info",
    ...rest,
    ms: Number(ms.toFixed(1)),
    ...(isCut ? { cut: true } : {}),
  }));
}

/** What was thrown as text, with the errors that caused it. */
export function errorText(error: unknown): string {
  const parts: string[] = [];
  let at = error;
  for (let depth = 0; depth < 4 && at !== undefined; depth++) {
    parts.push(depth === 0 ? textOf(at) : `Caused by: ${textOf(at)}`);
    at = at instanceof Error ? at.cause : undefined;
  }
  return parts.join("\n");
}

function textOf(error: unknown): string {
  try {
    if (error instanceof Error) return error.stack ?? String(error);
    return typeof error === "object" ? JSON.stringify(error) : String(error);
  } catch {
    return "An error without a text"; // its toString() or a getter threw
  }
}

/** One line, whatever the text holds. */
function visible(text: string): string {
  return text.replaceAll(
    /[\p{Cc}\u2028\u2029]/gu,
    (character) =>
      `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
