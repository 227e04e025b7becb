// Copyright 2026 the Gee authors. MIT license.

/** Fetches a URL, as `globalThis.fetch` does. */
export type Fetcher = (url: URL, init: RequestInit) => Promise<Response>;

/** What a fetch may cost. */
export interface FetchJsonOptions {
  /** Milliseconds it may take. */
  readonly timeout: number;
  /** Most bytes of the body. */
  readonly maxBytes: number;
  /** Fetches. */
  readonly fetch: Fetcher | undefined;
}

/**
 * Fetches JSON from one place: no redirects, in a limited time and size.
 *
 * @param url The place.
 * @param options Limits.
 * @returns The value.
 * @throws {Error} When it cannot be had.
 */
export async function fetchJson(
  url: URL,
  { timeout, maxBytes, fetch = globalThis.fetch }: FetchJsonOptions,
): Promise<unknown> {
  const controller = new AbortController();
  const timer = setTimeout(
    () =>
      controller.abort(new Error(`Cannot fetch "${url}": no answer in time`)),
    timeout,
  );
  try {
    const { signal } = controller;
    const headers = { accept: "application/json" };
    const response = await fetch(url, { headers, signal, redirect: "error" });
    if (response.status !== 200) {
      await response.body?.cancel();
      throw new Error(`Cannot fetch "${url}": got status ${response.status}`);
    }
    return JSON.parse(await textOf(response, maxBytes));
  } finally {
    clearTimeout(timer);
  }
}

async function textOf(response: Response, maxBytes: number): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    // Leaving the loop cancels the rest.
    if (size > maxBytes) {
      throw new RangeError(
        `Cannot read a key set: it has over ${maxBytes} bytes`,
      );
    }
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}
