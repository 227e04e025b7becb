// Copyright 2026 the Gee authors. MIT license.

/**
 * Makes an error response as Go's `http.Error` does.
 *
 * @param status The status.
 * @param text The body, without the line end it gets.
 * @param headers Further headers.
 * @returns The response.
 */
export function refuse(
  status: number,
  text: string,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return new Response(`${text}\n`, {
    status,
    headers: {
      "content-type": "text/plain; charset=utf-8",
      "x-content-type-options": "nosniff",
      ...headers,
    },
  });
}
