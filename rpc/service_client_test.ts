// Copyright 2026 the Gee authors. MIT license.

import { assertEquals } from "@std/assert";
import { dial } from "./dial.ts";
import { Server } from "./server.ts";
import { until } from "./testdata/until.ts";

class Numbers {
  async *count(to: number) {
    for (let n = 1; n <= to; n++) yield n;
  }
  plain() {
    return 1;
  }
}

Deno.test("serviceClient() ends a stream whose reader leaves before it has begun", async () => {
  await using server = new Server();
  server.register(new Numbers());
  await using client = await dial(server.listen().address);
  const numbers = client.service<Numbers>("Numbers");
  const reader = ReadableStream.from(numbers.count(1e9)).getReader();
  await reader.cancel();
  await until(
    "the call goes on",
    () => client.stats().calls === 1 && client.stats().inFlight === 0,
  );
  await until("it is handled", () => server.stats().inFlight === 0);
  assertEquals(client.stats().errors, 0);
});

Deno.test("serviceClient() takes no harm from a reader that leaves what is no stream, or fails", async () => {
  await using server = new Server();
  server.register(new Numbers());
  await using client = await dial(server.listen().address);
  for (const name of ["plain", "none"]) {
    const numbers = client.service<Record<string, Numbers["count"]>>("Numbers");
    const items = numbers[name]?.(1)[Symbol.asyncIterator]();
    assertEquals(await items?.return?.(), { done: true, value: undefined });
  }
  assertEquals(await client.call("Numbers.plain"), 1);
});
