// Copyright 2026 the Gee authors. MIT license.
import { isToken } from "./token.ts";

/** Attributes of a cookie (RFC 6265bis, section 4.1). The defaults are safe. */
export interface CookieOptions {
  /**
   * Seconds until the browser forgets it; 0 at once. Left out, it goes with
   * the session of the browser.
   */
  readonly maxAge?: number;
  /** When the browser forgets it; `maxAge` goes before. */
  readonly expires?: Date;
  /** The domain whose hosts get it; left out, this host alone. */
  readonly domain?: string;
  /**
   * The path below which it is sent.
   *
   * @default {"/"}
   */
  readonly path?: string;
  /**
   * Whether it travels over TLS alone; browsers count `localhost` as such.
   *
   * @default {true}
   */
  readonly secure?: boolean;
  /**
   * Whether scripts cannot read it.
   *
   * @default {true}
   */
  readonly httpOnly?: boolean;
  /**
   * Whether other sites' requests carry it: never, when they lead here, always.
   *
   * @default {"lax"}
   */
  readonly sameSite?: "strict" | "lax" | "none";
  /**
   * Whether each embedding site gets its own (CHIPS).
   *
   * @default {false}
   */
  readonly partitioned?: boolean;
}

const ATTRIBUTE = /^[\x20-\x3a\x3c-\x7e]*$/;
/** Browsers drop a larger pair of name and value, without a word. */
const MAX_BYTES = 4096;

/**
 * Reads a `cookie` header. Pairs that are malformed are passed over, escapes
 * that are malformed stay as they are.
 *
 * @param header The header.
 * @returns The values by their names; of several with one name the first.
 */
export function parseCookies(header: string): ReadonlyMap<string, string> {
  const cookies = new Map<string, string>();
  for (const pair of header.split(";")) {
    const equals = pair.indexOf("=");
    if (equals === -1) continue;
    const name = pair.slice(0, equals).trim();
    if (!isToken(name) || cookies.has(name)) continue;
    const value = pair.slice(equals + 1).trim();
    cookies.set(name, decoded(value.replace(/^"(.*)"$/, "$1")));
  }
  return cookies;
}

function decoded(value: string): string {
  if (!value.includes("%")) return value;
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

/**
 * Writes a `set-cookie` header. The value is encoded, so any text comes back.
 *
 * @param name The name, a token; `__Secure-` and `__Host-` bring their rules.
 * @param value The value.
 * @param options The attributes.
 * @returns The header.
 * @throws {TypeError} When browsers would refuse the cookie, or an attribute
 * could forge another one.
 * @throws {RangeError} When `maxAge` is no whole number, or it is too large.
 */
export function formatCookie(
  name: string,
  value: string,
  options: CookieOptions = {},
): string {
  const refuse = (state: string): never => {
    throw new TypeError(`Cannot set cookie ${JSON.stringify(name)}: ${state}`);
  };
  if (!isToken(name)) refuse("the name is not a token");
  checkRules(name, options, refuse);
  const pair = `${name}=${encodeURIComponent(value.toWellFormed())}`;
  if (pair.length > MAX_BYTES) {
    throw new RangeError(
      `Cannot set cookie "${name}": got ${pair.length} bytes, want at most ${MAX_BYTES}`,
    );
  }
  return pair + attributes(name, options);
}

/** RFC 6265bis, sections 4.1.3 and 5.6. */
function checkRules(
  name: string,
  options: CookieOptions,
  refuse: (state: string) => never,
): void {
  const { secure = true, path = "/", domain, sameSite = "lax" } = options;
  const prefix = name.toLowerCase();
  if (!secure && /^__(?:secure|host)-/.test(prefix)) {
    refuse("its prefix needs secure");
  }
  if (prefix.startsWith("__host-") && (domain !== undefined || path !== "/")) {
    refuse('the prefix "__Host-" allows no domain and the path "/" only');
  }
  if (!secure && sameSite === "none") refuse('sameSite "none" needs secure');
  if (!secure && options.partitioned === true) {
    refuse("partitioned needs secure");
  }
  if (!path.startsWith("/") || !ATTRIBUTE.test(path)) {
    refuse(`the path ${JSON.stringify(path)} is malformed`);
  }
  if (domain !== undefined && !/^\.?[\w-]+(?:\.[\w-]+)*$/.test(domain)) {
    refuse(`the domain ${JSON.stringify(domain)} is malformed`);
  }
}

const SAME_SITE = { strict: "Strict", lax: "Lax", none: "None" };

function attributes(name: string, options: CookieOptions): string {
  const { maxAge, expires, domain, path = "/", sameSite = "lax" } = options;
  let text = `; Path=${path}`;
  if (domain !== undefined) text += `; Domain=${domain}`;
  if (maxAge !== undefined) {
    if (!Number.isSafeInteger(maxAge) || maxAge < 0) {
      throw new RangeError(
        `Cannot set cookie "${name}": got maxAge ${maxAge}, want whole seconds`,
      );
    }
    text += `; Max-Age=${maxAge}`;
  }
  if (expires !== undefined) text += `; Expires=${httpDate(name, expires)}`;
  if (options.secure ?? true) text += "; Secure";
  if (options.httpOnly ?? true) text += "; HttpOnly";
  if (options.partitioned === true) text += "; Partitioned";
  return `${text}; SameSite=${SAME_SITE[sameSite]}`;
}

function httpDate(name: string, date: Date): string {
  if (!Number.isNaN(date.getTime())) return date.toUTCString();
  throw new RangeError(`Cannot set cookie "${name}": expires is no valid date`);
}
