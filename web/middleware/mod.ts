// Copyright 2026 the Gee authors. MIT license.

/**
 * Middleware for `@gee/std/web`, one function with one options object each.
 *
 * | function | what it does |
 * |---|---|
 * | {@linkcode basicAuth} | asks for a name and a password |
 * | {@linkcode bearerAuth} | asks for a token |
 * | {@linkcode bodyLimit} | other limits for the bodies of some routes |
 * | {@linkcode cacheControl} | says how long answers may be kept |
 * | {@linkcode cors} | tells browsers which other sites may read answers |
 * | {@linkcode csrf} | refuses what other sites send in the name of a user |
 * | {@linkcode devErrors} | tells developers what went wrong |
 * | {@linkcode etag} | tags answers, and answers 304 to those who have them |
 * | {@linkcode ipAllow} | refuses clients by their address |
 * | {@linkcode jwt} | asks for a JSON Web Token, with keys of ours or a URL |
 * | {@linkcode language} | chooses the language of the answer |
 * | {@linkcode liveReload} | loads pages again when the program comes back |
 * | {@linkcode logger} | writes a line for each request |
 * | {@linkcode methodOverride} | lets forms ask for other methods; stands around an engine |
 * | {@linkcode noStore} | says that nobody may keep an answer |
 * | {@linkcode noTransform} | says that nobody may change or compress an answer |
 * | {@linkcode rateLimit} | refuses clients that ask too often |
 * | {@linkcode recovery} | turns what is thrown into an answer |
 * | {@linkcode requestId} | gives each request an id |
 * | {@linkcode responseCache} | keeps answers, and gives them to others who ask the same |
 * | {@linkcode secureHeaders} | sets the headers that protect pages |
 * | {@linkcode serverTiming} | tells the client where the time went |
 * | {@linkcode session} | keeps data of a client from request to request |
 * | {@linkcode timeout} | a deadline for some routes |
 *
 * {@linkcode signJwt} and {@linkcode verifyJwt} are what `jwt` is made of.
 *
 * What a middleware leaves in `c.state` has a type, for the engine to know of:
 * `new Engine<SessionState<{ user: string }> & JwtState>()`.
 *
 * @example The default pair
 * ```ts
 * import { Engine } from "@gee/std/web";
 * import { logger, recovery } from "@gee/std/web/middleware";
 * import { assertEquals } from "@std/assert";
 *
 * const app = new Engine().use(logger({ log: () => {} }), recovery());
 * app.get("/", (c) => c.string("Hello"));
 * assertEquals((await app.request("/")).status, 200);
 * ```
 *
 * @module
 */

export { type ResponseCacheOptions } from "./answer_cache.ts";
export { type AnswerStoreOptions } from "./answer_shelf.ts";
export {
  basicAuth,
  type BasicAuthOptions,
  type BasicAuthState,
} from "./basic_auth.ts";
export { bearerAuth, type BearerAuthOptions } from "./bearer_auth.ts";
export { bodyLimit, type BodyLimitOptions } from "./body_limit.ts";
export {
  cacheControl,
  type CacheControlOptions,
  noStore,
} from "./cache_control.ts";
export { type CspDirectives } from "./content_security_policy.ts";
export { cors, type CorsOptions, type OriginRule } from "./cors.ts";
export { csrf, type CsrfOptions } from "./csrf.ts";
export { type CsrfState, type CsrfTokenOptions } from "./csrf_token.ts";
export { devErrors, type DevErrorsOptions } from "./dev_errors.ts";
export { etag, type EtagOptions } from "./etag.ts";
export { ipAllow, type IpAllowOptions } from "./ip_allow.ts";
export { jwt, type JwtOptions, type JwtState } from "./jwt.ts";
export {
  language,
  type LanguageOptions,
  type LanguageState,
} from "./language.ts";
export { liveReload, type LiveReloadOptions } from "./live_reload.ts";
export { type LoggerOptions } from "./log_book.ts";
export { logger } from "./logger.ts";
export {
  type MemoryOptions,
  memoryStore,
  type ResponseStore,
} from "./memory_store.ts";
export {
  methodOverride,
  type MethodOverrideOptions,
} from "./method_override.ts";
export { noTransform } from "./no_transform.ts";
export { rateLimit, type RateLimitOptions } from "./rate_limit.ts";
export {
  type RateLimit,
  type RateLimitStore,
  type RateVerdict,
} from "./rate_limit_store.ts";
export { recovery, type RecoveryOptions } from "./recovery.ts";
export {
  requestId,
  type RequestIdOptions,
  type RequestIdState,
} from "./request_id.ts";
export { responseCache } from "./response_cache.ts";
export {
  type CspNonceState,
  type HstsOptions,
  secureHeaders,
  type SecureHeadersOptions,
} from "./secure_headers.ts";
export {
  type ServerTiming,
  serverTiming,
  type ServerTimingOptions,
  type ServerTimingState,
  type TimingEntry,
} from "./server_timing.ts";
export {
  type Session,
  session,
  type SessionOptions,
  type SessionState,
} from "./session.ts";
export { type SessionSetOptions, type SessionStore } from "./session_store.ts";
export { timeout, type TimeoutOptions } from "./timeout.ts";
export { type JwtAlgorithm } from "../jwt/algorithm.ts";
export { type ClaimOptions } from "../jwt/claims.ts";
export { type Fetcher } from "../jwt/fetch_json.ts";
export { JwtError, type JwtFault } from "../jwt/jwt_error.ts";
export { type JwtJsonKey, type JwtKey } from "../jwt/jwt_key.ts";
export { RemoteKeys, type RemoteKeysOptions } from "../jwt/remote_keys.ts";
export { signJwt, type SignJwtOptions } from "../jwt/sign_jwt.ts";
export { type JwtHeader, type JwtPayload } from "../jwt/token_text.ts";
export {
  type JwtKeyFinder,
  type VerifiedJwt,
  verifyJwt,
  type VerifyJwtOptions,
} from "../jwt/verify_jwt.ts";
