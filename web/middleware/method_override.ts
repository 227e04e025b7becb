// Copyright 2026 the Gee authors. MIT license.
import { Body, isFormType } from "../body.ts";
import { errorResponse } from "../error_response.ts";
import type { Fetch } from "../router_group.ts";

/** Options of {@linkcode methodOverride}. */
export interface MethodOverrideOptions {
  /**
   * The header that names the method; `""` for none.
   *
   * @default {"x-http-method-override"}
   */
  readonly header?: string;
  /**
   * The field of a form that names the method; `""` for none.
   *
   * @default {"_method"}
   */
  readonly field?: string;
  /**
   * The methods that may be named, in upper case.
   *
   * @default {["PUT", "PATCH", "DELETE"]}
   */
  readonly methods?: readonly string[];
  /**
   * Most bytes of a form that is searched for the field; a larger one, or one
   * without `content-length`, goes on as it is.
   *
   * @default {1048576}
   */
  readonly maxBytes?: number;
  /**
   * Milliseconds a client may take to send the form; then it reads 408.
   *
   * @default {30000}
   */
  readonly timeout?: number;
}

/**
 * Lets forms, which know only `GET` and `POST`, ask for other methods: a `POST`
 * that names one of the list becomes that. Any other name is passed over.
 *
 * It stands around an engine and is no middleware, since the method decides on
 * the route. Middleware against forged requests stays inside and sees the new
 * method.
 *
 * @param fetch What answers, such as `app.fetch`.
 * @param options Where the method is named, and which ones may be.
 * @returns What answers in its place, to be given to `Deno.serve` or `mount`.
 * @throws {TypeError} When `methods` has one that changes nothing, such as
 * `GET`, which `csrf` lets pass, or is not in upper case.
 *
 * @example Delete by a form
 * ```ts
 * import { Engine } from "@gee/std/web";
 * import { methodOverride } from "@gee/std/web/middleware";
 * import { assertEquals } from "@std/assert";
 *
 * const app = new Engine();
 * app.delete("/users/:id", (c) => c.string(`${c.param("id")} is gone`));
 * const fetch = methodOverride(app.fetch);
 *
 * const request = new Request("http://localhost/users/7", {
 *   method: "POST",
 *   headers: { "x-http-method-override": "DELETE" },
 * });
 * assertEquals(await (await fetch(request)).text(), "7 is gone");
 * ```
 */
export function methodOverride(
  fetch: Fetch,
  options: MethodOverrideOptions = {},
): Fetch {
  const {
    header = "x-http-method-override",
    field = "_method",
    methods = ["PUT", "PATCH", "DELETE"],
    maxBytes = 1 << 20,
    timeout = 30_000,
  } = options;
  const strange = methods.find((method) => !isOverride(method));
  if (strange !== undefined) {
    throw new TypeError(
      `Cannot override methods by "${strange}": want a method in upper case that changes something`,
    );
  }
  const allowed = new Set(methods);
  const limits = { bodyLimit: maxBytes, bodyTimeout: timeout };
  const allowedOf = (name: string) => {
    const method = name.toUpperCase();
    return allowed.has(method) ? method : undefined;
  };
  return function methodOverride(request, info) {
    if (request.method !== "POST") return fetch(request, info);
    const named = header === "" ? null : request.headers.get(header);
    if (named !== null) {
      const method = allowedOf(named);
      return fetch(method ? new Request(request, { method }) : request, info);
    }
    if (field === "" || !isSmallForm(request, maxBytes)) {
      return fetch(request, info);
    }
    return fieldOf(field, new Body(request, limits)).then(
      ({ value, body }) => {
        const method = allowedOf(value) ?? "POST";
        return fetch(new Request(request, { method, body }), info);
      },
      (error) => errorResponse(error, request),
    );
  };
}

function isOverride(method: string): boolean {
  return /^[A-Z]+(?:-[A-Z]+)*$/.test(method) &&
    !/^(?:GET|HEAD|OPTIONS|CONNECT|TRAC[EK])$/.test(method);
}

function isSmallForm({ headers }: Request, maxBytes: number): boolean {
  const length = Number(headers.get("content-length") ?? 0);
  return length > 0 && length <= maxBytes &&
    isFormType(headers.get("content-type") ?? "");
}

/** The text of a field, and the bytes of the form for those who read it next. */
async function fieldOf(
  name: string,
  form: Body,
): Promise<{ value: string; body: BodyInit }> {
  const body = await form.bytes();
  try {
    const value = (await form.form()).get(name);
    return { value: typeof value === "string" ? value : "", body };
  } catch {
    return { value: "", body }; // a malformed form is the handler's to refuse
  }
}
