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

const NAME = /^[a-z0-9._-]+$/;

/**
 * Passes metadata through, or throws for what is none.
 *
 * @throws {TypeError} when a name or a text is malformed.
 */
export function checkMetadata(metadata: Metadata): Metadata {
  for (const [name, text] of Object.entries(metadata)) {
    if (NAME.test(name) && typeof text === "string") continue;
    throw new TypeError(
      `Cannot send metadata ${
        JSON.stringify(name)
      }: a name of lower-case letters, digits, "-", "_" and "." with a text is wanted`,
    );
  }
  return metadata;
}
