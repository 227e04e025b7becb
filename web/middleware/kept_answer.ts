// Copyright 2026 the Gee authors. MIT license.
import type { Context } from "../context.ts";
import { type WaitingHeader, writeHeaders } from "../header_list.ts";
import type { AnyParams } from "../incoming.ts";
import { isKnown, notModified } from "./entity_tag.ts";

/** What is kept of an answer beside its body. */
export interface KeptHead {
  /** The whole key, so that no store can mistake one for another. */
  readonly key: string;
  /** When it was kept, in ms since 1970, less the age it had then. */
  readonly born: number;
  /** When it goes stale, in ms since 1970. */
  readonly until: number;
  /** Whether requests with credentials may have it too. */
  readonly isPublic: boolean;
  /** The status. */
  readonly status: number;
  /** The headers of the response. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** The headers that were set on the context. */
  readonly waiting: readonly WaitingHeader[];
}

/** An answer that is kept. */
export interface KeptAnswer extends KeptHead {
  /** The body. */
  readonly body: Uint8Array<ArrayBuffer>;
}

const NEWLINE = 0x0a;

/** One line of JSON and the body. */
export function encodeAnswer({ body, ...head }: KeptAnswer): Uint8Array {
  const line = new TextEncoder().encode(`${JSON.stringify(head)}\n`);
  const bytes = new Uint8Array(line.length + body.length);
  bytes.set(line);
  bytes.set(body, line.length);
  return bytes;
}

/** What a store gave, or undefined when it is nothing of ours under that key. */
export function decodeAnswer(
  key: string,
  bytes: Uint8Array,
): KeptAnswer | undefined {
  try {
    const end = bytes.indexOf(NEWLINE);
    const text = new TextDecoder().decode(bytes.subarray(0, end));
    const head = JSON.parse(text) as KeptHead; // what encodeAnswer() wrote
    const body = bytes.slice(end + 1);
    return head.key === key ? { ...head, body } : undefined;
  } catch {
    return undefined;
  }
}

/** Sets on the context what the handler had set there. */
export function replay(
  { waiting }: KeptAnswer,
  c: Context<AnyParams, object>,
): void {
  for (const { name, value, isAppended } of waiting) {
    if (isAppended) c.appendHeader(name, value);
    else c.setHeader(name, value);
  }
}

/** The response made of a kept answer; 304 where the client has it. */
export function respond(
  { born, status, headers: own, waiting, body }: KeptAnswer,
  c: Context<AnyParams, object>,
  now: number,
): Response {
  const headers = new Headers(own.map(([name, value]) => [name, value]));
  const seconds = Math.floor((now - born) / 1000);
  if (seconds > 0) headers.set("age", String(seconds));
  const final = new Headers(headers);
  writeHeaders(waiting, final);
  const etag = final.get("etag");
  // Conditions count only where the answer were a success without them
  // (RFC 9110, section 13.2.1).
  const isSuccess = status >= 200 && status <= 299;
  if (isSuccess && etag !== null && isKnown(c, etag)) {
    return notModified(headers);
  }
  // 204 and 304 must not have a body, not even an empty one.
  return new Response(body.length === 0 ? null : body, { status, headers });
}
