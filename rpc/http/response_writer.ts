// Copyright 2026 the Gee authors. MIT license.

/** What of the request matters for its response. */
export interface ResponseForm {
  /** Whether only the head is wanted. */
  readonly isHead: boolean;
  /** Whether it is HTTP/1.0, which knows no chunks. */
  readonly isOld: boolean;
  /** Whether the connection ends with it. */
  readonly isLast: boolean;
}

/** Puts all bytes out. */
export type WriteAll = (bytes: Uint8Array) => Promise<void>;

const STATUS_TEXTS: Readonly<Record<number, string>> = {
  200: "OK",
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  409: "Conflict",
  411: "Length Required",
  413: "Content Too Large",
  415: "Unsupported Media Type",
  421: "Misdirected Request",
  429: "Too Many Requests",
  431: "Request Header Fields Too Large",
  499: "Client Closed Request",
  500: "Internal Server Error",
  501: "Not Implemented",
  503: "Service Unavailable",
  504: "Gateway Timeout",
  505: "HTTP Version Not Supported",
};

const LAST_CHUNK = new TextEncoder().encode("0\r\n\r\n");
const LINE_END = new TextEncoder().encode("\r\n");

/**
 * Writes a response. A body whose length its headers tell leaves in one write
 * with them, another one in chunks as it comes.
 *
 * @returns whether a further response may follow.
 */
export async function writeResponse(
  write: WriteAll,
  response: Response,
  form: ResponseForm,
): Promise<boolean> {
  const { body, headers } = response;
  const isStream = body !== null && !headers.has("content-length");
  const isChunked = isStream && !form.isOld;
  const isLast = form.isLast || isStream && form.isOld;
  const head = encodeHead(response, { isChunked, isLast });
  if (form.isHead || body === null) {
    await body?.cancel();
    await write(head);
    return !isLast;
  }
  if (!isStream) {
    await write(joined([head, await response.bytes()]));
    return !isLast;
  }
  const isWhole = await writeStream(write, head, body, isChunked);
  return isWhole && !isLast;
}

function encodeHead(
  { status, statusText, body, headers }: Response,
  { isChunked, isLast }: { isChunked: boolean; isLast: boolean },
): Uint8Array {
  const text = statusText || STATUS_TEXTS[status] || "Status";
  const fields = new Headers(headers);
  fields.set("date", new Date().toUTCString());
  fields.delete("content-length");
  let head = `HTTP/1.1 ${status} ${text}\r\n`;
  for (const [name, value] of fields) {
    head += `${canonical(name)}: ${value}\r\n`;
  }
  const length = headers.get("content-length") ?? (body === null ? "0" : null);
  if (isChunked) head += "Transfer-Encoding: chunked\r\n";
  else if (length !== null) head += `Content-Length: ${length}\r\n`;
  if (isLast) head += "Connection: close\r\n";
  // Values of headers are bytes, one for each character.
  return Uint8Array.from(`${head}\r\n`, (character) => character.charCodeAt(0));
}

/** A failing stream breaks off: without its last chunk nobody takes it for whole. */
async function writeStream(
  write: WriteAll,
  head: Uint8Array,
  body: ReadableStream<Uint8Array>,
  isChunked: boolean,
): Promise<boolean> {
  const reader = body.getReader();
  try {
    await write(head);
    for (;;) {
      const part = await reader.read().catch(() => undefined);
      if (part === undefined) return false;
      if (part.done) break;
      const { value } = part;
      if (value.length > 0) await write(isChunked ? chunk(value) : value);
    }
    if (isChunked) await write(LAST_CHUNK);
    return true;
  } catch (error) {
    // Not awaited: what makes the stream may hang, and nobody reads any more.
    reader.cancel(error).catch(() => {});
    throw error;
  }
}

function chunk(bytes: Uint8Array): Uint8Array {
  const size = new TextEncoder().encode(`${bytes.length.toString(16)}\r\n`);
  return joined([size, bytes, LINE_END]);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const all = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** As Go writes names of headers: `X-Geerpc-Servers`. */
function canonical(name: string): string {
  return name.replace(/(^|-)[a-z]/g, (start) => start.toUpperCase());
}
