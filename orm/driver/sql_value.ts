// Copyright 2026 the Gee authors. MIT license.

/** A value as drivers take and return it. A `number` is bound as a real. */
export type SqlValue = null | number | bigint | string | Uint8Array;
