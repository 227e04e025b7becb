// Copyright 2026 the Gee authors. MIT license.
import { HttpError } from "./http_error.ts";
import { parseJson } from "./json.ts";

/** What a request body may cost. */
export interface BodyLimits {
  /** Most bytes a body may have; more is answered 413. */
  readonly bodyLimit: number;
  /** Milliseconds until the whole body must be there, else 408. */
  readonly bodyTimeout: number;
}

const FORM = /^(?:multipart\/form-data|application\/x-www-form-urlencoded)\b/i;

/** Whether a `content-type` is that of a form. */
export function isFormType(type: string): boolean {
  return FORM.test(type);
}

/**
 * The body of a request: read once, counted while it streams, kept, so that
 * every reader can be called again.
 *
 * @example Read JSON
 * ```ts
 * import { Engine } from "@gee/std/web";
 * import { assertEquals } from "@std/assert";
 *
 * const app = new Engine({ bodyLimit: 20 });
 * app.post("/echo", async (c) => c.json(await c.body.json()));
 * const post = (body: string) => app.request("/echo", { method: "POST", body });
 * assertEquals(await (await post('{"a":1}')).json(), { a: 1 });
 * assertEquals((await post('{"a":')).status, 400);
 * assertEquals((await post(JSON.stringify("a".repeat(20)))).status, 413);
 * ```
 */
export class Body {
  readonly #request: Request;
  readonly #limits: BodyLimits;
  #bytes: Promise<Uint8Array<ArrayBuffer>> | undefined;
  #text: Promise<string> | undefined;
  #json: Promise<unknown> | undefined;
  #form: Promise<FormData> | undefined;
  /** Rejects the read under way; there only while one is. */
  #giveUp: (() => void) | undefined;

  /**
   * Made by the context when the body is asked for.
   *
   * @param request The request with the body.
   * @param limits What the body may cost.
   */
  constructor(request: Request, limits: BodyLimits) {
    this.#request = request;
    this.#limits = limits;
  }

  /** Whether a reader waits for the client to send the rest. */
  get isReading(): boolean {
    return this.#giveUp !== undefined;
  }

  /** Ends a read under way with 408: nobody waits for the rest any longer. */
  giveUp(): void {
    this.#giveUp?.();
  }

  /**
   * The body as bytes.
   *
   * @returns The bytes that all readers share, in the `content-encoding` they
   * came in; do not change them.
   * @throws {HttpError} 413 over the limit, 408 after the time limit, 499 when
   * the client breaks it off.
   */
  bytes(): Promise<Uint8Array<ArrayBuffer>> {
    return this.#bytes ??= this.#read();
  }

  /**
   * The body as UTF-8 text.
   *
   * @returns The text.
   * @throws {HttpError} As `bytes` does, and 415 for a body with a content
   * coding such as gzip: a few bytes of it could become gigabytes.
   */
  text(): Promise<string> {
    return this.#text ??= this.#plainBytes()
      .then((bytes) => new TextDecoder().decode(bytes));
  }

  /**
   * The body as JSON. Nothing checks its shape.
   *
   * @returns The value that all readers share.
   * @throws {HttpError} As `text` does, and 400 for malformed JSON, nesting
   * over 64 levels, and the keys `__proto__` and `constructor.prototype`.
   */
  json(): Promise<unknown> {
    return this.#json ??= this.text().then(parseJson);
  }

  /**
   * The body as a form, URL-encoded or multipart.
   *
   * @returns The fields that all readers share; a request without a body has
   * none.
   * @throws {HttpError} As `text` does, 415 for another content type and 400
   * for a malformed form.
   */
  form(): Promise<FormData> {
    return this.#form ??= this.#readForm();
  }

  async #readForm(): Promise<FormData> {
    const type = this.#request.headers.get("content-type");
    const bytes = await this.#plainBytes();
    if (type === null && bytes.length === 0) return new FormData();
    if (type === null || !isFormType(type)) {
      throw new HttpError(415, "The body is not a form");
    }
    try {
      const headers = { "content-type": type };
      return await new Response(bytes, { headers }).formData();
    } catch (cause) {
      throw new HttpError(400, "The body is not a valid form", { cause });
    }
  }

  /** The bytes, unless they stand for others (RFC 9110, section 8.4). */
  async #plainBytes(): Promise<Uint8Array<ArrayBuffer>> {
    const coding = this.#request.headers.get("content-encoding") ?? "identity";
    if (coding.toLowerCase() !== "identity") {
      throw new HttpError(415, "The body has a content coding", {
        headers: { "accept-encoding": "identity" },
      });
    }
    return await this.bytes();
  }

  async #read(): Promise<Uint8Array<ArrayBuffer>> {
    const { body, headers } = this.#request;
    if (body === null) return new Uint8Array();
    const { bodyLimit } = this.#limits;
    if (Number(headers.get("content-length") ?? 0) > bodyLimit) {
      await body.cancel();
      throw tooLarge(bodyLimit);
    }
    const reader = body.getReader();
    try {
      return await this.#readInTime(reader);
    } catch (cause) {
      // Tells the server to stop receiving; it has nobody to report to.
      reader.cancel(cause).catch(() => {});
      if (cause instanceof HttpError) throw cause;
      throw new HttpError(499, "The body broke off", { cause });
    }
  }

  async #readInTime(
    reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const { bodyLimit, bodyTimeout } = this.#limits;
    const late = Promise.withResolvers<never>();
    this.#giveUp = () => late.reject(new HttpError(408));
    const timer = Number.isFinite(bodyTimeout)
      ? setTimeout(this.#giveUp, bodyTimeout)
      : undefined;
    try {
      return await Promise.race([collect(reader, bodyLimit), late.promise]);
    } finally {
      this.#giveUp = undefined;
      clearTimeout(timer);
    }
  }
}

async function collect(
  reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>,
  limit: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  while (true) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.length;
    if (size > limit) throw tooLarge(limit);
    chunks.push(value);
  }
  const [first] = chunks;
  if (first !== undefined && chunks.length === 1) return first;
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

function tooLarge(limit: number): HttpError {
  return new HttpError(413, `The body is larger than ${limit} bytes`);
}
