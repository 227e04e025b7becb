// Copyright 2026 the Gee authors. MIT license.
import { assertEquals } from "@std/assert";
import { isSkipped, launchSqld, titled } from "../.dev/testing/sqld.ts";
import { runExample } from "./testdata/example.ts";

Deno.test("orm_users.ts creates, inserts, finds, rolls back and migrates", async () => {
  assertEquals(
    await runExample("orm_users.ts"),
    `[SQL] CREATE TABLE "User" ("name" TEXT PRIMARY KEY NOT NULL, "age" INTEGER NOT NULL, "password" TEXT NOT NULL DEFAULT 'secret')
Refused: A user needs a name
[
  { name: "Sam", age: 25, password: "******" },
  { name: "Tom", age: 18, password: "******" }
]
Updated: 1
Now: 30
Over 26: 1
By SQL: [ { age: 27.5 } ]
After the rollback: 2 users
[ { name: "Tom", email: null }, { name: "Sam", email: null } ]
`,
  );
});

Deno.test("orm_relations.ts reads each relation by one query", async () => {
  assertEquals(
    await runExample("orm_relations.ts"),
    `Can, Tago Mago: krautrock
Can, Ege Bamyasi: krautrock
Neu!, Neu! 75: krautrock and ambient
Read by 3 queries
The latest of Can is Ege Bamyasi
The latest of Neu! is Neu! 75
More than one album: [ { name: "Can", albums: 2 } ]
`,
  );
});

Deno.test("orm_migrations.ts keeps the rows, up and down", async () => {
  assertEquals(
    await runExample("orm_migrations.ts"),
    `up create_users
Cannot migrate without "allowLoss": column "fax" of table "users": the column is dropped
-- up
-- column name is renamed to fullName
ALTER TABLE "users" RENAME COLUMN "name" TO "fullName";
-- added cols [age], deleted cols [fax]
ALTER TABLE "users" ADD COLUMN "age" INTEGER NOT NULL DEFAULT 18;
ALTER TABLE "users" DROP COLUMN "fax";
-- added indices: [users_fullName_index]
CREATE INDEX "users_fullName_index" ON "users" ("fullName")
up full_names
[
  { id: 1, fullName: "Tom", age: 18 },
  { id: 2, fullName: "Sam", age: 18 }
]
create_users: applied
full_names: applied
Differences: []
Differences: 2
down full_names
[ { id: 1, name: "Tom" }, { id: 2, name: "Sam" } ]
`,
  );
});

const REMOTE = `found: 1 2 3 4 5 6 7 8 9 10
refused: gee_example_notes.title
rolled back: Not all of them
too late: ConflictError
Note 1, version 3: mine
Note 2, version 1: -
notes: 10
`;

Deno.test("orm_remote.ts runs on a file and leaves nothing in it", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const url = `file:${folder}/notes.db`;
    assertEquals(await runExample("orm_remote.ts", [url]), REMOTE);
    assertEquals(await runExample("orm_remote.ts", [url]), REMOTE);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test({
  name: titled("orm_remote.ts answers the same from a server"),
  ignore: isSkipped,
  fn: async () => {
    await using server = await launchSqld();
    for (const scheme of ["http", "ws"]) {
      const url = `${scheme}://${server.host}`;
      assertEquals(await runExample("orm_remote.ts", [url]), REMOTE);
    }
  },
});
