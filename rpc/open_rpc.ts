// Copyright 2026 the Gee authors. MIT license.

import type { RegisteredMethod } from "./registered_method.ts";
import type { Service } from "./service.ts";
import type { StandardSchema } from "./standard_schema.ts";

/** A JSON Schema, draft 2020-12; `{}` lets anything through. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** What a document says of the whole. */
export interface OpenRpcInfo {
  /**
   * What the interface is called.
   *
   * @default {"rpc"}
   */
  readonly title?: string;
  /**
   * Its version.
   *
   * @default {"0.0.0"}
   */
  readonly version?: string;
}

/** An argument or a reply in an `OpenRpcDocument`. */
export interface OpenRpcContent {
  /** `args` or `reply`. */
  readonly name: string;
  /** What it looks like. */
  readonly schema: JsonSchema;
}

/** A method in an `OpenRpcDocument`. */
export interface OpenRpcMethod {
  /** What it is called by, as `Service.method`. */
  readonly name: string;
  /** The one argument. */
  readonly params: readonly OpenRpcContent[];
  /** The reply; of a stream, each item. */
  readonly result: OpenRpcContent;
  /** Whether a call may be repeated without harm. */
  readonly "x-idempotent": boolean;
  /** Whether the method is an async generator, so that it replies with a stream. */
  readonly "x-stream": boolean;
}

/** What can be called, as OpenRPC 1.3 describes it (https://spec.open-rpc.org). */
export interface OpenRpcDocument {
  /** The version of OpenRPC. */
  readonly openrpc: "1.3.2";
  /** What is described. */
  readonly info: Required<OpenRpcInfo>;
  /** The methods, sorted by name. */
  readonly methods: readonly OpenRpcMethod[];
}

/**
 * Describes services. JSON Schemas are those that validators make of themselves
 * (Standard JSON Schema); `{}` where there is none.
 */
export function openRpc(
  services: Iterable<Service>,
  { title = "rpc", version = "0.0.0" }: OpenRpcInfo = {},
): OpenRpcDocument {
  const methods = [...services].flatMap(({ declared }) => declared);
  return {
    openrpc: "1.3.2",
    info: { title, version },
    methods: methods.map(describeMethod).sort((a, b) =>
      a.name < b.name ? -1 : 1
    ),
  };
}

function describeMethod(method: RegisteredMethod): OpenRpcMethod {
  const { serviceMethod, schema, options, isGenerator } = method;
  return {
    name: serviceMethod,
    params: [{ name: "args", schema: jsonSchema(schema.args, "input") }],
    result: { name: "reply", schema: jsonSchema(schema.reply, "output") },
    "x-idempotent": options.idempotent ?? false,
    "x-stream": isGenerator,
  };
}

function jsonSchema(
  schema: StandardSchema | undefined,
  side: "input" | "output",
): JsonSchema {
  try {
    const made = schema?.["~standard"].jsonSchema?.[side];
    const json = made?.({ target: "draft-2020-12" }) ?? {};
    JSON.stringify(json); // A default may be a bigint.
    return json;
  } catch {
    // Not every validator has a JSON form, a `Date` say: the rest of the
    // document is worth having without it.
    return {};
  }
}
