// Copyright 2026 the Gee authors. MIT license.

import { HttpError } from "./http_error.ts";

/** Most headers of a request. */
const MAX_HEADERS = 100;

// RFC 9110, section 5.6.2: what names of methods and headers are made of.
const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const REQUEST_LINE = new RegExp(`^(${TOKEN}) ([!-~]+) HTTP/(\\d)\\.(\\d)$`);
const FIELD = new RegExp(`^(${TOKEN}):([\\t\\x20-\\x7e\\x80-\\xff]*)$`);
const HOST = /^(?:[0-9A-Za-z._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::\d{1,5})?$/;
/** Headers two of which would leave open what is meant (RFC 9112, section 11.2). */
const SINGLE = new Set(["host", "content-length", "transfer-encoding"]);
/** What a `Request` cannot have. */
const FORBIDDEN = new Set(["CONNECT", "TRACE", "TRACK"]);

/** The first line and the headers of a request. */
export interface RequestHead {
  /** As it was sent. */
  readonly method: string;
  /** What is asked for, as it was sent. */
  readonly target: string;
  /** Whether it is HTTP/1.0, which knows neither chunks nor further requests. */
  readonly isOld: boolean;
  /** The headers. */
  readonly headers: Headers;
  /** Bytes of the body. */
  readonly contentLength: number;
}

/**
 * Parses the head of a request, stricter than most: what two programs could
 * understand in two ways is refused.
 *
 * @param text It, each byte a character, with the empty line at its end.
 * @throws {HttpError} when it is none.
 */
export function parseHead(text: string): RequestHead {
  const [line = "", ...lines] = text.split(/\r?\n/);
  const [, method, target, major, minor] = REQUEST_LINE.exec(line) ?? [];
  if (method === undefined || target === undefined) {
    throw new HttpError(
      "Cannot read the request: its first line is malformed",
      400,
    );
  }
  if (major !== "1" || minor !== "0" && minor !== "1") {
    throw new HttpError(
      `Cannot read the request: got HTTP/${major}.${minor}, HTTP/1.1 is wanted`,
      505,
    );
  }
  const headers = parseFields(lines.slice(0, -2));
  const isOld = minor === "0";
  if (headers.has("transfer-encoding")) {
    throw new HttpError(
      "Cannot read the body: a content-length is wanted",
      411,
    );
  }
  return {
    method,
    target,
    isOld,
    headers,
    contentLength: parseLength(headers.get("content-length") ?? "0"),
  };
}

function parseFields(lines: readonly string[]): Headers {
  if (lines.length > MAX_HEADERS) {
    throw new HttpError(
      `Cannot read the request: it has more than ${MAX_HEADERS} headers`,
      431,
    );
  }
  const headers = new Headers();
  for (const line of lines) {
    const [, name, value] = FIELD.exec(line) ?? [];
    if (name === undefined || value === undefined) {
      throw new HttpError(
        "Cannot read the request: a header is malformed",
        400,
      );
    }
    if (SINGLE.has(name.toLowerCase()) && headers.has(name)) {
      throw new HttpError(
        `Cannot read the request: it has two headers "${name}"`,
        400,
      );
    }
    headers.append(name, value);
  }
  return headers;
}

function parseLength(text: string): number {
  // More digits would not be told apart any more.
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new HttpError(
    "Cannot read the body: its content-length is no number",
    400,
  );
}

/**
 * The request of a head.
 *
 * @param head It.
 * @param body The bytes behind it.
 * @param signal Aborts when the client leaves.
 * @throws {HttpError} when it asks for nothing that could be here.
 */
export function toRequest(
  head: RequestHead,
  body: Uint8Array<ArrayBuffer>,
  signal: AbortSignal,
): Request {
  const { method, headers } = head;
  if (FORBIDDEN.has(method.toUpperCase())) {
    throw new HttpError(`Cannot answer ${method}: it is not offered`, 501);
  }
  const hasBody = body.length > 0 && method !== "GET" && method !== "HEAD";
  const url = urlOf(head);
  try {
    return new Request(url, {
      method,
      headers,
      signal,
      ...(hasBody && { body }),
    });
  } catch {
    // A password in the URL, "get" with a body.
    throw new HttpError("Cannot read the request: it makes no sense", 400);
  }
}

function urlOf({ target, headers, isOld }: RequestHead): string {
  // Only HTTP/1.0 may do without, and no browser speaks that.
  const host = headers.get("host") ?? (isOld ? "localhost" : "");
  if (!HOST.test(host)) {
    throw new HttpError("Cannot read the request: it has no usable host", 400);
  }
  const url = target.startsWith("/") ? `http://${host}${target}` : target;
  if (URL.canParse(url) && /^https?:\/\//i.test(url)) return url;
  throw new HttpError("Cannot read the request: its target is no path", 400);
}
