// Copyright 2026 the Gee authors. MIT license.

/**
 * Four independent modules for building services in Deno.
 *
 * @module
 */

export * as web from "./web/mod.ts";
export * as cache from "./cache/mod.ts";
export * as orm from "./orm/mod.ts";
export * as rpc from "./rpc/mod.ts";
