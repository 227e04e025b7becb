// Copyright 2026 the Gee authors. MIT license.

import { assertEquals } from "@std/assert";
import { pipe, type PipeEnd, settle } from "../testdata/pipe.ts";
import { Writer } from "./writer.ts";

const noError = (error: unknown) => {
  throw error;
};

async function readAll(end: PipeEnd): Promise<Uint8Array> {
  await settle();
  end.peer?.close();
  const parts: number[] = [];
  const buffer = new Uint8Array(1 << 16);
  for (
    let count = await end.read(buffer);
    count !== null;
    count = await end.read(buffer)
  ) {
    for (const byte of buffer.subarray(0, count)) parts.push(byte);
  }
  return new Uint8Array(parts);
}

Deno.test("Writer sends what one turn appended in one write", async () => {
  const [end, other] = pipe();
  const writer = new Writer(end, noError);
  writer.writeText("a");
  writer.writeBytes(new Uint8Array([98]));
  writer.writeText("ç");
  assertEquals(writer.buffered, 3); // "ç" is not encoded yet
  assertEquals(new TextDecoder().decode(await readAll(other)), "abç");
  assertEquals(end.writes, [4]);
  assertEquals(writer.buffered, 0);
});

Deno.test("Writer loses nothing when each write takes three bytes and more comes meanwhile", async () => {
  const [end, other] = pipe({ writeBytes: 3 });
  const writer = new Writer(end, noError);
  let wanted = "";
  for (let i = 0; i < 50; i++) {
    const text = `<${i}:${"é".repeat(i)}>`;
    wanted += text;
    writer.writeText(text);
    if (i % 7 === 0) await Promise.resolve();
  }
  await writer.drained();
  assertEquals(new TextDecoder().decode(await readAll(other)), wanted);
});

Deno.test("Writer grows for large messages and stays whole", async () => {
  const [end, other] = pipe();
  const writer = new Writer(end, noError);
  const large = new Uint8Array(3 << 20).map((_, i) => i);
  writer.writeText("x");
  writer.writeBytes(large);
  await writer.drained();
  writer.writeText("y");
  const all = await readAll(other);
  assertEquals(all.length, large.length + 2);
  assertEquals(all.subarray(1, -1), large);
  assertEquals([all[0], all.at(-1)], [120, 121]);
});

Deno.test("Writer reports a failed transport once and settles who waits", async () => {
  const [end] = pipe();
  const errors: unknown[] = [];
  const writer = new Writer(end, (error) => errors.push(error));
  end.failure = new Error("Broken pipe");
  writer.writeText("a");
  const drained = writer.drained();
  await settle();
  await drained;
  writer.writeText("b");
  await settle();
  assertEquals(errors, [end.failure]);
  assertEquals(writer.buffered, 0);
});

Deno.test("Writer.close() drops what is waiting and says nothing", async () => {
  const [end] = pipe();
  const writer = new Writer(end, noError);
  writer.writeText("a");
  writer.close();
  writer.writeText("b");
  await settle();
  await writer.drained();
  assertEquals(end.writes, []);
});
