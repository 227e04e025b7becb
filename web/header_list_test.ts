// Copyright 2026 the Gee authors. MIT license.
import { assertEquals, assertThrows } from "@std/assert";
import { HeaderList } from "./header_list.ts";

Deno.test("HeaderList.writeTo() sets and appends in order", () => {
  const list = new HeaderList();
  list.append("Set-Cookie", "a=1");
  list.set("X-A", "1");
  list.set("x-a", "2");
  list.append("set-cookie", "b=2");
  const headers = { "x-a": "0", "set-cookie": "z=0" };
  const response = new Response("", { headers });
  assertEquals(list.writeTo(response), response);
  assertEquals(response.headers.get("x-a"), "2");
  assertEquals(response.headers.getSetCookie(), ["z=0", "a=1", "b=2"]);
});

Deno.test("HeaderList.set() drops what was appended before", () => {
  const list = new HeaderList();
  list.append("vary", "a");
  list.append("vary", "b");
  list.set("vary", "c");
  assertEquals(list.writeTo(new Response()).headers.get("vary"), "c");
});

Deno.test("HeaderList.writeTo() copies an immutable response", () => {
  const list = new HeaderList();
  list.set("x-a", "1");
  const response = list.writeTo(Response.redirect("http://localhost/x", 307));
  assertEquals(response.status, 307);
  assertEquals(response.headers.get("location"), "http://localhost/x");
  assertEquals(response.headers.get("x-a"), "1");
});

Deno.test("HeaderList.set() refuses what could split or forge headers", () => {
  const list = new HeaderList();
  for (const value of ["a\r\nb", "a\nb", "a\rb", "a\0b", "\u010a", "\x7f"]) {
    assertThrows(
      () => list.set("x-a", value),
      TypeError,
      'Cannot set header "x-a": the value ',
    );
    assertThrows(() => list.append("x-a", value), TypeError);
  }
  assertThrows(
    () => list.set("x a", "1"),
    TypeError,
    'Cannot set header "x a": the name is not a token',
  );
  assertThrows(() => list.set("", "1"), TypeError);
});
