// Copyright 2026 the Gee authors. MIT license.

/**
 * A typed ORM: tables described in TypeScript, queries that are values, and
 * the same answers and errors from every database library underneath.
 *
 * {@linkcode table} describes a table by its columns, and the types of rows,
 * inserts and conditions follow from it. {@linkcode Engine} opens a database
 * through a driver: `sqlite()` from `@gee/std/orm/sqlite`, which needs no
 * package, or `libsql()` from `@gee/std/orm/libsql`, for files and servers. A {@linkcode Session}
 * creates tables, inserts rows and makes a {@linkcode Query} of a table; a
 * transaction hands out one of its own. This module itself loads no driver.
 *
 * @example Create, insert, query, update
 * ```ts
 * import { Engine, integer, table, text, UniqueError } from "@gee/std/orm";
 * import { sqlite } from "@gee/std/orm/sqlite";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * const users = table("users", {
 *   id: integer().primaryKey(),
 *   name: text(),
 *   age: integer().default(0),
 *   email: text().nullable().unique(),
 * });
 *
 * await using engine = await Engine.open(sqlite(":memory:"));
 * const session = engine.session();
 * await session.createTable(users);
 * await session.insert(
 *   users,
 *   { name: "Tom", age: 18, email: "tom@example.com" },
 *   { name: "Sam" },
 * );
 *
 * const adults = session.model(users).where({ age: { gte: 18 } });
 * assertEquals(await adults.select("name", "age").find(), [{ name: "Tom", age: 18 }]);
 * assertEquals(await adults.update({ age: 30 }), 1);
 * assertEquals((await session.model(users).orderBy("-age").first())?.age, 30);
 * assertEquals(await session.raw("SELECT sum(age) AS sum FROM users"), [{ sum: 30 }]);
 *
 * // A transaction rolls back when its function throws.
 * await assertRejects(
 *   () =>
 *     engine.transaction(async (tx) => {
 *       await tx.model(users).all().delete();
 *       await tx.insert(users, { name: "Jack" }, { id: 1, name: "Tim" }, { id: 1, name: "Kim" });
 *     }),
 *   UniqueError,
 * );
 * assertEquals(await session.model(users).count(), 2);
 * ```
 *
 * A table may say more: what its values are (`enumeration`, `uuid`, `json` with a
 * validator, `custom` types), what the database checks and computes (keys,
 * references, indices, checks, defaults and generated columns, in SQL by the
 * tag {@linkcode sql}), and what columns do by themselves: `createdAt()` and
 * `updatedAt()` keep the time, `version()` tells one who writes that another was
 * first, `softDelete()` keeps what is deleted. {@linkcode defineModel} makes a
 * table of a class, {@linkcode relate} says how two belong together, and
 * {@linkcode schema} gives a table as plain data.
 *
 * @example Constraints, versions and soft deletion
 * ```ts
 * import {
 *   CheckError, ConflictError, date, Engine, enumeration, integer, sql, table, text,
 * } from "@gee/std/orm";
 * import { sqlite } from "@gee/std/orm/sqlite";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * const authors = table("authors", { id: integer().primaryKey(), name: text() });
 * const posts = table("posts", {
 *   id: integer().primaryKey(),
 *   authorId: integer().references(() => authors, { onDelete: "cascade" }),
 *   title: text(),
 *   state: enumeration(["draft", "public"]).default("draft"),
 *   slug: text().generated(sql`replace(lower(${sql.ref("title")}), ' ', '-')`),
 *   version: integer().version(),
 *   deletedAt: date().softDelete(),
 * }, {
 *   unique: [["authorId", "title"]],
 *   indexes: [{ on: ["slug"], where: sql`${sql.ref("deletedAt")} IS NULL` }],
 *   checks: { titled: sql`length(${sql.ref("title")}) > ${0}` },
 * });
 *
 * await using engine = await Engine.open(sqlite());
 * const session = engine.session();
 * await session.createTable(authors);
 * await session.createTable(posts);
 * await session.insert(authors, { name: "Tom" });
 * await session.insert(posts, { authorId: 1, title: "Hello World" });
 * assertEquals((await session.model(posts).first())?.slug, "hello-world");
 * await assertRejects(() => session.insert(posts, { authorId: 1, title: "" }), CheckError);
 *
 * // Whoever read version 1 and comes second is told so.
 * const first = session.model(posts).where({ id: 1, version: 1 });
 * await first.update({ state: "public" });
 * await assertRejects(() => first.update({ title: "Late" }), ConflictError);
 *
 * await session.model(posts).where({ id: 1 }).delete();
 * assertEquals(await session.model(posts).count(), 0);
 * assertEquals(await session.model(posts).withDeleted().count(), 1);
 * ```
 *
 * Queries go as far as SQL does. Where more than one table or more than a column
 * is meant, a function gets the columns and makes SQL of them: `join()` and
 * `leftJoin()` by {@linkcode relate} or by a condition, `select()` with aggregates
 * ({@linkcode count}, {@linkcode sum} ...), `groupBy()` and `having()`, conditions
 * with {@linkcode exists}, {@linkcode subquery} or a query in `in`. `with()` reads
 * the related rows of all rows at once, as deep as wanted. `union()` and its kin,
 * {@linkcode derive} and {@linkcode recursive} make tables of queries. `after()`
 * and `before()` read pages by a cursor, `iterate()` reads rows one by one,
 * {@linkcode fullText} searches, and `explain()` shows what the database does.
 *
 * @example Relations, groups, pages
 * ```ts
 * import { count, Engine, integer, relate, sql, table, text } from "@gee/std/orm";
 * import { sqlite } from "@gee/std/orm/sqlite";
 * import { assertEquals } from "@std/assert";
 *
 * const artists = table("artists", { id: integer().primaryKey(), name: text() });
 * const albums = table("albums", {
 *   id: integer().primaryKey(),
 *   artistId: integer().references(() => artists),
 *   title: text(),
 *   year: integer(),
 * });
 * const artistAlbums = relate(artists).hasMany(albums, "artistId");
 *
 * await using engine = await Engine.open(sqlite());
 * const session = engine.session();
 * await session.createTable(artists);
 * await session.createTable(albums);
 * await session.insert(artists, { name: "Can" }, { name: "Neu!" });
 * await session.insert(
 *   albums,
 *   { artistId: 1, title: "Tago Mago", year: 1971 },
 *   { artistId: 1, title: "Ege Bamyasi", year: 1972 },
 *   { artistId: 2, title: "Neu! 75", year: 1975 },
 * );
 *
 * // The latest album of each artist, in two queries.
 * const rows = await session.model(artists).orderBy("name").select("name")
 *   .with("latest", artistAlbums, (albums) => albums.orderBy("-year").limit(1).select("title"))
 *   .find();
 * assertEquals(rows, [
 *   { name: "Can", latest: [{ title: "Ege Bamyasi" }] },
 *   { name: "Neu!", latest: [{ title: "Neu! 75" }] },
 * ]);
 *
 * const busy = await session.model(artists).join("albums", artistAlbums)
 *   .groupBy("id").having((_, { albums }) => sql`${count(albums.id)} > ${1}`)
 *   .select((artist, { albums }) => ({ name: artist.name, albums: count(albums.id) }))
 *   .find();
 * assertEquals(busy, [{ name: "Can", albums: 2 }]);
 *
 * const pages = session.model(albums).orderBy("-year").limit(2);
 * const first = await pages.after(null).find();
 * const cursor = first[1] === undefined ? null : pages.cursor(first[1]);
 * assertEquals((await pages.after(cursor).find()).map(({ year }) => year), [1971]);
 * ```
 *
 * Writes know what is there already: `upsert()` and `onConflict()` insert or
 * update, `update()` computes by SQL, and `returning()` gives the rows that a
 * write left behind. `session.save()` takes a record as it was read, checks its
 * version and returns it as it is stored, `session.reload()` reads it again.
 * {@linkcode Hooks} of a table, or of an engine by {@linkcode on}, are called
 * before and after queries, inserts, updates and deletes: they may change what is
 * written, refuse it by throwing, or add to it in the same transaction.
 *
 * @example Upserts, records, hooks
 * ```ts
 * import { ConflictError, Engine, integer, on, sql, table, text } from "@gee/std/orm";
 * import { sqlite } from "@gee/std/orm/sqlite";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * const words = table("words", {
 *   word: text().primaryKey(),
 *   count: integer().default(1),
 *   version: integer().version(),
 * }, {
 *   hooks: {
 *     beforeInsert(rows) {
 *       for (const row of rows) row.word = row.word.toLowerCase();
 *     },
 *   },
 * });
 * const log = table("log", { id: integer().primaryKey(), entry: text() });
 * const logged = on(words, {
 *   async afterDelete(rows, { session }) {
 *     await session.insert(log, ...rows.map(({ word }) => ({ entry: `-${word}` })));
 *   },
 * });
 *
 * await using engine = await Engine.open(sqlite(), { hooks: [logged] });
 * const session = engine.session();
 * await session.createTable(words);
 * await session.createTable(log);
 * const counted = await session.model(words)
 *   .onConflict("word", { set: (row) => ({ count: sql`${row.count} + 1` }) })
 *   .returning("word", "count")
 *   .insert({ word: "Deno" }, { word: "SQL" }, { word: "deno" });
 * assertEquals(counted.at(-1), { word: "deno", count: 2 });
 *
 * const record = await session.reload(words, { word: "sql" });
 * const saved = await session.save(words, { ...record, count: 7 });
 * assertEquals(saved, { word: "sql", count: 7, version: 2 });
 * await assertRejects(() => session.save(words, record), ConflictError);
 *
 * await session.model(words).where({ count: { lt: 5 } }).delete();
 * assertEquals((await session.model(log).one()).entry, "-deno");
 * ```
 *
 * Every statement is told to `onQuery`, and is a span of OpenTelemetry when
 * Deno's telemetry is on (`OTEL_DENO`), with its text but never a value.
 *
 * {@linkcode Engine.migrate} makes a database have tables as they are described
 * and keeps every row; {@linkcode planMigration} says what that would be. A
 * {@linkcode Migrator} runs a folder of migrations, which it writes from the
 * difference, with a history and checksums; `@gee/std/orm/cli` is its command
 * line. {@linkcode introspect} reads what is in a database, and
 * {@linkcode printTables} writes that as source.
 *
 * @example A table that changes
 * ```ts
 * import { Engine, integer, MigrationError, table, text } from "@gee/std/orm";
 * import { sqlite } from "@gee/std/orm/sqlite";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * const before = table("users", { id: integer().primaryKey(), name: text(), fax: text() });
 * const after = table("users", {
 *   id: integer().primaryKey(),
 *   fullName: text().unique(),
 *   age: integer().default(18),
 * });
 * await using engine = await Engine.open(sqlite());
 * await engine.migrate(before);
 * await engine.session().insert(before, { name: "Tom", fax: "none" });
 *
 * const rename = { "users.name": "fullName" };
 * await assertRejects(() => engine.migrate([after], { rename }), MigrationError, '"fax"');
 * await engine.migrate([after], { rename, allowLoss: true });
 * assertEquals(await engine.session().model(after).find(), [
 *   { id: 1, fullName: "Tom", age: 18 },
 * ]);
 * assertEquals((await engine.migrate([after], { rename })).steps, []);
 * ```
 *
 * A transaction may be read-only and run again by `retries`; an
 * {@linkcode Engine} may read from replicas, and makes backups.
 *
 * @example Reading only, retries and a backup
 * ```ts
 * import { Engine, integer, ReadOnlyError, table } from "@gee/std/orm";
 * import { sqlite } from "@gee/std/orm/sqlite";
 * import { assertRejects } from "@std/assert";
 *
 * const visits = table("visits", { id: integer().primaryKey(), count: integer() });
 * const folder = await Deno.makeTempDir();
 * {
 *   await using engine = await Engine.open(sqlite(`${folder}/gee.db`, { durability: "full" }));
 *   await engine.session().createTable(visits);
 *   await engine.transaction((tx) => tx.insert(visits, { count: 1 }), { retries: 3 });
 *   await assertRejects(
 *     () => engine.transaction((tx) => tx.insert(visits, { count: 2 }), { readOnly: true }),
 *     ReadOnlyError,
 *   );
 *   await engine.backup(`${folder}/copy.db`);
 * }
 * await Deno.remove(folder, { recursive: true });
 * ```
 *
 * ## Guarantees
 *
 * - A value is bound, never written into SQL; names are quoted and checked
 *   against the table. Everything the types say is checked at run time too.
 * - A value comes back as it went in, or is refused: integers beyond 2^53, NaN,
 *   text with NUL or a lone surrogate in it.
 * - Many transactions at once run one after another and never meet
 *   "database is locked"; another process's lock is waited for without blocking
 *   the event loop. A transaction in a transaction is a savepoint.
 * - What could not be rolled back is never kept: nothing runs on a connection
 *   before that is done.
 * - A read-only transaction sees one state of the database from its first read.
 * - Every wait ends: for a lock by `busyTimeout`, for a server by `timeout`.
 * - An insert or upsert of many rows is all or nothing, and so is a statement with
 *   its hooks. A hook is never called because of what it does itself.
 * - Update and delete need a condition, or `all()`.
 * - A mistake in a table's definition is told where it is defined, a reference
 *   to a column that is not there when the table is created.
 * - Nothing but the tag makes SQL of text: no parsed JSON is taken for it.
 * - Statements are prepared once for each shape of a query; what is asked of a
 *   server in one tick goes out in one round trip.
 * - A relation costs one query however many rows there are; more only for keys of
 *   reals, or several columns with reals, beyond 16,000 of them.
 * - No text of a user is a mistake in `match()`, and a cursor holds values only,
 *   which are checked and bound.
 * - A migration is all or nothing, also when the process is killed in it. Rows,
 *   rows that refer to them, triggers and views stay; what would lose data is
 *   refused unless it is allowed.
 *
 * ## Limits
 *
 * - Calls on other sessions wait while a transaction is open, reads of a
 *   database in a file or on a server aside. Inside of a transaction, use its own session;
 *   waiting for oneself ends in a {@linkcode BusyError} after `busyTimeout`.
 * - Text that another program wrote with NUL in it reads up to the NUL.
 * - `where()` takes a text for SQL: whether a parsed body is an object is for its
 *   reader to check. Conditions are at most 20 deep, with 1,000 objects in them.
 * - A condition other than `isNull` is never met by `null`, as in SQL.
 * - `defaultFn()`, `createdAt()`, `updatedAt()`, `version()` and `softDelete()` are
 *   done by this module: what SQL of one's own writes goes past them.
 * - `contains`, `startsWith`, `endsWith` and `like` take letters of ASCII in any
 *   case for the same, as LIKE of SQLite does.
 * - The queries of `with()` are one after another: in a transaction they see one
 *   state. `iterate()` reads on a connection of its own, which sees what was
 *   committed when it began. A database in memory has one connection only, where
 *   the rows are read at once; in a transaction it is that of the transaction,
 *   which ends it, and rows that it changes meanwhile may be seen or not.
 *   `Engine.close()` waits for rows that are read so.
 * - Sums of integers beyond 2^53 want `bigint()`.
 * - Hooks are called for rows of the table that a query reads and of relations
 *   read by `with()`, not for joined or derived tables, subqueries, `explain()`,
 *   `raw()` and `exec()`, rows that writes return, nor for what the database does
 *   by references. Those of queries are not in a transaction with them.
 * - An upsert is an insert for hooks. What it leaves out keeps its value where the
 *   row is there; a row that is softly deleted is no longer.
 * - A row that is softly deleted still counts for `unique()`; an index with
 *   `unique` and `where` can leave it out.
 * - A migration cannot tell a renaming from a dropping and an adding without
 *   `rename`, does not compare the order of columns, and needs every reference in
 *   the database to hold. What `table()` cannot describe, as COLLATE or
 *   VARCHAR(20), is no difference; where a table has to be built anew, what goes
 *   counts as a loss.
 *
 * @module
 */

export { Engine } from "./engine.ts";
export type { ModelQueryOptions, Session } from "./session.ts";
export type { EngineStats } from "./engine.ts";
export type {
  BackupOptions,
  EngineOptions,
  SessionOptions,
} from "./engine_options.ts";
export { on } from "./hooks.ts";
export type {
  AfterWriteContext,
  BeforeChangeContext,
  HookContext,
  Hooks,
  HooksOn,
} from "./hooks.ts";
export type { TransactionOptions } from "./transaction.ts";
export type { QueryEvent } from "./driver/channel.ts";
export type {
  Connection,
  Driver,
  MaybePromise,
  PrepareOptions,
  RunResult,
  Statement,
  TransactionMode,
} from "./driver/driver.ts";
export type { SqlValue } from "./driver/sql_value.ts";
export type { Dialect, SqlText } from "./dialect/dialect.ts";
export {
  BusyError,
  CheckError,
  ClosedError,
  ConflictError,
  ConnectionError,
  type ConnectionErrorOptions,
  DatabaseError,
  type DatabaseErrorOptions,
  DiskFullError,
  ForeignKeyError,
  NotFoundError,
  NotNullError,
  ReadOnlyError,
  SqlSyntaxError,
  UniqueError,
} from "./errors.ts";
export * from "./schema/mod.ts";
export * from "./query/mod.ts";
export * from "./migrate/mod.ts";
