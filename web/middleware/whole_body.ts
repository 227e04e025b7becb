// Copyright 2026 the Gee authors. MIT license.

/** An answer whose body was looked at. */
export interface LookedAt {
  /** The same answer, still to be sent. */
  readonly response: Response;
  /** Its whole body, where that was there and small enough. */
  readonly bytes?: Uint8Array<ArrayBuffer>;
}

/** Turns of the microtask queue in which a chunk that is there comes out. */
const FREE_TURNS = 32;

/**
 * Takes the body of an answer where it is there at once, or says how long it
 * is, and is within the limit. Whatever is streamed goes on as a stream: it
 * neither waits for its end nor fills the memory.
 */
export async function wholeBody(
  response: Response,
  maxBytes: number,
): Promise<LookedAt> {
  const length = response.headers.get("content-length");
  if (length !== null && Number(length) > maxBytes) return { response };
  const { body } = response;
  if (body === null) return { response, bytes: new Uint8Array() };
  const reader = body.getReader();
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  while (true) {
    const next = reader.read();
    // What says its length is no endless stream, and may be waited for.
    if (length === null && !(await isReady(next))) {
      return { response: rejoined(chunks, reader, response, next) };
    }
    const { done, value } = await next;
    if (done) break;
    chunks.push(value);
    size += value.length;
    if (size > maxBytes) {
      return { response: rejoined(chunks, reader, response) };
    }
  }
  const bytes = await new Blob(chunks).bytes();
  return { response: new Response(bytes, response), bytes };
}

async function isReady(work: Promise<unknown>): Promise<boolean> {
  let isSettled = false;
  const settle = () => {
    isSettled = true;
  };
  work.then(settle, settle);
  for (let turn = 0; turn < FREE_TURNS && !isSettled; turn++) await undefined;
  return isSettled;
}

/** The answer with what was read of it in front of the rest. */
function rejoined(
  chunks: readonly Uint8Array<ArrayBuffer>[],
  reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>,
  response: Response,
  pending?: Promise<ReadableStreamReadResult<Uint8Array<ArrayBuffer>>>,
): Response {
  let next = pending;
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
    },
    async pull(controller) {
      const { done, value } = await (next ?? reader.read());
      next = undefined;
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: (reason) => reader.cancel(reason),
  }, { highWaterMark: 0 });
  return new Response(body, response);
}
