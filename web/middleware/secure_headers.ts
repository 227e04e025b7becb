// Copyright 2026 the Gee authors. MIT license.
import type { Middleware } from "../context.ts";
import {
  ContentSecurityPolicy,
  type CspDirectives,
} from "./content_security_policy.ts";
import { quotedString } from "./quoted_string.ts";

/** What {@linkcode secureHeaders} leaves in `c.state` where the policy has `'nonce'`. */
export interface CspNonceState {
  /** For the attribute `nonce` of scripts and styles; new for each request. */
  readonly cspNonce: string;
}

/** How long browsers ask by TLS alone (RFC 6797). */
export interface HstsOptions {
  /**
   * Seconds.
   *
   * @default {31536000}
   */
  readonly maxAge?: number;
  /**
   * Whether subdomains are meant too.
   *
   * @default {true}
   */
  readonly includeSubDomains?: boolean;
  /**
   * Whether browsers may ship with it. Hard to take back.
   *
   * @default {false}
   */
  readonly preload?: boolean;
}

/** Options of {@linkcode secureHeaders}; `false` leaves a header out. */
export interface SecureHeadersOptions {
  /**
   * What pages may load and do. What is given here replaces or adds to the
   * defaults, directive by directive.
   *
   * @default {{
   *   "default-src": ["'self'"],
   *   "base-uri": ["'none'"],
   *   "form-action": ["'self'"],
   *   "frame-ancestors": ["'none'"],
   *   "img-src": ["'self'", "data:"],
   *   "object-src": ["'none'"],
   * }}
   */
  readonly contentSecurityPolicy?: CspDirectives | false;
  /**
   * Whether browsers only report what the policy forbids.
   *
   * @default {false}
   */
  readonly reportOnly?: boolean;
  /**
   * How long browsers ask by TLS alone. They take note of it over TLS only.
   *
   * @default {{ maxAge: 31536000, includeSubDomains: true }}
   */
  readonly strictTransportSecurity?: HstsOptions | false;
  /**
   * What other sites learn of the page a link or an image is on. With
   * `no-referrer` older browsers send forms with the origin `null`, which
   * `csrf` refuses.
   *
   * @default {"strict-origin-when-cross-origin"}
   */
  readonly referrerPolicy?:
    | "no-referrer"
    | "same-origin"
    | "strict-origin"
    | "strict-origin-when-cross-origin"
    | false;
  /**
   * Whether windows of other sites share a process with ours.
   *
   * @default {"same-origin"}
   */
  readonly crossOriginOpenerPolicy?:
    | "same-origin"
    | "same-origin-allow-popups"
    | "noopener-allow-popups"
    | false;
  /**
   * Which sites may embed what is answered.
   *
   * @default {"same-origin"}
   */
  readonly crossOriginResourcePolicy?:
    | "same-origin"
    | "same-site"
    | "cross-origin"
    | false;
  /**
   * Whether pages embed only what allows it; `SharedArrayBuffer` needs it.
   *
   * @default {false}
   */
  readonly crossOriginEmbedderPolicy?:
    | "require-corp"
    | "credentialless"
    | false;
  /**
   * Who may use what of the browser: nobody for `[]`; `"self"` and origins; all
   * for `"*"`. It takes the place of the defaults.
   *
   * @default {{ camera: [], geolocation: [], microphone: [], payment: [], usb: [] }}
   */
  readonly permissionsPolicy?:
    | Readonly<Record<string, readonly string[] | "*">>
    | false;
}

/**
 * Sets the headers that protect pages: `content-security-policy`,
 * `strict-transport-security`, `x-content-type-options`, `referrer-policy`,
 * `permissions-policy`, those of cross-origin isolation, and `x-frame-options`
 * as far as it can say what `frame-ancestors` says. Errors and files carry them
 * too. A handler changes one by `c.setHeader`. A page with a nonce is for one
 * client: keep it out of caches.
 *
 * @param options What differs from the defaults.
 * @returns The middleware; it sets `c.state.cspNonce` where the policy has the
 * source `'nonce'`.
 * @throws {TypeError} When a directive or feature is malformed.
 * @throws {RangeError} When `maxAge` is not a whole number of seconds, or
 * browsers would not take the site into their list for `preload`.
 *
 * @example A policy with a nonce
 * ```ts
 * import { Engine, html } from "@gee/std/web";
 * import { type CspNonceState, secureHeaders } from "@gee/std/web/middleware";
 * import { assertEquals } from "@std/assert";
 *
 * const app = new Engine<CspNonceState>();
 * app.use(secureHeaders({
 *   contentSecurityPolicy: { "script-src": ["'self'", "'nonce'"] },
 * }));
 * app.get("/", (c) =>
 *   c.html(html`<script nonce="${c.state.cspNonce}">alert(1)</script>`));
 * const response = await app.request("/");
 * const nonce = /nonce="(.+?)"/.exec(await response.text())?.[1];
 * const policy = response.headers.get("content-security-policy");
 * assertEquals(policy?.includes(`script-src 'self' 'nonce-${nonce}'`), true);
 * assertEquals(response.headers.get("x-content-type-options"), "nosniff");
 * ```
 */
export function secureHeaders(options: SecureHeadersOptions = {}): Middleware {
  const { contentSecurityPolicy = {}, reportOnly = false } = options;
  const policy = contentSecurityPolicy === false
    ? undefined
    : new ContentSecurityPolicy(contentSecurityPolicy);
  const policyName = reportOnly
    ? "content-security-policy-report-only"
    : "content-security-policy";
  const fixed = fixedHeaders(options, policy?.frameAncestors);
  const needsNonce = policy?.hasNonce ?? false;
  if (policy !== undefined && !needsNonce) {
    fixed.push([policyName, policy.format("")]);
  }
  return function secureHeaders(c) {
    for (const [name, value] of fixed) c.setHeader(name, value);
    if (policy !== undefined && needsNonce) {
      const cspNonce = crypto.getRandomValues(new Uint8Array(16)).toBase64();
      Object.assign(c.state, { cspNonce } satisfies CspNonceState);
      c.setHeader(policyName, policy.format(cspNonce));
    }
    return c.next();
  };
}

/** The headers that are the same for every answer. */
function fixedHeaders(
  options: SecureHeadersOptions,
  frameAncestors: string | undefined,
): [name: string, value: string][] {
  const {
    strictTransportSecurity: hsts = {},
    permissionsPolicy: features = FEATURES,
  } = options;
  const headers: [string, string | false | undefined][] = [
    ["x-content-type-options", "nosniff"],
    ["x-frame-options", FRAME_OPTIONS[frameAncestors ?? ""]],
    ["strict-transport-security", hsts && hstsText(hsts)],
    ["permissions-policy", features && featuresText(features)],
    [
      "referrer-policy",
      options.referrerPolicy ?? "strict-origin-when-cross-origin",
    ],
    [
      "cross-origin-opener-policy",
      options.crossOriginOpenerPolicy ?? "same-origin",
    ],
    [
      "cross-origin-resource-policy",
      options.crossOriginResourcePolicy ?? "same-origin",
    ],
    ["cross-origin-embedder-policy", options.crossOriginEmbedderPolicy],
  ];
  return headers.flatMap(([name, value]) => value ? [[name, value]] : []);
}

/** What browsers without `frame-ancestors` understand. */
const FRAME_OPTIONS: Readonly<Record<string, string>> = {
  "'none'": "DENY",
  "'self'": "SAMEORIGIN",
};

const FEATURES = {
  camera: [],
  geolocation: [],
  microphone: [],
  payment: [],
  usb: [],
};

const YEAR = 31_536_000;

function hstsText(options: HstsOptions): string {
  const { maxAge = YEAR, includeSubDomains = true, preload = false } = options;
  if (!Number.isSafeInteger(maxAge) || maxAge < 0) {
    throw new RangeError(
      `Cannot make secureHeaders: got maxAge ${maxAge}, want whole seconds`,
    );
  }
  if (preload && (maxAge < YEAR || !includeSubDomains)) {
    throw new RangeError(
      `Cannot make secureHeaders: preload wants includeSubDomains and a maxAge of ${YEAR} or more`,
    );
  }
  return `max-age=${maxAge}` +
    (includeSubDomains ? "; includeSubDomains" : "") +
    (preload ? "; preload" : "");
}

/** A dictionary of structured fields (RFC 9651). */
function featuresText(
  features: Readonly<Record<string, readonly string[] | "*">>,
): string {
  return Object.entries(features).map(([name, who]) => {
    if (!/^[a-z][a-z\d-]*$/.test(name)) {
      throw new TypeError(
        `Cannot make secureHeaders: ${JSON.stringify(name)} is no feature`,
      );
    }
    if (who === "*") return `${name}=*`;
    const list = who.map((one) => one === "self" ? one : quotedString(one));
    return `${name}=(${list.join(" ")})`;
  }).join(", ");
}
