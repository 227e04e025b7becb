// Copyright 2026 the Gee authors. MIT license.

import { errorBody } from "./error_response.ts";

/** How items of a stream are written. */
interface StreamForm {
  readonly type: string;
  /** One item. */
  item(json: string): string;
  /** The end, when all is well. */
  readonly end: string;
  /** The end, when it is not. */
  failure(json: string): string;
  /** Whether the failure alone tells that something is missing. */
  readonly isTold: boolean;
}

const LINES: StreamForm = {
  type: "application/x-ndjson",
  item: (json) => `${json}\n`,
  end: "",
  failure: (json) => `{"error":${json}}\n`,
  // An item may look the same, so the body breaks off behind it.
  isTold: false,
};
const EVENTS: StreamForm = {
  type: "text/event-stream",
  item: (json) => `data: ${json}\n\n`,
  end: "event: end\ndata:\n\n",
  failure: (json) => `event: error\ndata: ${json}\n\n`,
  isTold: true,
};

/**
 * Items of a stream as the body of a response: lines of JSON, or events where
 * the request accepts these. They are made no faster than they are read.
 */
export function streamResponse(
  items: AsyncIterable<unknown>,
  request: Request,
): Response {
  const accept = request.headers.get("accept") ?? "";
  const form = accept.includes(EVENTS.type) ? EVENTS : LINES;
  return new Response(bodyOf(items[Symbol.asyncIterator](), form), {
    headers: {
      "content-type": form.type,
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
    },
  });
}

function bodyOf(
  iterator: AsyncIterator<unknown>,
  form: StreamForm,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const encoder = new TextEncoder();
  let isBroken = false;
  return new ReadableStream({
    async pull(controller) {
      // Only now: an error drops what is still waiting to be read.
      if (isBroken) return controller.error(broken());
      const put = (text: string) => controller.enqueue(encoder.encode(text));
      try {
        const { done, value } = await iterator.next();
        if (!done) return put(form.item(JSON.stringify(value) ?? "null"));
        if (form.end !== "") put(form.end);
        controller.close();
      } catch (error) {
        put(form.failure(JSON.stringify(errorBody(error))));
        if (form.isTold) controller.close();
        else isBroken = true;
        iterator.return?.().catch(() => {});
      }
    },
    cancel() {
      // Not awaited: it may hang, and nobody waits for it.
      iterator.return?.().catch(() => {});
    },
  }, { highWaterMark: 0 });
}

/** Why a body breaks off; in one line, as `Deno.serve` writes it to the console. */
function broken(): Error {
  const error = new Error("Cannot go on with a stream: its call failed");
  error.stack = "";
  return error;
}
