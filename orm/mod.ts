// Copyright 2026 the Gee authors. MIT license.

/**
 * Under construction.
 *
 * @module
 */
export {};
