// Copyright 2026 the Gee authors. MIT license.
// Checked by the type checker alone; nothing here runs.

import {
  bigint,
  blob,
  boolean,
  date,
  integer,
  json,
  real,
  type Session,
  table,
  text,
} from "./mod.ts";

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends
  (<T>() => T extends B ? 1 : 2) ? true : false;
type Flat<T> = T extends infer O ? { [K in keyof O]: O[K] } : never;
function same<_T extends true>(): void {}

const customers = table("customers", {
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
const codes = table("codes", { code: text().primaryKey() });

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
  // @ts-expect-error a JSON column knows null only
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
