// Copyright 2026 the Gee authors. MIT license.

import { assertEquals, assertStrictEquals } from "@std/assert";
import type { Connection } from "./driver.ts";
import { StatementCache } from "./statement_cache.ts";

const NUMBERS = { bigints: false };

function counted(size: number) {
  const prepared: string[] = [];
  const connection = {
    prepare(sql: string, { bigints }: { bigints: boolean }) {
      prepared.push(bigints ? `${sql} as bigints` : sql);
      return {};
    },
  } as unknown as Connection;
  return {
    prepared,
    cache: new StatementCache(connection, (sql) => sql.toUpperCase(), size),
  };
}

Deno.test("StatementCache.get() prepares a text once", () => {
  const { cache, prepared } = counted(2);
  assertStrictEquals(cache.get("a", NUMBERS), cache.get("a", NUMBERS));
  cache.get("a", { bigints: true });
  assertEquals(prepared, ["A", "A as bigints"]);
  assertEquals(cache.size, 1);
});

Deno.test("StatementCache.get() keeps what is used when it is full", () => {
  const { cache, prepared } = counted(2);
  for (const sql of ["a", "b", "a", "c", "a", "d", "a", "b"]) {
    cache.get(sql, NUMBERS);
  }
  assertEquals(prepared, ["A", "B", "C", "D", "B"]);
  assertEquals(cache.size, 2);
  cache.clear();
  assertEquals(cache.size, 0);
});

Deno.test("StatementCache.get() drops all when the schema changes", () => {
  const { cache } = counted(2);
  cache.get("a", NUMBERS);
  cache.get("ALTER TABLE t ADD COLUMN c", NUMBERS);
  assertEquals(cache.size, 0);
});
