// Copyright 2026 the Gee authors. MIT license.
// What a client is typed by: types alone, since a client is to load in a
// browser, where nothing of the server is.
import type { ParamsOf } from "../pattern.ts";
import type { At } from "./route_definition.ts";
import type { PatternIn } from "./route_key.ts";
import type { InputOf, OutputOf } from "./standard_schema.ts";

/**
 * The types of a record of routes.
 *
 * @typeParam Queries The validators of queries, by key.
 * @typeParam Bodies The validators of bodies, by key.
 * @typeParam Responses The validators of answers, by key.
 * @typeParam Results What handlers return, by key.
 */
export interface RouteTypes<Queries, Bodies, Responses, Results> {
  /** The validators of queries, by key. */
  readonly queries: Queries;
  /** The validators of bodies, by key. */
  readonly bodies: Bodies;
  /** The validators of answers, by key. */
  readonly responses: Responses;
  /** What handlers return, by key. */
  readonly results: Results;
}

/** What JSON keeps as it is. */
export type Scalar = string | number | boolean | null | undefined;

/**
 * What is left of a value that goes through JSON: a `Date` becomes a string.
 *
 * @typeParam Value The type of the value.
 */
export type Json<Value> = Value extends Scalar ? Value : JsonObject<Value>;

/**
 * What is left of an object that goes through JSON.
 *
 * @typeParam Value The type of the object.
 */
export type JsonObject<Value> = Value extends { toJSON(): infer Encoded }
  ? Encoded
  : Value extends object ? { [Key in keyof Value]: Json<Value[Key]> }
  : Value;

/**
 * What a call of a route gives.
 *
 * @typeParam Schema The validator of the answer.
 * @typeParam Result What the handler returns.
 */
export type CallResult<Schema, Result> = unknown extends Schema
  ? ValueOf<Exclude<Awaited<Result>, Response>>
  : Json<OutputOf<Schema>>;

/**
 * A value that came as JSON; unknown where the handler makes responses itself.
 *
 * @typeParam Value What the handler returns beside responses.
 */
export type ValueOf<Value> = [Value] extends [never] ? unknown
  : Value extends void ? undefined
  : Json<Value>;

/** What any call takes. */
export interface CallOptions {
  /** Further headers of this request. */
  readonly headers?: HeadersInit;
  /** Aborts the call, which rejects with its reason. */
  readonly signal?: AbortSignal;
}

/**
 * What a call of a route takes.
 *
 * @typeParam Key The key of the route.
 * @typeParam Query The validator of its query.
 * @typeParam Body The validator of its body.
 */
export type CallInput<Key, Query, Body> =
  & CallOptions
  & ParamsPart<ParamsOf<PatternIn<Key>>>
  & QueryPart<InputOf<Query>>
  & BodyPart<InputOf<Body>>;

/**
 * The parameters of a call, where the path has any.
 *
 * @typeParam Params Their types.
 */
export type ParamsPart<Params> = keyof Params extends never ? object : {
  /** The parameters of the path, not encoded. */
  readonly params: Params;
};

/**
 * The query of a call, where the route takes one.
 *
 * @typeParam Query Its type.
 */
export type QueryPart<Query> = undefined extends Query
  ? { readonly query?: Exclude<Query, undefined> }
  : Optional<"query", Query>;

/**
 * A member that may be left out when an empty object would do.
 *
 * @typeParam Name Its name.
 * @typeParam Value Its type.
 */
export type Optional<Name extends string, Value> = object extends Value
  ? { readonly [Key in Name]?: Value }
  : { readonly [Key in Name]: Value };

/**
 * The body of a call, where the route takes one: a value for JSON, or a form.
 *
 * @typeParam Body Its type.
 */
export type BodyPart<Body> = undefined extends Body
  ? { readonly body?: Exclude<Body, undefined> | FormData }
  : { readonly body: Body | FormData };

/**
 * The arguments of a call after its key: an object, which may be left out when
 * nothing in it has to be there.
 *
 * @typeParam Input The object.
 */
export type CallArguments<Input> = object extends Input ? [input?: Input]
  : [input: Input];

/**
 * Calls routes by their keys.
 *
 * @typeParam Queries The validators of queries, by key.
 * @typeParam Bodies The validators of bodies, by key.
 * @typeParam Responses The validators of answers, by key.
 * @typeParam Results What handlers return, by key.
 */
export interface Client<Queries, Bodies, Responses, Results> {
  /**
   * Calls a route.
   *
   * @typeParam Key Its key.
   * @param key Its key, such as `GET /users/:id`.
   * @param input Parameters, query and body, as the route has them.
   * @returns What it answered: undefined for 204, the value of JSON, a string
   * for any other text, else bytes.
   * @throws {ClientError} For a status that is not 2xx.
   * @throws {TypeError} When a parameter cannot stand in a path, or the server
   * cannot be reached.
   */
  <Key extends keyof Results & string>(
    key: Key,
    ...input: CallArguments<
      CallInput<Key, At<Queries, Key>, At<Bodies, Key>>
    >
  ): Promise<CallResult<At<Responses, Key>, Results[Key]>>;
}

/**
 * The client for a record of routes.
 *
 * @typeParam Routes The type of the routes.
 */
export type ClientOf<Routes> = Routes extends {
  readonly "~types"?:
    | RouteTypes<
      infer Queries,
      infer Bodies,
      infer Responses,
      infer Results
    >
    | undefined;
} ? Client<Queries, Bodies, Responses, Results>
  : never;
