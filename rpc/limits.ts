// Copyright 2026 the Gee authors. MIT license.

/** What one connection may take up, on either side. */
export interface Limits {
  /**
   * Bytes of one message (header and body together). A larger one that comes ends
   * the connection before it is stored, or its call alone where it comes in parts, as
   * in frames, of at most 256 KiB, above 128 KiB. One that is to go fails alone: a
   * call or a stream with a `LimitError`, a reply with `resource_exhausted`.
   *
   * @default {16777216} (16 MiB)
   */
  readonly maxMessageBytes?: number;
  /**
   * Calls under way on one connection. A client rejects further calls with a
   * `LimitError`, a server stops reading until some have ended.
   *
   * @default {65536} for a client, {1024} for a server
   */
  readonly maxInFlight?: number;
  /**
   * Bytes waiting to be written on one connection. A client rejects further
   * calls with a `LimitError`, a server stops reading until they are out.
   *
   * @default {67108864} (64 MiB) for a client, {1048576} (1 MiB) for a server
   */
  readonly maxBufferedBytes?: number;
  /**
   * Calls with streams under way on one connection, which do not count as
   * `maxInFlight`; up to 256 KiB of each stream may wait to be taken. A server
   * answers further ones with `resource_exhausted`; a client has no use for it.
   *
   * @default {256}
   */
  readonly maxStreams?: number;
}

/** The limits of a client when the caller names none. */
export const CLIENT_LIMITS: Required<Limits> = Object.freeze({
  maxMessageBytes: 16 << 20,
  maxInFlight: 65_536,
  maxBufferedBytes: 64 << 20,
  maxStreams: 256,
});

/** The limits of a server when the caller names none. */
export const SERVER_LIMITS: Required<Limits> = Object.freeze({
  maxMessageBytes: 16 << 20,
  maxInFlight: 1024,
  maxBufferedBytes: 1 << 20,
  maxStreams: 256,
});

/** Fills in the defaults; throws for what is not a positive whole number. */
export function resolveLimits(
  limits: Limits,
  defaults: Required<Limits>,
): Required<Limits> {
  const pick = (name: keyof Limits) =>
    checkCount(name, limits[name] ?? defaults[name]);
  return {
    maxMessageBytes: pick("maxMessageBytes"),
    maxInFlight: pick("maxInFlight"),
    maxBufferedBytes: pick("maxBufferedBytes"),
    maxStreams: pick("maxStreams"),
  };
}

/** Passes a number of things through, or throws for what is none. */
export function checkCount(name: string, value: number): number {
  if (Number.isInteger(value) && value > 0) return value;
  throw new RangeError(
    `Cannot use ${name} ${value}: it must be a positive whole number`,
  );
}
