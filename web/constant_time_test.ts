// Copyright 2026 the Gee authors. MIT license.
import { assertEquals } from "@std/assert";
import { areSameBytes, SecretList } from "./constant_time.ts";

Deno.test("areSameBytes() tells bytes apart, lengths too", () => {
  for (
    const [a, b, isSame] of [
      [[], [], true],
      [[1, 2], [1, 2], true],
      [[1, 2], [1, 3], false],
      [[0, 2], [1, 2], false],
      [[1], [1, 0], false],
      [[1, 0], [1], false],
      [[], [0], false],
    ] as const
  ) {
    assertEquals(areSameBytes(a, b), isSame, `${a} ${b}`);
  }
});

Deno.test("areSameBytes() reads every byte, wherever the difference is", () => {
  for (let different = 0; different <= 32; different++) {
    const reads = [0, 0];
    const counted = (values: number[], who: 0 | 1) =>
      new Proxy(values, {
        get(target, key, receiver) {
          if (/^\d+$/.test(String(key))) reads[who] = (reads[who] ?? 0) + 1;
          return Reflect.get(target, key, receiver);
        },
      });
    const secret = new Array<number>(32).fill(7);
    const guess = secret.with(different % 32, different === 32 ? 7 : 8);
    assertEquals(
      areSameBytes(counted(secret, 0), counted(guess, 1)),
      different === 32,
    );
    assertEquals(reads, [32, 32]);
  }
});

Deno.test("SecretList.has() finds each secret and nothing else", async () => {
  const secrets = new SecretList(["first", "second", "", "Ünïcode"]);
  for (const secret of ["first", "second", "", "Ünïcode"]) {
    assertEquals(await secrets.has(secret), true, secret);
  }
  for (const guess of ["firs", "firstt", "FIRST", "first\0", " ", "Unicode"]) {
    assertEquals(await secrets.has(guess), false, guess);
  }
  assertEquals(await new SecretList([]).has(""), false);
});
