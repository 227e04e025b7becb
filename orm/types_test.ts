// Copyright 2026 the Gee authors. MIT license.
// Checked by the type checker alone; nothing here runs.

import { z } from "npm:zod@4.6.7";
import {
  bigint,
  blob,
  boolean,
  custom,
  date,
  defineModel,
  enumeration,
  integer,
  json,
  real,
  relate,
  type Relation,
  type Session,
  sql,
  table,
  text,
  uuid,
} from "./mod.ts";

export type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends
  (<T>() => T extends B ? 1 : 2) ? true : false;
export type Flat<T> = T extends infer O ? { [K in keyof O]: O[K] } : never;
export function same<_T extends true>(): void {}

export const customers = table("customers", {
  id: integer().primaryKey(),
  name: text(),
  email: text().nullable(),
  active: boolean().default(true),
  big: bigint().nullable(),
  rate: real(),
  photo: blob().nullable(),
  born: date().nullable().default(new Date(0)),
  meta: json<{ tags: string[] }>().nullable(),
});
export const codes = table("codes", { code: text().primaryKey() });

export async function accepted(session: Session): Promise<void> {
  const rows = await session.model(customers)
    .where({
      id: 1,
      name: { like: "A%" },
      born: { lt: new Date() },
      meta: null,
      or: [{ email: null }, { active: true, not: { rate: { in: [1] } } }],
    })
    .orderBy("-name", "id").find();
  same<
    Equal<Flat<(typeof rows)[number]>, {
      id: number;
      name: string;
      email: string | null;
      active: boolean;
      big: bigint | null;
      rate: number;
      photo: Uint8Array | null;
      born: Date | null;
      meta: { tags: string[] } | null;
    }>
  >();
  const first = await session.model(customers).select("id", "email").first();
  same<
    Equal<Flat<NonNullable<typeof first>>, { id: number; email: string | null }>
  >();
  await session.insert(
    customers,
    { name: "x", rate: 1 },
    { name: "y", rate: 1, email: null, big: 1n, id: 5, meta: { tags: [] } },
  );
  await session.insert(codes, { code: "a" });
  await session.model(customers).all().update({ email: null, rate: 2 });
  const raw = await session.raw<{ n: number }>("SELECT 1 AS n");
  same<Equal<typeof raw, { n: number }[]>>();
  await session.transaction(async (tx) => await tx.model(codes).count());
}

export function refused(session: Session): void {
  const query = session.model(customers);
  // @ts-expect-error wrong type of value
  query.where({ id: "1" });
  // @ts-expect-error unknown column
  query.where({ nope: 1 });
  // @ts-expect-error unknown operator
  query.where({ id: { near: 1 } });
  // @ts-expect-error "like" is for text
  query.where({ id: { like: "x" } });
  // @ts-expect-error undefined is no value
  query.where({ id: undefined });
  // @ts-expect-error null cannot be greater or less
  query.where({ email: { gt: null } });
  // @ts-expect-error an array is no value
  query.where({ id: [1] });
  // @ts-expect-error JSON is compared by a path only
  query.where({ meta: { tags: [] } });
  // @ts-expect-error a value of no kind that SQL knows
  query.where("id = ?", {});
  // @ts-expect-error unknown column
  query.orderBy("zzz");
  // @ts-expect-error unknown column
  query.select("zzz");
  // @ts-expect-error not selected
  query.select("id").first().then((row) => row?.name);
  // @ts-expect-error required columns are missing
  session.insert(customers, { email: "x" });
  // @ts-expect-error a text key numbers no rows
  session.insert(codes, {});
  // @ts-expect-error unknown column
  session.insert(codes, { code: "a", nope: 1 });
  // @ts-expect-error not nullable
  query.update({ name: null });
  // @ts-expect-error unknown column
  query.update({ nope: 1 });
  // @ts-expect-error wrong type of default
  integer().default("x");
}

export const orders = table("orders", {
  id: integer().primaryKey().autoIncrement(),
  code: uuid().random(),
  state: enumeration(["new", "paid"]).default("new"),
  customerId: integer().references(() => customers, { onDelete: "cascade" }),
  cents: integer().check("cents >= 0"),
  net: integer().generated("cents * 100 / 119", { stored: true }),
  note: text().nullable().generated("'x'"),
  version: integer().version(),
  place: custom({
    as: text(),
    encode: (place: { x: number }) => String(place.x),
    decode: (text) => ({ x: Number(text) }),
  }),
  lines: json(z.object({ names: z.array(z.string()) })).nullable(),
  createdAt: date().createdAt(),
  updatedAt: date({ as: "text" }).nullable().updatedAt(),
  deletedAt: date().softDelete(),
}, {
  unique: [["code", "state"]],
  indexes: [{ on: ["-createdAt", "state", sql`lower(${sql.ref("code")})`] }],
});

export async function completed(session: Session): Promise<void> {
  const rows = await session.model(orders)
    .where({ state: "paid", version: { gte: 1 }, net: { gt: 0 } })
    .withDeleted().find();
  same<
    Equal<Flat<(typeof rows)[number]>, {
      id: number;
      code: string;
      state: "new" | "paid";
      customerId: number;
      cents: number;
      net: number;
      note: string | null;
      version: number;
      place: { x: number };
      lines: { names: string[] } | null;
      createdAt: Date;
      updatedAt: Date | null;
      deletedAt: Date | null;
    }>
  >();
  const needed = { customerId: 1, cents: 5, place: { x: 1 } };
  await session.insert(orders, needed, {
    ...needed,
    id: 1,
    code: "x",
    state: "paid",
    version: 3,
    lines: { names: [] },
    createdAt: new Date(),
    updatedAt: null,
    deletedAt: new Date(),
  });
  await session.model(orders).where(sql`cents > ${1}`).update({
    deletedAt: null,
    createdAt: new Date(),
  });
}

export function refusedToo(session: Session): void {
  const query = session.model(orders);
  const needed = { customerId: 1, cents: 5, place: { x: 1 } };
  // @ts-expect-error generated columns are not inserted
  session.insert(orders, { ...needed, net: 1 });
  // @ts-expect-error generated ones that are nullable neither
  session.insert(orders, { ...needed, note: null });
  // @ts-expect-error a value that is not in the list
  session.insert(orders, { ...needed, state: "lost" });
  // @ts-expect-error not what the validator returns
  session.insert(orders, { ...needed, lines: { names: [1] } });
  // @ts-expect-error generated columns are not updated
  query.all().update({ net: 1 });
  // @ts-expect-error the version rises by itself
  query.all().update({ version: 1 });
  // @ts-expect-error a value that is not in the list
  query.where({ state: { in: ["lost"] } });
  // @ts-expect-error a template has its values in it
  query.where(sql`cents > ?`, 1);
  // @ts-expect-error not what the tag makes of a value
  sql`${{}}`;
  // @ts-expect-error only a key is numbered
  integer().autoIncrement();
  // @ts-expect-error text has no version
  text().version();
  // @ts-expect-error text is no time
  text().softDelete();
  // @ts-expect-error integers are no time
  integer().createdAt();
  // @ts-expect-error the default is not in the list
  enumeration(["a", "b"]).default("c");
  // @ts-expect-error unknown column of the other table
  integer().references(() => orders, { column: "nope" });
  // @ts-expect-error unknown action
  integer().references(() => orders, { onDelete: "explode" });
  const columns = { a: integer(), b: integer() };
  // @ts-expect-error unknown column in the key
  table("t", columns, { primaryKey: ["a", "nope"] });
  // @ts-expect-error unknown column in an index
  table("t", columns, { indexes: [{ on: ["-nope"] }] });
  // @ts-expect-error unknown column in a unique list
  table("t", columns, { unique: [["nope"]] });
}

class Model {
  static columns = { id: integer().primaryKey(), email: text().nullable() };
  id = 0;
  name = "";
  isActive = false;
  email: string | null = null;
  greet(): string {
    return this.name;
  }
}
const models = defineModel(Model, {
  columns: { name: enumeration(["a", "b"]) },
  indexes: [{ on: ["-name"] }],
});

export async function modeled(session: Session): Promise<void> {
  const row = await session.model(models).first();
  same<
    Equal<Flat<NonNullable<typeof row>>, {
      id: number;
      name: "a" | "b";
      isActive: boolean;
      email: string | null;
    }>
  >();
  await session.insert(models, { name: "a" }, { name: "b", isActive: true });
  // @ts-expect-error a method is no column
  session.model(models).where({ greet: "x" });
  // @ts-expect-error unknown column in the options
  defineModel(Model, { primaryKey: ["nope"] });
}

export function related(): void {
  const lines = relate(customers).hasMany(orders, "customerId");
  same<
    Equal<typeof lines, Relation<typeof customers, typeof orders, "many">>
  >();
  const owner = relate(orders).belongsTo(customers, "customerId");
  same<
    Equal<typeof owner, Relation<typeof orders, typeof customers, "one">>
  >();
  const pairs = table("pairs", { a: integer(), b: integer() });
  relate(customers).manyToMany(orders, { through: pairs, from: "a", to: "b" });
  // @ts-expect-error unknown column of the other table
  relate(customers).hasMany(orders, "nope");
  // @ts-expect-error unknown column of this table
  relate(orders).belongsTo(customers, "nope");
  // @ts-expect-error unknown key
  relate(customers).hasOne(orders, "customerId", { key: "nope" });
  // @ts-expect-error unknown column of the table between
  relate(customers).manyToMany(orders, { through: pairs, from: "a", to: "z" });
}
