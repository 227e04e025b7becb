// Copyright 2026 the Gee authors. MIT license.

/** One server-sent event (HTML Standard, section 9.2). */
export interface SseEvent {
  /** What the browser hands to the listener; lines are kept. */
  readonly data?: string;
  /** The name of the event; `message` when left out. */
  readonly event?: string;
  /** What the browser sends back as `last-event-id` when it reconnects. */
  readonly id?: string;
  /** Milliseconds the browser waits before it reconnects. */
  readonly retry?: number;
}

/** Options of an event stream. */
export interface SseOptions {
  /**
   * Milliseconds between the comments that keep proxies from closing a silent
   * stream; `Infinity` for none.
   *
   * @default {15000}
   */
  readonly keepAlive?: number;
}

/**
 * The text of an event on the wire.
 *
 * @throws {TypeError} When `event` or `id` holds a line break or NUL, which
 * would forge other fields.
 * @throws {RangeError} When `retry` is not a whole number of milliseconds.
 */
export function encodeEvent(event: SseEvent): string {
  let text = "";
  for (const field of ["event", "id"] as const) {
    const value = event[field];
    if (value === undefined) continue;
    if (/[\r\n\0]/.test(value)) {
      throw new TypeError(
        `Cannot send an event: its ${field} ${
          JSON.stringify(value)
        } holds a line break or NUL`,
      );
    }
    text += `${field}: ${value}\n`;
  }
  if (event.retry !== undefined) {
    if (!Number.isSafeInteger(event.retry) || event.retry < 0) {
      throw new RangeError(
        `Cannot send an event: got retry ${event.retry}, want milliseconds`,
      );
    }
    text += `retry: ${event.retry}\n`;
  }
  if (event.data !== undefined) {
    text += `data: ${event.data.replaceAll(/\r\n|\r|\n/g, "\ndata: ")}\n`;
  }
  return `${text}\n`;
}

/** Encodes events one by one. */
export async function* encodeEvents(
  events: AsyncIterable<SseEvent>,
): AsyncIterable<string> {
  for await (const event of events) yield encodeEvent(event);
}
