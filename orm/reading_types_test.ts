// Copyright 2026 the Gee authors. MIT license.
// Checked by the type checker alone; nothing here runs.

import {
  avg,
  count,
  derive,
  exists,
  expression,
  fullText,
  groupConcat,
  max,
  relate,
  type Session,
  sql,
  subquery,
  sum,
} from "./mod.ts";
import {
  codes,
  customers,
  type Equal,
  type Flat,
  orders,
  same,
} from "./types_test.ts";

export async function read(session: Session): Promise<void> {
  const lines = relate(customers).hasMany(orders, "customerId");
  const owner = relate(orders).belongsTo(customers, "customerId");
  const query = session.model(customers);
  const states = session.model(orders).select("state");
  const rows = await query.leftJoin("orders", lines)
    .where((customer, { orders }) => sql`${customer.id} > ${orders.cents}`)
    .whereJoined("orders", { cents: { gt: 1 }, note: null })
    .groupBy("id").having(() => sql`${count()} > ${1}`)
    .orderBy("-name", { by: (_, { orders }) => orders.cents, nulls: "last" })
    .select((customer, { orders }) => ({
      name: customer.name,
      cents: orders.cents,
      rows: count(),
      big: sum(customer.big),
      mean: avg(orders.cents),
      last: max(customer.born),
      text: groupConcat(customer.name),
      flag: expression<boolean>(sql`1`, customers.columns.active),
      order: subquery(states),
    })).find();
  same<
    Equal<(typeof rows)[number], {
      name: string;
      cents: number | null;
      rows: number;
      big: bigint | null;
      mean: number | null;
      last: Date | null;
      text: string | null;
      flag: boolean;
      order: "new" | "paid" | null;
    }>
  >();
  const related = await query.select("id").with("orders", lines).with(
    "first",
    lines,
    (query) =>
      query.select("cents").with(
        "owner",
        owner,
        (query) => query.select("name"),
      ),
  ).one();
  same<Equal<(typeof related)["orders"][number]["cents"], number>>();
  same<
    Equal<Flat<(typeof related)["first"][number]>, {
      cents: number;
      owner: { name: string } | null;
    }>
  >();
  const both = query.select("id", "name").union(query.select("id", "name"));
  const one = await both.where({ id: 1 }).orderBy("-name").one();
  same<Equal<Flat<typeof one>, { id: number; name: string }>>();
  const counts = derive(
    "counts",
    query.select((row) => ({ id: row.id, n: count() })),
  );
  const counted = await session.model(counts).where({ n: { gt: 1 } }).one();
  same<Equal<Flat<typeof counted>, { id: number; n: number }>>();
  query.where({ id: { in: session.model(orders).select("customerId") } })
    .where({ meta: { path: ["tags", 0], eq: "x" } })
    .where({ name: { contains: "x" } })
    .where((row) => exists(session.model(orders).where(() => sql`${row.id}`)));
  for await (const { name } of query.iterate()) {
    same<Equal<typeof name, string>>();
  }
  query.match(fullText(customers, ["name"]), "x").after(
    query.cursor(await query.one()),
  );
}

export function refusedReading(session: Session): void {
  const query = session.model(customers);
  const lines = relate(customers).hasMany(orders, "customerId");
  const joined = query.join("orders", lines);
  // @ts-expect-error no table was joined by that alias
  joined.whereJoined("order", {});
  // @ts-expect-error unknown column of the joined table
  joined.whereJoined("orders", { name: "x" });
  // @ts-expect-error unknown column
  query.select((row) => ({ x: row.nope }));
  // @ts-expect-error unknown alias
  query.select((_, { orders }) => ({ x: orders.id }));
  // @ts-expect-error SQL without a type
  query.select(() => ({ x: sql`1` }));
  // @ts-expect-error a sum of texts
  query.select((row) => ({ x: sum(row.name) }));
  // @ts-expect-error unknown column in the order
  query.orderBy({ by: "nope" });
  // @ts-expect-error unknown column in a group
  query.groupBy("nope");
  // @ts-expect-error the relation starts from another table
  session.model(codes).with("orders", lines);
  // @ts-expect-error a query of several columns
  query.where({ id: { in: session.model(orders) } });
  // @ts-expect-error a query of another type
  query.where({ id: { in: session.model(orders).select("state") } });
  // @ts-expect-error numbers have no parts
  query.where({ id: { contains: "1" } });
  // @ts-expect-error no object is compared
  query.where({ meta: { path: ["tags"], eq: [] } });
  // @ts-expect-error other columns
  query.select("id").union(query.select("name"));
  // @ts-expect-error a column of another table
  query.match(fullText(codes, ["code"]), "x");
  // @ts-expect-error unknown column of the index
  fullText(customers, ["nope"]);
}
