// Copyright 2026 the Gee authors. MIT license.

import { checkMilliseconds, timeLimit } from "../duration.ts";

/** How etcd is reached. */
export interface EtcdOptions {
  /**
   * URLs of the members, asked in turn, the one that answered last first.
   *
   * @default {["http://127.0.0.1:2379"]}
   */
  readonly endpoints?: readonly (string | URL)[];
  /**
   * What the keys of the servers begin with.
   *
   * @default {"/gee/rpc/"}
   */
  readonly prefix?: string;
  /**
   * A token that etcd gave, or that a proxy in front of it wants; sent as
   * `Authorization`.
   *
   * @default none
   */
  readonly token?: string;
  /**
   * Name and password of a user of etcd, for which a token is fetched.
   *
   * @default none
   */
  readonly user?: { readonly name: string; readonly password: string };
  /**
   * How long etcd may take to answer, in ms; 0 is no limit.
   *
   * @default {5000}
   */
  readonly timeout?: number;
  /**
   * Told about each failure; the next try follows all the same.
   *
   * @default nothing is told
   */
  readonly onError?: (error: unknown) => void;
}

/** A JSON object, as etcd sends it. */
export type Json = Readonly<Record<string, unknown>>;

// Thousands of servers, and no more memory than that.
const MAX_BYTES = 16 << 20;

/** Speaks with etcd over its JSON gateway, by plain `fetch`. */
export class EtcdGateway {
  readonly #endpoints: readonly string[];
  readonly #user: EtcdOptions["user"];
  readonly #timeout: number;
  #token: string | undefined;
  #current = 0;

  /**
   * @param options How etcd is reached.
   * @throws {TypeError} when an endpoint is no URL, or there is none.
   * @throws {RangeError} when the timeout is out of range.
   */
  constructor(options: EtcdOptions) {
    const { endpoints = ["http://127.0.0.1:2379"], timeout = 5000 } = options;
    this.#endpoints = endpoints.map((url) => new URL(url).href);
    if (endpoints.length === 0) {
      throw new TypeError("Cannot use etcd: no endpoint is given");
    }
    this.#timeout = checkMilliseconds("timeout", timeout);
    this.#token = options.token;
    this.#user = options.user;
  }

  /** Asks one question, of the members in turn. */
  async call(path: string, body: unknown, signal?: AbortSignal): Promise<Json> {
    let failure: unknown;
    for (const _ of this.#endpoints) {
      try {
        const limit = timeLimit(this.#timeout, signal);
        for await (const line of this.#lines(path, body, limit)) return line;
        throw new Error(`Cannot ask etcd for "${path}": the answer is empty`);
      } catch (error) {
        signal?.throwIfAborted();
        failure = error;
        this.#current = (this.#current + 1) % this.#endpoints.length;
      }
    }
    throw failure;
  }

  /** Reads what the member that answered last sends, until it ends or the signal aborts. */
  async *stream(
    path: string,
    body: unknown,
    signal: AbortSignal,
  ): AsyncGenerator<Json> {
    yield* this.#lines(path, body, signal);
  }

  /** The objects of an answer, one a line. */
  async *#lines(
    path: string,
    body: unknown,
    signal: AbortSignal,
  ): AsyncGenerator<Json> {
    const response = await this.#post(path, body, signal);
    if (!response.ok) {
      const text = await response.text();
      throw new Error(
        `Cannot ask etcd for "${path}": it answered ${response.status} ${
          text.slice(0, 200).trim()
        }`,
      );
    }
    let rest = "";
    for await (const chunk of decoded(response)) {
      rest += chunk;
      if (rest.length > MAX_BYTES) {
        throw new RangeError(
          `Cannot read the answer of etcd: it is longer than ${MAX_BYTES} bytes`,
        );
      }
      if (!chunk.includes("\n")) continue;
      const lines = rest.split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) if (line !== "") yield parse(path, line);
    }
    if (rest !== "") yield parse(path, rest);
  }

  async #post(
    path: string,
    body: unknown,
    signal: AbortSignal,
  ): Promise<Response> {
    if (this.#token === undefined) await this.#authenticate(signal);
    const response = await this.#send(path, body, signal);
    if (response.status !== 401 || this.#user === undefined) return response;
    // Tokens end, after five minutes by default, and with etcd's restart.
    await response.body?.cancel();
    this.#token = undefined;
    await this.#authenticate(signal);
    return await this.#send(path, body, signal);
  }

  async #authenticate(signal: AbortSignal): Promise<void> {
    if (this.#user === undefined) return;
    const response = await this.#send("auth/authenticate", this.#user, signal);
    const text = await response.text();
    const token = response.ok
      ? parse("auth/authenticate", text).token
      : undefined;
    if (typeof token !== "string") {
      throw new Error(
        `Cannot log in to etcd as "${this.#user.name}": it answered ${response.status}`,
      );
    }
    this.#token = token;
  }

  #send(path: string, body: unknown, signal: AbortSignal): Promise<Response> {
    const endpoint = this.#endpoints[this.#current]!; // within its bounds
    return fetch(new URL(`/v3/${path}`, endpoint), {
      method: "POST",
      headers: {
        "content-type": "application/json",
        ...(this.#token === undefined ? {} : { authorization: this.#token }),
      },
      body: JSON.stringify(body),
      signal,
      redirect: "error",
    });
  }
}

/** A member that is an object, or an empty one. */
export function objectAt(json: Json, name: string): Json {
  const value = json[name];
  return typeof value === "object" && value !== null ? value as Json : {}; // just checked
}

/** The objects of a member that is a list, or none. */
export function objectsAt(json: Json, name: string): readonly Json[] {
  const value = json[name];
  return Array.isArray(value)
    ? value.filter((item) => typeof item === "object" && item !== null)
    : [];
}

/** Text as etcd's JSON has its bytes: in base64. */
export function toBase64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}

/** The text in a member; undefined where there is none. */
export function textAt(json: Json, name: string): string | undefined {
  const value = json[name];
  if (typeof value !== "string") return undefined;
  const binary = atob(value);
  return new TextDecoder().decode(
    Uint8Array.from(binary, (char) => char.charCodeAt(0)),
  );
}

async function* decoded(response: Response): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    yield decoder.decode(chunk, { stream: true });
  }
}

function parse(path: string, line: string): Json {
  const json: unknown = JSON.parse(line);
  if (typeof json !== "object" || json === null) {
    throw new TypeError(
      `Cannot read the answer of etcd to "${path}": it is no object`,
    );
  }
  const answer = json as Json; // just checked
  // An error in the midst of a stream, when its status is long gone.
  if (answer.error !== undefined) {
    throw new Error(
      `Cannot ask etcd for "${path}": ${JSON.stringify(answer.error)}`,
    );
  }
  return answer;
}
