// Copyright 2026 the Gee authors. MIT license.

import { HttpError } from "./http_error.ts";

/**
 * Reads the body of a request.
 *
 * @param request The request.
 * @param maxBytes Most bytes of it.
 * @param timeout How long it may take, in ms; 0 is no limit.
 * @throws {HttpError} when it is too long, late, or breaks off.
 */
export async function readBody(
  request: Request,
  maxBytes: number,
  timeout: number,
): Promise<Uint8Array<ArrayBuffer>> {
  if (request.body === null) return new Uint8Array();
  const tooLong = `Cannot read the body: it is longer than ${maxBytes} bytes`;
  if (Number(request.headers.get("content-length") ?? 0) > maxBytes) {
    // Not awaited: what makes it may hang, and nobody reads it.
    request.body.cancel().catch(() => {});
    throw new HttpError(tooLong, 413);
  }
  const reader = request.body.getReader();
  let isLate = false;
  const timer = timeout > 0 && setTimeout(() => {
    isLate = true;
    reader.cancel().catch(() => {});
  }, timeout);
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  try {
    for (
      let part = await reader.read();
      !part.done;
      part = await reader.read()
    ) {
      length += part.value.length;
      if (length > maxBytes) throw new HttpError(tooLong, 413);
      parts.push(part.value);
    }
    if (isLate) throw new HttpError("Cannot read the body: it is late", 408);
  } catch (error) {
    reader.cancel().catch(() => {});
    if (error instanceof HttpError) throw error;
    throw new HttpError("Cannot read the body: it breaks off", 400);
  } finally {
    if (timer !== false) clearTimeout(timer);
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}
