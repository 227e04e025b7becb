// Copyright 2026 the Gee authors. MIT license.
import type { RequestIssue } from "./request_issue.ts";

/**
 * An answer that is not 2xx, or not what it says it is. Its message is that of
 * the server, where it has one.
 *
 * @example Read the issues
 * ```ts
 * import { defineRoutes, Engine } from "@gee/std/web";
 * import { client, ClientError } from "@gee/std/web/client";
 * import { assertEquals, assertRejects } from "@std/assert";
 * import * as v from "npm:valibot@1.5.0";
 *
 * const routes = defineRoutes({
 *   "POST /users": {
 *     body: v.object({ name: v.pipe(v.string(), v.minLength(2, "Too short")) }),
 *     handler: ({ body }) => body.name,
 *   },
 * });
 * const app = new Engine();
 * routes.register(app);
 * const api = client<typeof routes>("http://localhost", { fetch: app.fetch });
 *
 * const error = await assertRejects(
 *   () => api("POST /users", { body: { name: "T" } }),
 *   ClientError,
 *   "The request is not valid",
 * );
 * assertEquals(error.status, 422);
 * assertEquals(error.issues, [
 *   { in: "body", path: ["name"], message: "Too short" },
 * ]);
 * ```
 */
export class ClientError extends Error {
  /** The name of the class. */
  override readonly name = "ClientError";
  /** The status of the answer. */
  readonly status: number;
  /** The body of the answer: the value of JSON, else a text. */
  readonly body: unknown;
  /** What of the request does not fit, when the status is 422. */
  readonly issues: readonly RequestIssue[];
  /** The answer; its body has been read. */
  readonly response: Response;

  /**
   * Made by the client.
   *
   * @param response The answer.
   * @param body Its body.
   * @param options The cause.
   */
  constructor(response: Response, body: unknown, options?: ErrorOptions) {
    super(messageOf(response, body), options);
    this.status = response.status;
    this.body = body;
    this.issues = issuesOf(body);
    this.response = response;
  }
}

function messageOf(
  { ok, status, statusText }: Response,
  body: unknown,
): string {
  if (ok) return "Cannot read the answer: it is not valid JSON";
  const { detail, message, title } = membersOf(body);
  const text = [detail, message, title].find((one) => typeof one === "string");
  return String(text ?? (statusText || `The server answered ${status}`));
}

/** The issues of our own servers; others may put anything there. */
function issuesOf(body: unknown): RequestIssue[] {
  const { issues } = membersOf(body);
  if (!Array.isArray(issues)) return [];
  return issues.filter((issue: unknown): issue is RequestIssue => {
    const { in: place, path, message } = membersOf(issue);
    return (place === "query" || place === "body") && Array.isArray(path) &&
      typeof message === "string";
  });
}

function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  // Any member of any object may be asked for; it is unknown then.
  return typeof value === "object" && value !== null
    ? value as Record<string, unknown>
    : {};
}
