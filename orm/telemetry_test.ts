// Copyright 2026 the Gee authors. MIT license.
import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";

const PROGRAM = `
import { Engine, integer, table, text } from "${new URL(
  "./mod.ts",
  import.meta.url,
)}";
import { sqlite } from "${new URL("./sqlite.ts", import.meta.url)}";
const users = table("users", { id: integer().primaryKey(), name: text().unique() });
await using engine = await Engine.open(sqlite());
const session = engine.session();
await session.createTable(users);
await session.insert(users, { name: "secret" });
await session.model(users).where({ name: "secret" }).find();
await session.raw("SELECT 'hidden', 12345, x'00ff' FROM \\"users\\" WHERE id < 99");
await session.raw("/* it's a secret */ SELECT 'hidden' -- it's secret");
await session.insert(users, { name: "secret" }).catch(() => {});
await engine.transaction(() => {});
`;

async function run(env: Record<string, string>): Promise<string> {
  const { stdout, stderr, success } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-prompt",
      "--no-check",
      "data:text/javascript," + encodeURIComponent(PROGRAM),
    ],
    env: { ...env, NO_COLOR: "1" },
  }).output();
  const text = new TextDecoder().decode(stdout) +
    new TextDecoder().decode(stderr);
  assertEquals(success, true, text);
  return text;
}

Deno.test("statements are spans of Deno's telemetry", async () => {
  const text = await run({
    OTEL_DENO: "true",
    OTEL_EXPORTER_OTLP_PROTOCOL: "console",
  });
  for (
    const part of [
      "CREATE users",
      "INSERT users",
      "SELECT users",
      "BEGIN",
      "COMMIT",
      "db.system.name: sqlite",
      "db.operation.name: SELECT",
      "db.collection.name: users",
      "db.response.returned_rows: 1",
      'db.query.text: SELECT ?, ?, ? FROM "users" WHERE id < ?',
      'INSERT INTO "users" ("id", "name") VALUES (?, ?)',
      "error.type: UniqueError",
      "exception.message: Cannot run statement: UNIQUE constraint failed: users.name",
    ]
  ) assertStringIncludes(text, part);
  assertMatch(text, /Client/);
  for (const value of ["secret", "hidden", "12345", "00ff", "on?"]) {
    assert(!text.includes(value), `${value} is in ${text}`);
  }
});

Deno.test("without telemetry nothing is told", async () => {
  assertEquals(await run({ OTEL_DENO: "false" }), "");
});
