// Copyright 2026 the Gee authors. MIT license.

import { assertEquals, assertThrows } from "@std/assert";
import { integer, relate, table, text, uuid } from "../mod.ts";

const users = table("users", {
  id: integer().primaryKey(),
  email: text().unique(),
});
const posts = table("posts", {
  hall: integer(),
  row: integer(),
  userId: integer(),
  userEmail: text(),
}, { primaryKey: ["hall", "row"] });
const votes = table("votes", {
  user: integer(),
  hall: integer(),
  row: integer(),
});

Deno.test("relate() makes plain data that nobody can change", () => {
  const relation = relate(users).hasMany(posts, "userId");
  assertEquals(
    { ...relation, from: relation.from.name, to: relation.to.name },
    {
      from: "users",
      to: "posts",
      count: "many",
      fromKey: ["id"],
      toKey: ["userId"],
      through: undefined,
    },
  );
  assertEquals(Object.isFrozen(relation), true);
  assertEquals(Object.isFrozen(relation.fromKey), true);
});

Deno.test("relate() knows keys that are not the primary key, and of several", () => {
  const byEmail = relate(users).hasOne(posts, "userEmail", { key: "email" });
  assertEquals([byEmail.count, byEmail.fromKey], ["one", ["email"]]);
  const author = relate(posts).belongsTo(users, "userEmail", { key: "email" });
  assertEquals([author.fromKey, author.toKey], [["userEmail"], ["email"]]);
  const post = relate(votes).belongsTo(posts, ["hall", "row"]);
  assertEquals(post.toKey, ["hall", "row"]);
  const voted = relate(users).manyToMany(posts, {
    through: votes,
    from: "user",
    to: ["hall", "row"],
  });
  assertEquals(voted.toKey, ["hall", "row"]);
  assertEquals(voted.through?.from, ["user"]);
});

Deno.test("relate() refuses keys that do not fit", () => {
  const loose = table("loose", { id: uuid(), userId: uuid() });
  const cases: [() => unknown, string][] = [
    [
      () => relate(users).hasMany(posts, "userID" as "userId"),
      'Cannot relate table "posts": it has no column "userID" (did you mean "userId"?)',
    ],
    [
      () => relate(users).hasMany(posts, "constructor" as "userId"),
      'Cannot relate table "posts": it has no column "constructor"',
    ],
    [
      () => relate(loose).hasMany(posts, "userId"),
      'Cannot relate table "loose": it has no primary key, give a key',
    ],
    [
      () => relate(users).hasMany(loose, "userId"),
      'Cannot relate table "users": "id" is of kind "integer", "userId" of table "loose" of kind "uuid"',
    ],
    [
      () => relate(posts).hasMany(votes, "hall"),
      'Cannot relate table "posts": its key has 2 columns, that of table "votes" 1',
    ],
    [
      () => relate(votes).belongsTo(posts, []),
      'Cannot relate table "votes": it has no primary key, give a key',
    ],
    [
      () =>
        relate(users).manyToMany(posts, {
          through: votes,
          from: "user",
          to: "row",
        }),
      'Cannot relate table "posts": its key has 2 columns, that of table "votes" 1',
    ],
  ];
  for (const [make, message] of cases) {
    assertThrows(make, TypeError, message);
  }
});
