// Copyright 2026 the Gee authors. MIT license.
import { assertEquals, assertThrows } from "@std/assert";
import { locationOf } from "./redirect.ts";

Deno.test("locationOf() takes paths of this site and encodes them", () => {
  for (
    const target of ["/", "/a?b=c%20d#e", "?page=2", "#top", "./a", "../a"]
  ) {
    assertEquals(locationOf(target, {}), target);
  }
  assertEquals(
    locationOf("/caf\u00e9 \r\n\ud800", {}),
    "/caf%C3%A9%20%0D%0A%EF%BF%BD",
  );
});

Deno.test("locationOf() refuses other sites unless asked", () => {
  for (
    const target of [
      "//evil",
      "/\\evil",
      "\\\\evil",
      "https:evil",
      "https://evil",
      "\t//evil",
      " //evil",
      "javascript:alert(1)",
      "",
      "evil",
    ]
  ) {
    assertThrows(
      () => locationOf(target, {}),
      TypeError,
      `Cannot redirect to ${
        JSON.stringify(target)
      }: it is not a path of this site`,
    );
  }
  assertEquals(
    locationOf("https://deno.com/", { external: true }),
    "https://deno.com/",
  );
  assertThrows(
    () => locationOf("javascript:alert(1)", { external: true }),
    TypeError,
    'Cannot redirect to "javascript:alert(1)": it is not an HTTP URL',
  );
});
