// Copyright 2026 the Gee authors. MIT license.
// A first tour of the ORM: a table is made, rows go in and out, hooks hide a
// password and refuse a row, a transaction is rolled back, and the table changes.
//
//   deno run examples/orm_users.ts
import { Engine, integer, table, text } from "../orm/mod.ts";
import { sqlite } from "../orm/sqlite.ts";

const users = table("User", {
  name: text().primaryKey(),
  age: integer(),
  password: text().default("secret"),
}, {
  hooks: {
    beforeInsert(rows) {
      for (const row of rows) {
        row.name = row.name.trim();
        // Whatever a hook throws ends the call, and nothing is done.
        if (row.name === "") throw new Error("A user needs a name");
      }
    },
    afterQuery(rows) {
      for (const row of rows) {
        if (row.password !== undefined) row.password = "******";
      }
    },
  },
});

const statements: string[] = [];
await using engine = await Engine.open(sqlite(), {
  onQuery: ({ sql }) => statements.push(sql),
});
const session = engine.session();
await session.createTable(users);
console.log("[SQL]", statements.at(-1));

// Insert, find, first, count, update, delete.
const young = [{ name: "Tom", age: 18 }, { name: " Sam ", age: 25 }];
await session.insert(users, ...young);
await session.insert(users, { name: " ", age: 1 })
  .catch((error: Error) => console.log("Refused:", error.message));
const model = session.model(users);
console.log(await model.orderBy("-age").find());
const tom = model.where({ name: "Tom" });
console.log("Updated:", await tom.update({ age: 30 }));
console.log("Now:", (await tom.first())?.age);
console.log("Over 26:", await model.where({ age: { gt: 26 } }).count());
console.log("By SQL:", await session.raw("SELECT avg(age) AS age FROM User"));

// A transaction does all of it or nothing.
try {
  await engine.transaction(async (tx) => {
    await tx.model(users).all().delete();
    await tx.insert(users, { name: "Jack", age: 40 });
    throw new Error("Jack changed his mind");
  });
} catch {
  console.log("After the rollback:", await model.count(), "users");
}

// The second version of the table: its rows stay.
const changed = table("User", {
  name: text().primaryKey(),
  age: integer(),
  email: text().nullable().unique(),
});
await engine.migrate([changed], { allowLoss: true });
console.log(await session.model(changed).select("name", "email").find());
