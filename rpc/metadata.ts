// Copyright 2026 the Gee authors. MIT license.

/**
 * What travels beside arguments: names of lower-case letters, digits, "-", "_"
 * and ".", each with one text. Only gee frames and HTTP carry it.
 */
export type Metadata = Readonly<Record<string, string>>;

/** No metadata; shared, so that calls without it allocate nothing. */
export const NO_METADATA: Metadata = Object.freeze(
  Object.create(null) as Record<string, string>,
);
