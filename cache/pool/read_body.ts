// Copyright 2026 the Gee authors. MIT license.

import { joined } from "../joined.ts";

/** What has a body: a request or a response. */
interface WithBody {
  readonly headers: Headers;
  readonly body: ReadableStream<Uint8Array<ArrayBuffer>> | null;
  bytes(): Promise<Uint8Array<ArrayBuffer>>;
}

/** Whether the length of a body is known and right: not of an inflated one. */
export function knownLength({ headers }: WithBody): number | undefined {
  const length = headers.get("content-length");
  if (length === null || headers.has("content-encoding")) return undefined;
  return Number(length);
}

/**
 * Reads a whole body; counts what arrives, since an inflated one has no honest
 * length.
 *
 * @param signal Ends the reading; whoever aborts it waits no longer anyway.
 * @throws {RangeError} When it exceeds the limit.
 */
export async function readBody(
  source: WithBody,
  limit: number,
  signal?: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  const length = knownLength(source);
  if (length !== undefined && length > limit) {
    await source.body?.cancel();
    throw tooLong(limit);
  }
  // The short way, for what cannot be longer than it says.
  if (length !== undefined) return await source.bytes();
  const reader = source.body?.getReader();
  if (reader === undefined) return new Uint8Array(0);
  const stop = () => void reader.cancel(signal?.reason).catch(() => {});
  signal?.addEventListener("abort", stop);
  try {
    return await readChunks(reader, limit);
  } finally {
    signal?.removeEventListener("abort", stop);
    stop();
  }
}

async function readChunks(
  reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>,
  limit: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  while (true) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.length;
    if (length > limit) throw tooLong(limit);
    chunks.push(value);
  }
  const [first] = chunks;
  if (chunks.length === 1 && first !== undefined) return first;
  return joined(chunks);
}

function tooLong(limit: number): RangeError {
  return new RangeError(`Cannot read the body: it exceeds ${limit} bytes`);
}
