// Copyright 2026 the Gee authors. MIT license.
import { HttpError, statusName } from "./http_error.ts";

/**
 * The answer to an error. The client reads the message where the error exposes
 * it, else the name of the status: `{"message": …}` as in Gee, or, when it asks
 * for JSON by its `accept` header, a problem of RFC 9457.
 *
 * @param error What was thrown; anything but an HttpError is a plain 500.
 * @param request Who asks.
 * @returns The response.
 */
export function errorResponse(error: unknown, request: Request): Response {
  if (!(error instanceof HttpError)) return statusResponse(500, request);
  const { status, message, details, headers } = error;
  const response = error.expose
    ? exposed(status, message, details, request)
    : statusResponse(status, request);
  for (const [name, value] of Object.entries(headers)) {
    response.headers.set(name, value);
  }
  return response;
}

/** Details without a JSON form must not cost the client its answer. */
function exposed(
  status: number,
  message: string,
  details: Readonly<Record<string, unknown>>,
  request: Request,
): Response {
  try {
    return answer(status, message, details, request);
  } catch {
    return answer(status, message, NO_DETAILS, request);
  }
}

/**
 * The answer to an error of which there is no more to say than its status. To
 * make and throw an error for it costs a missing page half of its time.
 *
 * @param status The status.
 * @param request Who asks.
 * @returns The response.
 */
export function statusResponse(status: number, request: Request): Response {
  return answer(status, statusName(status), NO_DETAILS, request);
}

const NO_DETAILS = {};

function answer(
  status: number,
  message: string,
  details: Readonly<Record<string, unknown>>,
  request: Request,
): Response {
  return wantsJson(request.headers.get("accept"))
    ? problem(status, message, details)
    : Response.json({ ...details, message }, { status });
}

function problem(
  status: number,
  message: string,
  details: Readonly<Record<string, unknown>>,
): Response {
  const title = statusName(status);
  const detail = message === title ? {} : { detail: message };
  return Response.json({ ...details, title, status, ...detail }, {
    status,
    headers: { "content-type": "application/problem+json" },
  });
}

/** Whether JSON is named, not just covered by a wildcard. */
function wantsJson(accept: string | null): boolean {
  return accept !== null && accept.includes("json") &&
    /\bapplication\/(?:problem\+)?json\b/i.test(accept);
}
