// Copyright 2026 the Gee authors. MIT license.
// The tables and rows that tests of reading share.

import {
  bigint,
  date,
  type Engine,
  integer,
  json,
  real,
  relate,
  type Session,
  table,
  text,
} from "../mod.ts";

export const users = table("users", {
  id: integer().primaryKey(),
  name: text(),
  age: integer().nullable(),
  bossId: integer().nullable(),
});
export const posts = table("posts", {
  id: integer().primaryKey(),
  userId: integer(),
  title: text(),
  views: bigint(),
  rating: real().nullable(),
  meta: json<{ tags?: string[]; by?: { name: string } }>().nullable(),
  at: date({ as: "text" }),
  deletedAt: date().softDelete(),
});
export const tags = table("tags", {
  id: integer().primaryKey(),
  tag: text().named("the tag"),
});
export const postTags = table("post_tags", {
  postId: integer().named("post id"),
  tagId: integer(),
}, { primaryKey: ["postId", "tagId"] });

export const userPosts = relate(users).hasMany(posts, "userId");
export const author = relate(posts).belongsTo(users, "userId");
export const boss = relate(users).belongsTo(users, "bossId");
export const topics = relate(posts).manyToMany(tags, {
  through: postTags,
  from: "postId",
  to: "tagId",
});

/** The day of a post. */
export const day = (id: number) => new Date(Date.UTC(2026, 0, id));

/**
 * Tom, Sam whose boss is Tom, and Ann whose boss is Sam. Tom has posts 1, 2, 5
 * and one that is deleted, 4; Sam has 3; Ann has none.
 */
export async function blog(engine: Engine): Promise<Session> {
  const session = engine.session();
  for (const table of [users, posts, tags, postTags]) {
    await session.createTable(table);
  }
  await session.insert(
    users,
    { name: "Tom", age: 18 },
    { name: "Sam", age: 30, bossId: 1 },
    { name: "Ann", bossId: 2 },
  );
  const post = (id: number, userId: number, title: string, views: bigint) => ({
    id,
    userId,
    title,
    views,
    at: day(id),
  });
  await session.insert(
    posts,
    { ...post(1, 1, "Hello", 10n), rating: 1.5, meta: { tags: ["a", "b"] } },
    { ...post(2, 1, "100% sure", 2n ** 60n), meta: { by: { name: "x_y" } } },
    { ...post(3, 2, "hello again", 7n), rating: 4 },
    { ...post(4, 1, "Gone", 1n), deletedAt: new Date(0) },
    post(5, 1, "Last", 3n),
  );
  await session.insert(tags, { tag: "deno" }, { tag: "sql" });
  await session.insert(
    postTags,
    { postId: 1, tagId: 1 },
    { postId: 1, tagId: 2 },
    { postId: 3, tagId: 2 },
    { postId: 4, tagId: 1 },
  );
  return session;
}
