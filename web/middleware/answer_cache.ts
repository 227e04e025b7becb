// Copyright 2026 the Gee authors. MIT license.
import type { Context } from "../context.ts";
import type { WaitingHeader } from "../header_list.ts";
import type { AnyParams } from "../incoming.ts";
import { AnswerShelf, type AnswerStoreOptions } from "./answer_shelf.ts";
import { entityTag } from "./entity_tag.ts";
import { finalHeaders } from "./final_headers.ts";
import { Flights, type Landed } from "./flights.ts";
import { type Freshness, freshnessOf } from "./freshness.ts";
import { hide, keyOf, namesIn } from "./keyed_request.ts";
import { type KeptAnswer, replay, respond } from "./kept_answer.ts";
import { isToken } from "../token.ts";
import { wholeBody } from "./whole_body.ts";

/** Options of {@linkcode responseCache}. */
export interface ResponseCacheOptions extends AnswerStoreOptions {
  /**
   * Milliseconds an answer is kept that says nothing about it itself. What
   * `cache-control` or `expires` say counts before it.
   *
   * @default {0}
   */
  readonly ttl?: number;
  /**
   * Headers of the request that make a difference, such as `accept-language`.
   * They are part of the key, beside those that a middleware outside has put
   * into `vary`, and the only ones that handlers inside can see.
   *
   * @default {[]}
   */
  readonly vary?: readonly string[];
  /**
   * Statuses of answers that are kept.
   *
   * @default {[200]}
   */
  readonly statuses?: readonly number[];
  /**
   * Most bytes of an answer that is kept.
   *
   * @default {1048576}
   */
  readonly maxBytes?: number;
}

type AnyContext = Context<AnyParams, object>;

/** One request that asks the cache. */
interface Question {
  readonly c: AnyContext;
  readonly key: string;
  /** Names of the headers in the key. */
  readonly names: ReadonlySet<string>;
}

/** What is known of an answer before its body is read. */
interface Facts {
  /** What was set on the context inside. */
  readonly waiting: readonly WaitingHeader[];
  /** All headers it goes out with. */
  readonly headers: Headers;
  readonly freshness: Freshness;
}

/** Headers that say who asks. */
const CREDENTIALS = ["authorization", "cookie"];

/** A shared cache of answers. */
export class AnswerCache {
  readonly #ttl: number;
  readonly #vary: readonly string[];
  readonly #statuses: ReadonlySet<number>;
  readonly #maxBytes: number;
  readonly #now: () => number;
  readonly #shelf: AnswerShelf;
  readonly #flights = new Flights<KeptAnswer>();

  /** Makes an empty one. */
  constructor(options: ResponseCacheOptions) {
    const { ttl = 0, vary = [], maxBytes = 1 << 20, now = Date.now } = options;
    for (const [name, value] of Object.entries({ ttl, maxBytes })) {
      if (value >= 0) continue;
      throw new RangeError(
        `Cannot keep answers: got ${name} ${value}, want a positive number`,
      );
    }
    const strange = vary.find((name) => !isToken(name) || name === "*");
    if (strange !== undefined) {
      throw new TypeError(
        `Cannot keep answers: "${strange}" in vary is not the name of a header`,
      );
    }
    this.#ttl = ttl;
    this.#vary = vary.map((name) => name.toLowerCase());
    this.#statuses = new Set(options.statuses ?? [200]);
    this.#maxBytes = maxBytes;
    this.#now = now;
    this.#shelf = new AnswerShelf(options);
  }

  /** Answers from what is kept, or by the rest of the chain. */
  answer(c: AnyContext): Response | Promise<Response> {
    if (c.method !== "GET" && c.method !== "HEAD") return c.next();
    const outside = c.waitingHeaders.filter(({ name }) => name === "vary")
      .flatMap(({ value }) => namesIn(value));
    const names = new Set([...this.#vary, ...outside]);
    if (names.has("*")) return c.next();
    const question = { c, key: keyOf(c, names), names };
    const hasCredentials = CREDENTIALS.some((name) =>
      !names.has(name) && c.header(name) !== undefined
    );
    return hasCredentials ? this.#answerOne(question) : this.#ask(question);
  }

  /** Answers a request with credentials, which only `public` answers suit. */
  #answerOne({ c, key }: Question): Response | Promise<Response> {
    const answer = (kept: KeptAnswer | undefined) =>
      kept?.isPublic ? this.#take(kept, c) : c.next();
    const found = this.#shelf.find(key);
    return found instanceof Promise ? found.then(answer) : answer(found);
  }

  #ask(question: Question): Response | Promise<Response> {
    const { c, key } = question;
    const flight = this.#flights.get(key);
    if (flight !== undefined) return this.#join(question, flight);
    const found = this.#shelf.find(key);
    return found === undefined || found instanceof Promise
      ? this.#lead(question, found)
      : this.#take(found, c);
  }

  /** Waits for another request that asks the same. */
  async #join(
    question: Question,
    flight: Promise<Landed<KeptAnswer>>,
  ): Promise<Response> {
    const { c } = question;
    const landed = await flight;
    if (landed === "again") return this.#ask(question);
    if (landed !== "pass") return this.#take(landed, c);
    const made = await this.#make(question);
    return made instanceof Response ? made : respond(made, c, this.#now());
  }

  /** Looks for all who ask meanwhile, and makes the answer where there is none. */
  async #lead(
    question: Question,
    found: Promise<KeptAnswer | undefined> | undefined,
  ): Promise<Response> {
    const { c, key } = question;
    const flight = this.#flights.start(key, c.lifetime.signal);
    try {
      const kept = await found;
      if (kept !== undefined) {
        flight.land(kept);
        return this.#take(kept, c);
      }
      const made = await this.#make(question);
      if (made instanceof Response) {
        flight.land("pass");
        return made;
      }
      flight.land(made, this.#shelf.put(made));
      return respond(made, c, this.#now());
    } catch (error) {
      flight.fail(error);
      throw error;
    }
  }

  /** Answers with what others made. */
  #take(kept: KeptAnswer, c: AnyContext): Response {
    replay(kept, c);
    return respond(kept, c, this.#now());
  }

  /** Runs the rest of the chain; gives its response where it may not be kept. */
  async #make(question: Question): Promise<KeptAnswer | Response> {
    const { c, names } = question;
    const before = new Set(c.waitingHeaders);
    const show = hide(c, names);
    let answer: Response;
    try {
      answer = await c.next();
    } finally {
      show();
    }
    const waiting = c.waitingHeaders.filter((header) => !before.has(header));
    const headers = finalHeaders(c, answer);
    const hasCookie = answer.headers.has("set-cookie") ||
      waiting.some(({ name }) => name === "set-cookie");
    const freshness = freshnessOf(headers, this.#ttl, this.#now());
    const isKeepable = freshness.ms > 0 && !hasCookie &&
      this.#statuses.has(answer.status) &&
      namesIn(headers.get("vary")).every((name) => names.has(name)) &&
      !headers.get("content-type")?.startsWith("text/event-stream");
    if (!isKeepable) return answer;
    return await this.#pack(question, answer, { waiting, headers, freshness });
  }

  /** Makes an answer ready to be kept; gives it back where it is not whole. */
  async #pack(
    { c, key }: Question,
    answer: Response,
    { waiting, headers, freshness }: Facts,
  ): Promise<KeptAnswer | Response> {
    const { response, bytes } = await wholeBody(answer, this.#maxBytes);
    if (bytes === undefined) return response;
    const isHead = c.method === "HEAD" && bytes.length === 0;
    // A body that broke off must not pass for a whole one (RFC 9111, 3.3).
    const length = headers.get("content-length") ?? bytes.length;
    if (!isHead && Number(length) !== bytes.length) return response;
    const own = new Headers(response.headers);
    own.delete("age");
    // An own route for HEAD has no body to make the tag of GET from.
    if (response.ok && !isHead && !headers.has("etag")) {
      own.set("etag", await entityTag(bytes));
    }
    const { status } = response;
    const { age, ms, isPublic } = freshness;
    const now = this.#now();
    const times = { born: now - age * 1000, until: now + ms };
    const kept = { key, ...times, isPublic, status, waiting, body: bytes };
    return { ...kept, headers: [...own] };
  }
}
