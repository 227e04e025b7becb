// Copyright 2026 the Gee authors. MIT license.
import { assertEquals, assertThrows } from "@std/assert";
import { HttpError, statusName } from "./http_error.ts";

Deno.test("HttpError exposes client errors and hides server errors", () => {
  const refused = new HttpError(403, "Not yours", { cause: "x" });
  assertEquals([refused.status, refused.expose, refused.cause], [
    403,
    true,
    "x",
  ]);
  const failed = new HttpError(503);
  assertEquals([failed.message, failed.expose], ["Service Unavailable", false]);
  assertEquals(new HttpError(500, "Shown", { expose: true }).expose, true);
  assertEquals([statusName(418), statusName(599)], [
    "Bad Request",
    "Server Error",
  ]);
});

Deno.test("HttpError refuses a status that is no error", () => {
  for (const status of [200, 399, 600, 404.5, NaN]) {
    assertThrows(
      () => new HttpError(status),
      RangeError,
      `Cannot make an HttpError: got status ${status}, want 400 to 599`,
    );
  }
});

Deno.test("HttpError refuses headers that could forge others", () => {
  for (const value of ["a\r\nb: c", "a\nb", "a\0", "\u010a"]) {
    assertThrows(
      () => new HttpError(400, "No", { headers: { "x-a": value } }),
      TypeError,
      'Cannot set header "x-a"',
    );
  }
});
