// Copyright 2026 the Gee authors. MIT license.
import type { Context, Handler } from "../context.ts";
import type { AnyParams, AnyState } from "../incoming.ts";
import type { ParamsOf } from "../pattern.ts";
import type { CheckedKey, PatternIn } from "./route_key.ts";
import type { OutputOf, StandardSchema } from "./standard_schema.ts";

/** In which form a body may come: JSON, or a form (URL-encoded or multipart). */
export type BodyKind = "json" | "form";

/** What a route may say of itself beside its schemas and its handler. */
export interface RouteDetails<State extends object = AnyState> {
  /** One line on what it does, for the docs. */
  readonly summary?: string;
  /** More on what it does, for the docs; empty lines part paragraphs. */
  readonly description?: string;
  /** The groups of the docs it belongs to. */
  readonly tags?: readonly string[];
  /**
   * Its name in the docs, unique among all routes.
   *
   * @default {method and path in one word, such as `getUsersId`}
   */
  readonly operationId?: string;
  /**
   * Whether new clients should not use it.
   *
   * @default {false}
   */
  readonly deprecated?: boolean;
  /**
   * Who may call it, for the docs: one of the listed requirements, each with
   * the names of `securitySchemes` and their scopes. Nothing is enforced by it.
   */
  readonly security?: readonly Readonly<Record<string, readonly string[]>>[];
  /**
   * Status of an answer that the handler gives as a value.
   *
   * @default {200, or 204 when there is no value}
   */
  readonly status?: number;
  /** For the docs: statuses of its errors and when they come. */
  readonly errors?: Readonly<Record<number, string>>;
  /**
   * In which form its body may come; any other is answered 415. Pages of other
   * sites can send forms, but not JSON, without asking: mind the middleware
   * `csrf` where forms are taken.
   *
   * @default {["json"]}
   */
  readonly accepts?: readonly BodyKind[];
  /**
   * Names of query parameters and form fields that are lists. They come as an
   * array however often they are there; any other only when it is there twice.
   *
   * @default {[]}
   */
  readonly lists?: readonly string[];
  /**
   * Middleware of this route alone, from the outside in.
   *
   * @default {[]}
   */
  readonly middleware?: readonly Handler<AnyParams, State>[];
  /**
   * Most bytes its body may have; more is answered 413.
   *
   * @default {the engine's}
   */
  readonly bodyLimit?: number;
  /**
   * Milliseconds its handler may take; then it is answered 503.
   *
   * @default {the engine's}
   */
  readonly timeout?: number;
}

/**
 * What the handler of a route gets.
 *
 * @typeParam Key The key of the route.
 * @typeParam Query The validator of its query.
 * @typeParam Body The validator of its body.
 * @typeParam State What middleware leaves in `c.state`.
 */
export interface RouteInput<
  Key,
  Query,
  Body,
  State extends object = AnyState,
> {
  /** The parameters of the path. */
  readonly params: ParamsOf<PatternIn<Key>>;
  /** What the validator made of the query; undefined without one. */
  readonly query: OutputOf<Query>;
  /** What the validator made of the body; undefined without one. */
  readonly body: OutputOf<Body>;
  /** The context, for headers, cookies, signal and all the rest. */
  readonly c: Context<ParamsOf<PatternIn<Key>>, State>;
}

/**
 * Answers a request with a value, which is sent as JSON, with nothing, or with
 * a response of its own. With a response schema the value is of its type.
 *
 * A conditional type of functions, not a function with a conditional result:
 * only so the compiler reads literals in a result by the schema.
 *
 * @typeParam Input What it gets.
 * @typeParam Schema The validator of the answer.
 * @typeParam Result What it returns where there is none.
 */
export type RouteHandler<Input, Schema, Result> = unknown extends Schema
  ? (input: Input) => Result
  : (input: Input) => RouteResult<OutputOf<Schema>>;

/**
 * What a handler with a response schema may return.
 *
 * @typeParam Value The type of the schema.
 */
export type RouteResult<Value> = Value | Response | Promise<Value | Response>;

/**
 * A route with a query.
 *
 * @typeParam Query The validator of its query.
 * @typeParam State What middleware leaves in `c.state`.
 */
export interface WithQuery<Query, State extends object = AnyState>
  extends RouteDetails<State> {
  /**
   * Validates the query, an object of strings, and arrays of them for names
   * that come several times or are `lists`.
   */
  readonly query?: Query;
}

/**
 * A route with a body.
 *
 * @typeParam Body The validator of its body.
 */
export interface WithBody<Body> {
  /**
   * Validates the body: parsed JSON, or an object of the fields of a form.
   * Undefined stands for a request without one.
   */
  readonly body?: Body;
}

/**
 * A route that says what it answers.
 *
 * @typeParam Schema The validator of its answer.
 */
export interface WithResponse<Schema> {
  /**
   * Describes the value that the handler returns, as it is before it becomes
   * JSON. It is sent as it is: only `validateResponses` checks it. Where it has
   * literals, such as those of an enum, let the handler take its argument: of
   * one without the compiler takes `"a"` for any string.
   */
  readonly response?: Schema;
}

/**
 * A route with its handler.
 *
 * @typeParam Input What the handler gets.
 * @typeParam Schema The validator of the answer.
 * @typeParam Result What it returns where there is none.
 */
export interface WithHandler<Input, Schema, Result> {
  /**
   * Answers. A value is sent as JSON; nothing is 204, unless the context has
   * answered; a `Response` goes out as it is.
   */
  readonly handler: RouteHandler<Input, Schema, Result>;
}

/**
 * A record of routes by keys such as `GET /users/:id{int}`. One mapped type for
 * each part of a route: from those the compiler infers each part of each route
 * before it looks at any handler.
 *
 * @typeParam Queries The validators of queries, by key.
 * @typeParam Bodies The validators of bodies, by key.
 * @typeParam Responses The validators of answers, by key.
 * @typeParam Results What handlers return, by key.
 * @typeParam State What middleware leaves in `c.state`.
 */
export type RouteRecord<
  Queries,
  Bodies,
  Responses,
  Results,
  State extends object = AnyState,
> =
  & {
    readonly [Key in keyof Queries]:
      & CheckedKey<Key>
      & WithQuery<Queries[Key], State>;
  }
  & { readonly [Key in keyof Bodies]: WithBody<Bodies[Key]> }
  & { readonly [Key in keyof Responses]: WithResponse<Responses[Key]> }
  & {
    readonly [Key in keyof Results]: WithHandler<
      RouteInput<Key, At<Queries, Key>, At<Bodies, Key>, State>,
      At<Responses, Key>,
      Results[Key]
    >;
  };

/**
 * The member of a record, unknown where it has none.
 *
 * @typeParam All The record.
 * @typeParam Key The name of the member.
 */
export type At<All, Key> = Key extends keyof All ? All[Key] : unknown;

/** What a handler gets, without the types of its route. */
export interface UntypedInput {
  /** The parameters of the path. */
  readonly params: AnyParams;
  /** What the validator made of the query; undefined without one. */
  readonly query: unknown;
  /** What the validator made of the body; undefined without one. */
  readonly body: unknown;
  /** The context. */
  readonly c: Context;
}

/** A route as it is at run time, where all types are gone. */
export interface RouteDefinition extends RouteDetails {
  /** Validates the query. */
  readonly query?: StandardSchema;
  /** Validates the body. */
  readonly body?: StandardSchema;
  /** Describes the answer. */
  readonly response?: StandardSchema;
  /** Answers. */
  readonly handler: (input: UntypedInput) => unknown;
}

/** A route with what its key says. */
export interface Endpoint {
  /** Its key in the record. */
  readonly key: string;
  /** The method in its key. */
  readonly method: string;
  /** The pattern in its key. */
  readonly pattern: string;
  /** What it does. */
  readonly route: RouteDefinition;
}
