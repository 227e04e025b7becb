// Copyright 2026 the Gee authors. MIT license.

import { ByteView } from "./byte_view.ts";

/**
 * The seam between the values of a group and the bytes it keeps and sends.
 *
 * Values are encoded once when they are stored and decoded for each reader, so
 * no reader can change what another one gets.
 *
 * @typeParam T The values of the group.
 */
export interface Codec<T> {
  /**
   * Encodes a value; the group takes the bytes over.
   *
   * @param value The value.
   * @returns Its bytes.
   */
  encode(value: T): Uint8Array;
  /**
   * Decodes what `encode` made.
   *
   * @param view The bytes.
   * @returns The value.
   */
  decode(view: ByteView): T;
}

/**
 * What a getter returns and `set` takes: values of the codec, and for a group
 * without one bytes or text.
 *
 * @typeParam T The values of the group.
 */
export type Input<T> = T extends ByteView ? Uint8Array | string | ByteView : T;

/**
 * A codec for values that JSON can tell.
 *
 * @typeParam T The values of the group; they are trusted, not checked.
 * @returns The codec.
 *
 * @example A group of objects
 * ```ts
 * import { Group, jsonCodec } from "@gee/std/cache";
 * import { assertEquals } from "@std/assert";
 *
 * const codec = jsonCodec<{ name: string }>();
 * await using cities = new Group("cities", (key) => ({ name: key }), { codec });
 * assertEquals(await cities.get("Oslo"), { name: "Oslo" });
 * ```
 */
export function jsonCodec<T>(): Codec<T> {
  const encoder = new TextEncoder();
  return {
    encode: (value) => encoder.encode(JSON.stringify(value)),
    // JSON.parse is untyped; T is the caller's promise, as the doc says.
    decode: (view) => JSON.parse(view.toString()) as T,
  };
}

/**
 * A codec for text in UTF-8.
 *
 * @returns The codec.
 *
 * @example A group of texts
 * ```ts
 * import { Group, textCodec } from "@gee/std/cache";
 * import { assertEquals } from "@std/assert";
 *
 * const codec = textCodec();
 * await using greetings = new Group("greetings", (key) => `Hello ${key}`, {
 *   codec,
 * });
 * assertEquals(await greetings.get("Tom"), "Hello Tom");
 * ```
 */
export function textCodec(): Codec<string> {
  const encoder = new TextEncoder();
  return {
    encode: (value) => encoder.encode(value),
    decode: (view) => view.toString(),
  };
}

/**
 * Makes the view a group keeps of a value.
 *
 * @param value What the getter returned or `set` was given.
 * @param codec The codec of the group.
 * @returns A view that shares no memory with the value.
 * @throws {TypeError} When there is no codec and the value is no bytes.
 */
export function toView<T>(
  value: Input<T>,
  codec: Codec<T> | undefined,
): ByteView {
  // With a codec T is what it encodes, and Input<T> is then T itself.
  if (codec !== undefined) return ByteView.adopt(codec.encode(value as T));
  if (value instanceof ByteView) return value;
  if (typeof value === "string" || value instanceof Uint8Array) {
    return new ByteView(value);
  }
  throw new TypeError(
    `Cannot store a value of type "${typeof value}": want bytes or a string, or give a codec`,
  );
}

/**
 * Makes the value a group hands out.
 *
 * @param view What the group keeps.
 * @param codec The codec of the group.
 * @returns The decoded value, or the view itself without a codec.
 */
export function fromView<T>(view: ByteView, codec: Codec<T> | undefined): T {
  // Without a codec `T` is `ByteView`: `toView` refuses every other value.
  return codec === undefined ? view as T : codec.decode(view);
}
