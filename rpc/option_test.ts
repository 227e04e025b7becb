// Copyright 2026 the Gee authors. MIT license.

import { assert, assertEquals, assertThrows } from "@std/assert";
import { WireError } from "./errors.ts";
import {
  decodeOption,
  encodeOption,
  MAGIC_NUMBER,
  MAX_OPTION_BYTES,
} from "./option.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const JSON_OPTION = {
  codecType: "application/json",
  connectTimeout: 0,
  handleTimeout: 0,
};
// What the original client sends by default, 101 bytes.
const GO_LINE = '{"MagicNumber":3927900,"CodecType":"application/gob",' +
  '"ConnectTimeout":10000000000,"HandleTimeout":0}\n';

Deno.test("encodeOption() fills exactly the 512 bytes that a Go server reads first", () => {
  const line = encodeOption({ ...JSON_OPTION, handleTimeout: 1.5 });
  assertEquals(line.length, 512);
  assertEquals(line.at(-1), 0x0a);
  assertEquals(JSON.parse(new TextDecoder().decode(line)), {
    MagicNumber: MAGIC_NUMBER,
    CodecType: "application/json",
    ConnectTimeout: 0,
    HandleTimeout: 1_500_000,
  });
});

Deno.test("decodeOption() reads what encodeOption() wrote", () => {
  const line = encodeOption({ ...JSON_OPTION, handleTimeout: 250 });
  assertEquals(decodeOption(line), {
    option: { ...JSON_OPTION, handleTimeout: 250 },
    length: 512,
  });
});

Deno.test("decodeOption() reads the line of a Go client in ms", () => {
  assertEquals(decodeOption(bytes(GO_LINE)), {
    option: {
      codecType: "application/gob",
      connectTimeout: 10_000,
      handleTimeout: 0,
    },
    length: 101,
  });
});

Deno.test("decodeOption() leaves the bytes behind the object and one newline", () => {
  const { length } = decodeOption(bytes(`${GO_LINE}\n8\xff`)) ?? {};
  assertEquals(length, 101);
  const bare = GO_LINE.trimEnd();
  assertEquals(decodeOption(bytes(`${bare}8`))?.length, 100);
});

Deno.test("decodeOption() waits for more at every cut", () => {
  const line = bytes(GO_LINE);
  for (let cut = 0; cut <= 100; cut++) {
    assertEquals(
      decodeOption(line.subarray(0, cut)),
      undefined,
      `cut at ${cut}`,
    );
  }
});

Deno.test("decodeOption() takes names in any case, ignores others, and is not fooled by braces in text", () => {
  const { option } = decodeOption(
    bytes('{"magicnumber":3927900,"x":"}\\"}","CODECTYPE":"a"}\n'),
  ) ?? {};
  assertEquals(option, { codecType: "a", connectTimeout: 0, handleTimeout: 0 });
});

Deno.test("decodeOption() refuses what cannot become an option", () => {
  const refusal = (text: string) =>
    assertThrows(() => decodeOption(bytes(text)), WireError).message;
  assertEquals(
    refusal("GET / HTTP/1.1"),
    'Cannot read the option: got byte 71, "{" is wanted',
  );
  assertEquals(refusal("{x}\n"), "Cannot read the option: it is not JSON");
  assertEquals(
    refusal('{"MagicNumber":1}\n'),
    "Cannot read the option: magic number 1 is wrong",
  );
  assertEquals(
    refusal('{"MagicNumber":"1"}\n'),
    'Cannot read the option: "magicnumber" is not a number from 0',
  );
  assertEquals(
    refusal('{"MagicNumber":3927900,"HandleTimeout":1e999}\n'),
    'Cannot read the option: "handletimeout" is not a number from 0',
  );
  assertEquals(
    refusal(" ".repeat(MAX_OPTION_BYTES)),
    "Cannot read the option: it is longer than 4096 bytes",
  );
  assert(decodeOption(bytes(" ".repeat(MAX_OPTION_BYTES - 1))) === undefined);
});

Deno.test("decodeOption() refuses a codec that is no text", () => {
  for (const codec of ["{}", "5", '{"toString":1,"valueOf":1}']) {
    assertThrows(
      () =>
        decodeOption(bytes(`{"MagicNumber":3927900,"CodecType":${codec}}\n`)),
      WireError,
      'Cannot read the option: "codectype" is not text',
    );
  }
});

Deno.test("encodeOption() writes whole nanoseconds, as Go wants them", () => {
  const line = new TextDecoder().decode(
    encodeOption({ codecType: "a", connectTimeout: 1.1, handleTimeout: 1e-7 }),
  );
  assertEquals(JSON.parse(line), {
    MagicNumber: 3927900,
    CodecType: "a",
    ConnectTimeout: 1_100_000,
    HandleTimeout: 1,
  });
});
