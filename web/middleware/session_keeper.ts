// Copyright 2026 the Gee authors. MIT license.
// The two places that sessions are kept in.
import type { Context } from "../context.ts";
import type { CookieOptions } from "../cookies.ts";
import type { AnyParams } from "../incoming.ts";
import type { SessionStore } from "./session_store.ts";

type AnyContext = Context<AnyParams, object>;

/** What is kept of a session. */
export interface SessionRecord {
  /** Its data as JSON. */
  readonly data: string;
  /** When it began, in ms since 1970. */
  readonly createdAt: number;
  /** When it ends unless it is used, in ms since 1970. */
  readonly expiresAt: number;
}

/** How a session is to be saved. */
export interface SaveOptions {
  /** Milliseconds from now until it ends unless it is used. */
  readonly ttl: number;
  /** Milliseconds from now until it ends in any case. */
  readonly absolute: number;
  /** The id it has, and loses when it gets a new one. */
  readonly id: string | undefined;
  /** Whether it gets a new id. */
  readonly isRenewed: boolean;
}

/** Where sessions are kept. */
export interface SessionKeeper {
  /** Finds the session of a request, and its id. */
  load(c: AnyContext): Promise<[SessionRecord, id: string] | undefined>;
  /** Keeps a session. */
  save(
    c: AnyContext,
    record: SessionRecord,
    options: SaveOptions,
  ): Promise<void>;
  /** Forgets a session. */
  drop(c: AnyContext, id: string | undefined): Promise<void>;
}

/** The cookie of a session. */
export interface SessionCookie {
  /** Its name. */
  readonly name: string;
  /** Its attributes. */
  readonly attributes: CookieOptions;
}

/**
 * Keeps sessions in the cookie itself, signed.
 *
 * @param cookie The cookie.
 * @returns The keeper.
 */
export function cookieKeeper(
  { name, attributes }: SessionCookie,
): SessionKeeper {
  return {
    async load(c) {
      const record = recordOf(await c.signedCookie(name));
      return record && [record, ""];
    },
    async save(c, record, { ttl }) {
      // JSON itself would triple in length by the escapes of cookies.
      const text = new TextEncoder().encode(textOf(record)).toBase64(BASE64);
      await c.setSignedCookie(name, text, { ...attributes, ...ageOf(ttl) });
    },
    drop(c) {
      c.deleteCookie(name, attributes);
      return Promise.resolve();
    },
  };
}

/**
 * Keeps sessions in a store, and in the cookie the id alone.
 *
 * @param cookie The cookie.
 * @param store The store.
 * @returns The keeper.
 */
export function storeKeeper(
  { name, attributes }: SessionCookie,
  store: SessionStore,
): SessionKeeper {
  return {
    async load(c) {
      const id = c.cookie(name) ?? "";
      if (!/^[\w-]{43}$/.test(id)) return undefined;
      const record = parsed(await store.get(await keyOf(id)));
      return record && [record, id];
    },
    async save(c, record, { id, isRenewed, ttl, absolute }) {
      const mustExist = id !== undefined && !isRenewed;
      // Of a session that was destroyed meanwhile nothing is to be left.
      if (id !== undefined && isRenewed) {
        if (!await store.delete(await keyOf(id))) return;
      }
      const kept = mustExist ? id : newId();
      await store.set(await keyOf(kept), textOf(record), { ttl, mustExist });
      // An id that the client has is not sent again: it could arrive after the
      // new one of another request, and sign the client out.
      if (mustExist) return;
      c.setCookie(name, kept, { ...attributes, ...ageOf(absolute) });
    },
    async drop(c, id) {
      c.deleteCookie(name, attributes);
      if (id !== undefined) await store.delete(await keyOf(id));
    },
  };
}

const BASE64 = { alphabet: "base64url", omitPadding: true } as const;

function newId(): string {
  return crypto.getRandomValues(new Uint8Array(32)).toBase64(BASE64);
}

async function keyOf(id: string): Promise<string> {
  const bytes = new TextEncoder().encode(id);
  const hash = await crypto.subtle.digest("SHA-256", bytes);
  return new Uint8Array(hash).toBase64(BASE64);
}

function ageOf(ttl: number): { maxAge: number } {
  return { maxAge: Math.ceil(ttl / 1000) };
}

function textOf({ createdAt, expiresAt, data }: SessionRecord): string {
  return `${createdAt} ${expiresAt} ${data}`;
}

function recordOf(sealed: string | undefined): SessionRecord | undefined {
  if (sealed === undefined) return undefined;
  try {
    const bytes = Uint8Array.fromBase64(sealed, BASE64);
    return parsed(new TextDecoder().decode(bytes));
  } catch {
    return undefined; // signed by us, but for something else
  }
}

function parsed(text: string | undefined): SessionRecord | undefined {
  const [, created, expires, data] =
    /^(\d+) (\d+) (\{.*\})$/s.exec(text ?? "") ?? [];
  if (data === undefined) return undefined;
  return { createdAt: Number(created), expiresAt: Number(expires), data };
}
