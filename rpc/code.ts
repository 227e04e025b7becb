// Copyright 2026 the Gee authors. MIT license.

/**
 * Why a call failed, for programs: the codes of gRPC, spelled as its JSON does.
 *
 * | code | status | when |
 * | --- | --- | --- |
 * | `canceled` | 499 | the caller gave the call up |
 * | `unknown` | 500 | the method threw something without a code |
 * | `invalid_argument` | 400 | the arguments are wrong, whatever the state |
 * | `deadline_exceeded` | 504 | the time was over |
 * | `not_found` | 404 | what is asked for is not there |
 * | `already_exists` | 409 | what is to be made is there |
 * | `permission_denied` | 403 | the caller is known and may not |
 * | `resource_exhausted` | 429 | a limit or a quota is reached |
 * | `failed_precondition` | 400 | the state does not allow it |
 * | `aborted` | 409 | a conflict; the caller may begin again |
 * | `out_of_range` | 400 | beyond what is there |
 * | `unimplemented` | 404 | no such service or method |
 * | `internal` | 500 | an invariant is broken |
 * | `unavailable` | 503 | not now; a repetition may succeed |
 * | `data_loss` | 500 | data is lost or broken |
 * | `unauthenticated` | 401 | the caller is not known |
 *
 * The statuses are those of HTTP in `POST /Service.method`.
 */
export type Code =
  | "canceled"
  | "unknown"
  | "invalid_argument"
  | "deadline_exceeded"
  | "not_found"
  | "already_exists"
  | "permission_denied"
  | "resource_exhausted"
  | "failed_precondition"
  | "aborted"
  | "out_of_range"
  | "unimplemented"
  | "internal"
  | "unavailable"
  | "data_loss"
  | "unauthenticated";

/** The codes in the order of their numbers on the wire, from 1. */
export const CODES: readonly Code[] = Object.freeze([
  "canceled",
  "unknown",
  "invalid_argument",
  "deadline_exceeded",
  "not_found",
  "already_exists",
  "permission_denied",
  "resource_exhausted",
  "failed_precondition",
  "aborted",
  "out_of_range",
  "unimplemented",
  "internal",
  "unavailable",
  "data_loss",
  "unauthenticated",
]);

/** The statuses of HTTP, as the table above has them. */
const STATUSES: Readonly<Record<Code, number>> = Object.freeze({
  canceled: 499,
  unknown: 500,
  invalid_argument: 400,
  deadline_exceeded: 504,
  not_found: 404,
  already_exists: 409,
  permission_denied: 403,
  resource_exhausted: 429,
  failed_precondition: 400,
  aborted: 409,
  out_of_range: 400,
  unimplemented: 404,
  internal: 500,
  unavailable: 503,
  data_loss: 500,
  unauthenticated: 401,
});

/** The status of HTTP that says the same. */
export function statusOf(code: Code): number {
  return STATUSES[code];
}
