// Copyright 2026 the Gee authors. MIT license.

import { assertEquals, assertThrows } from "@std/assert";
import { ByteView } from "../byte_view.ts";
import {
  decodeRequest,
  decodeResponse,
  encodeRequest,
  encodeResponse,
} from "./protobuf.ts";

const hex = (text: string) => Uint8Array.fromHex(text.replaceAll(" ", ""));

/** What Go writes before a value of so many bytes "x". */
const GOLDEN_HEADS: [length: number, head: string][] = [
  [0, ""],
  [3, "0a 03"],
  [127, "0a 7f"],
  [128, "0a 80 01"],
  [16384, "0a 80 80 01"],
];

Deno.test("encodeResponse() and decodeResponse() agree with Go", () => {
  for (const [length, head] of GOLDEN_HEADS) {
    const value = "x".repeat(length);
    const message = hex(head + "78".repeat(length));
    assertEquals(encodeResponse(new ByteView(value)), message);
    assertEquals(new TextDecoder().decode(decodeResponse(message)), value);
  }
  assertEquals(encodeResponse(new ByteView("630")), hex("0a 03 36 33 30"));
});

Deno.test("encodeRequest() and decodeRequest() agree with Go", () => {
  const message = hex("0a 06 73 63 6f 72 65 73 12 03 54 6f 6d");
  const request = { group: "scores", key: "Tom" };
  assertEquals(encodeRequest(request), message);
  assertEquals(decodeRequest(message), request);
  assertEquals(encodeRequest({ group: "", key: "" }), new Uint8Array(0));
  assertEquals(decodeRequest(new Uint8Array(0)), { group: "", key: "" });
});

Deno.test("decodeResponse() takes the last value and skips what it does not know", () => {
  const message = hex(
    "08 96 01" + // varint in field 1
      "11 0102030405060708" + // fixed64 in field 2
      "1d 01020304" + // fixed32 in field 3
      "22 02 6869" + // bytes in field 4
      "0a 01 61" + "0a 01 62",
  );
  assertEquals(decodeResponse(message), hex("62"));
});

Deno.test("decodeResponse() refuses every message that is cut short", () => {
  const whole = hex("08 96 01 11 0102030405060708 1d 01020304 0a 03 36 33 30");
  const ends = [0, 3, 12, 17, whole.length];
  for (let length = 0; length < whole.length; length++) {
    if (ends.includes(length)) continue;
    assertThrows(
      () => decodeResponse(whole.subarray(0, length)),
      SyntaxError,
      "Cannot decode protobuf: it is cut short",
    );
  }
});

Deno.test("decodeResponse() refuses what is malformed", () => {
  const cases: [message: string, why: string][] = [
    ["02 00", "field 0 does not exist"],
    ["0b", "wire type 3 is not supported"],
    ["0c", "wire type 4 is not supported"],
    ["0e", "wire type 6 is not supported"],
    ["0a ff ff ff ff ff ff ff ff ff ff 01", "a number has more than 10 bytes"],
    ["0a ff ff ff ff 0f", "it is cut short"],
    ["0a ff ff ff ff ff ff ff ff ff 01", "it is cut short"],
  ];
  for (const [message, why] of cases) {
    assertThrows(
      () => decodeResponse(hex(message)),
      SyntaxError,
      `Cannot decode protobuf: ${why}`,
    );
  }
});

Deno.test("decodeRequest() refuses a string that is no UTF-8", () => {
  assertThrows(
    () => decodeRequest(hex("0a 01 ff")),
    SyntaxError,
    "Cannot decode protobuf: a string is not UTF-8",
  );
});

Deno.test("decodeResponse() gives bytes or a SyntaxError for any input", () => {
  let seed = 29;
  const random = () => {
    seed = Math.imul(seed, 1103515245) + 12345 >>> 0;
    return seed >>> 24;
  };
  for (let round = 0; round < 10_000; round++) {
    const message = Uint8Array.from({ length: random() % 16 }, random);
    try {
      decodeResponse(message);
    } catch (error) {
      assertEquals(error instanceof SyntaxError, true);
    }
  }
});

Deno.test("decodeResponse() gives bytes or a SyntaxError for 100,000 mutated answers", () => {
  let seed = 30;
  const random = (below: number) => {
    seed = Math.imul(seed, 1103515245) + 12345 >>> 0;
    return (seed >>> 8) % below;
  };
  const answer = hex(
    "0a 05 76 61 6c 75 65 12 03 61 62 63 18 01 25 01 02 03 04",
  );
  let values = 0;
  for (let round = 0; round < 100_000; round++) {
    const message = answer.slice(0, 1 + random(answer.length));
    for (let count = random(3); count >= 0; count--) {
      message[random(message.length)] = random(256);
    }
    try {
      const value = decodeResponse(message);
      // A part of the message: nothing was made because of what it claims.
      assertEquals(value.buffer === message.buffer, true);
      values++;
    } catch (error) {
      assertEquals(error instanceof SyntaxError, true);
    }
  }
  assertEquals(values > 10_000 && values < 90_000, true);
});
