// Copyright 2026 the Gee authors. MIT license.

/**
 * The same answer with its body counted as it is sent.
 *
 * @param onEnd Called once with the bytes; `isCut` when not all were sent.
 */
export function counted(
  response: Response,
  onEnd: (bytes: number, isCut: boolean) => void,
): Response {
  const reader = response.body?.getReader();
  if (reader === undefined) {
    onEnd(0, false);
    return response;
  }
  let bytes = 0;
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        if (!done) {
          bytes += value.length;
          return controller.enqueue(value);
        }
        controller.close();
      } catch (error) {
        controller.error(error);
        return onEnd(bytes, true);
      }
      onEnd(bytes, false);
    },
    cancel(reason) {
      onEnd(bytes, true);
      return reader.cancel(reason);
    },
  }, { highWaterMark: 0 });
  return new Response(body, response);
}
