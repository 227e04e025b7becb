// Copyright 2026 the Gee authors. MIT license.
import { HeaderList } from "./header_list.ts";

/** Details of an {@linkcode HttpError}. */
export interface HttpErrorOptions extends ErrorOptions {
  /**
   * Whether the client may read the message. When false it reads the plain
   * name of the status.
   *
   * @default {status < 500}
   */
  readonly expose?: boolean;
  /** Headers of the answer, such as `retry-after`. */
  readonly headers?: Readonly<Record<string, string>>;
  /**
   * Further members of the body where the message is exposed, such as the
   * `issues` of a form.
   */
  readonly details?: Readonly<Record<string, unknown>>;
}

const STATUS_NAMES: Readonly<Record<number, string>> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  406: "Not Acceptable",
  408: "Request Timeout",
  409: "Conflict",
  410: "Gone",
  412: "Precondition Failed",
  413: "Content Too Large",
  415: "Unsupported Media Type",
  416: "Range Not Satisfiable",
  422: "Unprocessable Content",
  426: "Upgrade Required",
  428: "Precondition Required",
  429: "Too Many Requests",
  499: "Client Closed Request",
  500: "Internal Server Error",
  501: "Not Implemented",
  502: "Bad Gateway",
  503: "Service Unavailable",
  504: "Gateway Timeout",
};

/** The name of an error status (RFC 9110), or that of its class. */
export function statusName(status: number): string {
  return STATUS_NAMES[status] ??
    (status < 500 ? "Bad Request" : "Server Error");
}

/**
 * An error that knows its HTTP status. Thrown anywhere below the engine, it
 * becomes that answer; any other error becomes a 500 that tells nothing.
 *
 * @example Refuse a request
 * ```ts
 * import { Engine, HttpError } from "@gee/std/web";
 * import { assertEquals } from "@std/assert";
 *
 * const app = new Engine();
 * app.get("/teapot", () => {
 *   throw new HttpError(409, "The pot is in use");
 * });
 * const response = await app.request("/teapot");
 * assertEquals(response.status, 409);
 * assertEquals(await response.json(), { message: "The pot is in use" });
 * ```
 */
export class HttpError extends Error {
  /** The name of the class. */
  override readonly name = "HttpError";
  /** Status of the answer, 400 to 599. */
  readonly status: number;
  /** Whether the client may read the message. */
  readonly expose: boolean;
  /** Headers of the answer. */
  readonly headers: Readonly<Record<string, string>>;
  /** Further members of the body. */
  readonly details: Readonly<Record<string, unknown>>;

  /**
   * Makes an error with a status.
   *
   * @param status Status of the answer, 400 to 599.
   * @param message What went wrong; the name of the status when left out.
   * @param options Whether the client may read it, headers, cause.
   * @throws {RangeError} When the status is not one of an error.
   * @throws {TypeError} When a header could split or forge others.
   */
  constructor(
    status: number,
    message: string = statusName(status),
    options: HttpErrorOptions = {},
  ) {
    if (!Number.isInteger(status) || status < 400 || status > 599) {
      throw new RangeError(
        `Cannot make an HttpError: got status ${status}, want 400 to 599`,
      );
    }
    super(message, options);
    if (options.headers !== undefined) checkHeaders(options.headers);
    this.status = status;
    this.expose = options.expose ?? status < 500;
    this.headers = options.headers ?? {};
    this.details = options.details ?? {};
  }
}

/** Refuses bad headers where the error is made, not when it is answered. */
function checkHeaders(headers: Readonly<Record<string, string>>): void {
  const list = new HeaderList();
  for (const [name, value] of Object.entries(headers)) list.set(name, value);
}
