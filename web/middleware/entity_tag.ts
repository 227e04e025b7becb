// Copyright 2026 the Gee authors. MIT license.
import type { HeaderReader } from "../static/precondition.ts";
import { matches } from "../static/precondition.ts";

/** Bytes of the digest that are kept: no two bodies meet by chance. */
const DIGEST_BYTES = 18;

/** The strong entity tag of some bytes. */
export async function entityTag(
  bytes: Uint8Array<ArrayBuffer>,
): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  return `"${new Uint8Array(digest, 0, DIGEST_BYTES).toBase64()}"`;
}

/** Whether the client has the version with this tag (RFC 9110, section 13.1.2). */
export function isKnown(request: HeaderReader, etag: string): boolean {
  const list = request.header("if-none-match");
  return list !== undefined && matches(list, etag, { isStrong: false });
}

/** What describes a body, which an answer without one leaves out. */
const OF_BODY = [
  "content-encoding",
  "content-language",
  "content-length",
  "content-range",
  "content-type",
];

/** 304 with the headers of the answer it stands for (section 15.4.5). */
export function notModified(of: Headers): Response {
  const headers = new Headers(of);
  for (const name of OF_BODY) headers.delete(name);
  return new Response(null, { status: 304, headers });
}
