// Copyright 2026 the Gee authors. MIT license.
// Checked by the type checker alone; nothing here runs.

import {
  date,
  defineModel,
  type Expression,
  type HooksOn,
  integer,
  json,
  on,
  type Session,
  sql,
  table,
  text,
} from "./mod.ts";
import { type Equal, type Flat, same } from "./types_test.ts";

const notes = table("notes", {
  id: integer().primaryKey(),
  title: text(),
  stars: integer().nullable(),
  tags: json<string[]>().nullable(),
  slug: text().generated("lower(title)"),
  version: integer().version(),
  at: date().createdAt(),
});
type Note = {
  id: number;
  title: string;
  stars: number | null;
  tags: string[] | null;
  slug: string;
  version: number;
  at: Date;
};

export async function accepted(session: Session): Promise<void> {
  const model = session.model(notes);
  const made = await model.returning("id", "slug").insert({ title: "a" });
  same<Equal<Flat<(typeof made)[number]>, { id: number; slug: string }>>();
  const all = await model.where({ id: 1 }).returning().update({ stars: null });
  same<Equal<Flat<(typeof all)[number]>, Note>>();
  const expressions = await model.all().returning((note) => ({
    a: note.stars,
    b: note.at,
  })).delete();
  same<
    Equal<Flat<(typeof expressions)[number]>, { a: number | null; b: Date }>
  >();
  const upserted = await model.onConflict(["id", "title"], {
    set: (note, excluded) => ({
      title: excluded.title,
      stars: sql`${note.stars} + 1`,
    }),
    where: (note, excluded) => sql`${note.version} < ${excluded.version}`,
  }).returning("stars").insert({ title: "a", version: 1 });
  same<Equal<Flat<(typeof upserted)[number]>, { stars: number | null }>>();
  const counts: number[] = [
    await model.upsert({ title: "a" }),
    await session.upsert(notes, { id: 1, title: "a" }),
    await model.onConflict("id", "ignore").insert({ title: "a" }),
    await model.all().update((note) => ({
      stars: note.id,
      title: sql`upper(${note.title})`,
      tags: ["a"],
    })),
    await model.all().update({ tags: sql`'[]'`, at: new Date() }),
  ];
  const note: Note = await session.save(notes, { title: "a" });
  const same2: Note = await session.save(notes, note);
  const again: Note = await session.reload(notes, { id: same2.id });
  void [counts, again];
}

export function refused(session: Session): void {
  const model = session.model(notes).where({ id: 1 });
  const other: Expression<string> = session.model(notes) as never;
  // @ts-expect-error unknown column
  void model.returning("nope");
  // @ts-expect-error generated
  void model.update({ slug: "a" });
  // @ts-expect-error the version rises by itself
  void model.update(() => ({ version: 1 }));
  // @ts-expect-error an expression of another type
  void model.update({ stars: other });
  // @ts-expect-error not nullable
  void model.update({ title: null });
  // @ts-expect-error a column of another type
  void model.update((note) => ({ title: note.id }));
  // @ts-expect-error unknown key
  void model.onConflict("nope", "ignore");
  // @ts-expect-error unknown action
  void model.onConflict("id", "replace");
  // @ts-expect-error generated
  void model.onConflict("id", { set: { slug: "a" } });
  // @ts-expect-error missing column
  void model.upsert({ id: 1 });
  // @ts-expect-error missing column
  void session.save(notes, { stars: 1 });
  // @ts-expect-error a value of another type
  void session.reload(notes, { id: "1" });
}

export const hooked = table("hooked", {
  id: integer().primaryKey(),
  title: text(),
  made: text().generated("title"),
}, {
  hooks: {
    async beforeInsert(rows, { session, table, signal }) {
      for (const row of rows) {
        row.title = row.title.trim();
        // @ts-expect-error generated
        row.made = "";
      }
      same<Equal<typeof signal, AbortSignal | undefined>>();
      await session.model(table).where({ title: "a" }).count();
    },
    afterInsert(rows, { affected }) {
      const made: string[] = rows.map(({ made }) => made);
      const count: number = affected;
      void [made, count];
    },
    beforeUpdate(changes, { rows }) {
      changes.title = sql`'a'`;
      void rows.select("title").find();
      // @ts-expect-error unknown column
      changes.nope = 1;
    },
  },
});

class Model {
  id = 0;
  name = "";
}
export const models = defineModel(Model, {
  columns: { id: integer().primaryKey() },
  hooks: {
    beforeInsert(rows) {
      for (const row of rows) row.name = row.name?.trim() ?? "";
    },
  },
});
export const every: HooksOn = on(models, {
  afterQuery(rows) {
    for (const row of rows) row.name = row.name?.toUpperCase() ?? "";
  },
});
