// Copyright 2026 the Gee authors. MIT license.

import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  expression,
  fullText,
  integer,
  sql,
  SqlSyntaxError,
  table,
  text,
} from "../mod.ts";
import { blog, posts } from "../testdata/blog.ts";
import { onEveryDriver } from "../testdata/drivers.ts";

const notes = table("no'tes \"1", {
  id: integer().primaryKey().named("the id"),
  title: text().named('ti"tle'),
  body: text().nullable(),
  stars: integer().default(0),
});
const search = fullText(notes, ["title", "body"]);

onEveryDriver("fullText() finds what is there", async (engine) => {
  const session = engine.session();
  await session.createTable(notes);
  await session.insert(
    notes,
    { title: "Deno", body: "A runtime for JavaScript" },
    { title: "Café", body: null },
  );
  await session.createFullText(search);
  await session.insert(notes, {
    title: "Other",
    body: "deno deno deno runtimes",
  });
  const query = session.model(notes).select("id");
  const ids = async (text: string, options = {}) =>
    (await query.match(search, text, options).find()).map(({ id }) => id)
      .sort((a, b) => b - a);
  assertEquals(await ids("runtime"), [1]);
  assertEquals(await ids("runtime", { prefix: true }), [3, 1]);
  assertEquals(await ids("cafe"), [2]);
  assertEquals(await ids("DENO"), [3, 1]);
  assertEquals(await ids("deno javascript"), [1]);
  assertEquals(await ids("javascript OR café", { raw: true }), [2, 1]);
  const best = query.match(search, "deno").select((note) => ({
    id: note.id,
  }));
  assertEquals(await best.first(), { id: 3 });
  const order = query.orderBy("id").match(search, "deno");
  assertEquals(await order.find(), [{ id: 1 }, { id: 3 }]);
  assertEquals(await order.where({ stars: { gt: 0 } }).count(), 0);
  assertEquals(await order.count(), 2);
  const marked = await session.model(notes).match(search, "runtime")
    .select((note) => ({
      title: note.title,
      text: search.highlight("body", { before: "[", after: "]" }),
      part: search.snippet("body", { words: 2 }),
      rank: expression<boolean>(sql`${search.rank} < 0`),
    })).find();
  assertEquals(marked, [{
    title: "Deno",
    text: "A [runtime] for JavaScript",
    part: "A <b>runtime</b>...",
    rank: 1 as unknown as boolean, // as it is stored
  }]);
  // Whoever writes, the index follows.
  await session.model(notes).where({ id: 1 }).update({ body: "gone" });
  await session.model(notes).where({ id: 3 }).delete();
  assertEquals(await ids("runtime", { prefix: true }), []);
  assertEquals(await ids("gone"), [1]);
  await session.raw(
    `INSERT INTO "no'tes ""1_search"("no'tes ""1_search") VALUES ('integrity-check')`,
  );
  await session.dropFullText(search);
  await session.dropFullText(search);
  await session.insert(notes, { title: "x" });
  await assertRejects(() => ids("x"), SqlSyntaxError, "no such table");
});

onEveryDriver("no text of a user is a mistake in match()", async (engine) => {
  const session = engine.session();
  await session.createTable(notes);
  await session.createFullText(search);
  await session.insert(notes, { title: "a b", body: "AND" });
  const query = session.model(notes);
  const texts = [
    "",
    " ",
    '"',
    '""',
    "'",
    "*",
    "a*",
    "^a",
    "a AND",
    "AND",
    "NOT",
    "OR OR",
    "NEAR(a b",
    "(",
    ")",
    "title:",
    "title:x",
    "{a}",
    "-a",
    "a - b",
    "+",
    "a\tb\n",
    "; DROP TABLE x; --",
    "😀",
    "\u202e",
    "%",
    "\\",
    'a"b',
    "x ".repeat(500),
  ];
  for (const text of texts) {
    for (const prefix of [false, true]) {
      await query.match(search, text, { prefix }).find();
    }
  }
  assertEquals(await query.match(search, "and").count(), 1);
  assertEquals(await query.match(search, "").count(), 0);
  await assertRejects(
    () => query.match(search, "(", { raw: true }).find(),
    SqlSyntaxError,
    "fts5: syntax error",
  );
  assertThrows(() => query.match(search, "a\0"), RangeError, "a NUL in it");
  assertThrows(
    () => query.match(search, 5 as never),
    TypeError,
    "Cannot match text: got 5, want a text",
  );
});

Deno.test("fullText() says what it cannot search", () => {
  const ranked = table("ranked", {
    id: integer().primaryKey(),
    place: text().named("Rank"),
  });
  const keyed = table("keyed", { id: text().primaryKey(), n: integer() });
  const cases: [() => unknown, string][] = [
    [() => fullText(notes, []), "want an array of properties"],
    [
      () => fullText(notes, ["titel" as "title"]),
      'it has no column "titel" (did you mean "title"?)',
    ],
    [
      () => fullText(notes, ["stars"]),
      '"stars" is of kind "integer", want text',
    ],
    [() => fullText(notes, ["title", "title"]), '"title" is there twice'],
    [
      () => fullText(ranked, ["place"]),
      'FTS5 has a column of its own named like "place"',
    ],
    [
      () => fullText(keyed, ["id"]),
      'Cannot search table "keyed": its primary key is not an integer',
    ],
    [
      () => search.highlight("stars" as "title"),
      'Cannot mark text: "stars" is not in full-text index',
    ],
    [
      () => search.snippet("title", { words: 65 }),
      '"words" is 65, want a whole number from 1 to 64',
    ],
  ];
  for (const [refuse, message] of cases) assertThrows(refuse, Error, message);
});

onEveryDriver(
  "a mistake in the syntax of one search is not one of the next",
  async (engine) => {
    const session = await blog(engine);
    const titles = fullText(posts, ["title"]);
    await session.createFullText(titles);
    const found = (text: string) =>
      session.model(posts).match(titles, text, { raw: true });
    for (let round = 0; round < 2; round++) {
      await assertRejects(() => found("AND").count(), SqlSyntaxError);
      assertEquals(await found("hello").count(), 2);
      await assertRejects(() => found("AND").find(), SqlSyntaxError);
      assertEquals((await found("hello").find()).length, 2);
    }
  },
);
