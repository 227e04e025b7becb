// Copyright 2026 the Gee authors. MIT license.

/** How a stream is fed and ended. */
export interface ByteStreamOptions {
  /** Called when the reader leaves before the end. */
  readonly onCancel: (reason: unknown) => void;
  /** Text to send whenever nothing else was sent for `idleMs`. */
  readonly idleText?: string;
  /** Milliseconds of silence before `idleText`. */
  readonly idleMs?: number;
}

/**
 * A byte stream of what an iterable yields. An error of the iterable aborts the
 * stream: nothing is appended to what already went out.
 */
export function byteStream(
  chunks: AsyncIterable<Uint8Array | string>,
  { onCancel, idleText, idleMs = Infinity }: ByteStreamOptions,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const iterator = chunks[Symbol.asyncIterator]();
  let timer: ReturnType<typeof setInterval> | undefined;
  let isSilent = true;
  return new ReadableStream({
    start(controller) {
      if (idleText === undefined || !Number.isFinite(idleMs)) return;
      timer = setInterval(() => {
        const hasRoom = (controller.desiredSize ?? 0) > 0;
        if (isSilent && hasRoom) controller.enqueue(encoder.encode(idleText));
        isSilent = true;
      }, idleMs);
    },
    async pull(controller) {
      try {
        const { done, value } = await iterator.next();
        if (!done) {
          isSilent = false;
          const bytes = typeof value === "string"
            ? encoder.encode(value)
            : value;
          return controller.enqueue(bytes);
        }
        clearInterval(timer);
        controller.close();
      } catch (error) {
        clearInterval(timer);
        controller.error(error);
      }
    },
    cancel(reason) {
      clearInterval(timer);
      onCancel(reason);
      // Not awaited: a generator that sleeps would hold the connection.
      iterator.return?.().catch(() => {});
    },
  });
}
