// Copyright 2026 the Gee authors. MIT license.
// What the types of tables and queries cost the compiler: files of 15, 30 and 60
// tables of ten columns with four queries each (a select, a relation or join, an
// insert, an update), beside Drizzle: deno run -A bench/orm_types.ts
//
// Seconds are those of `deno check`, which loads a program anew each time, so
// the same file without tables is measured too. Instantiations of types are
// counted by the compiler itself and are the same in every run.

import { installPeers, packagesFolder } from "./orm/node_peers.ts";

const ROUNDS = 3;
const COUNTS = [15, 30, 60];
const MAIN = new URL("../orm/mod.ts", import.meta.url);

interface Candidate {
  readonly name: string;
  /** Its imports, where `deno check` finds them. */
  readonly head: string;
  /** Its imports, where the compiler of TypeScript finds them. */
  readonly plainHead: string;
  /** The whole file after the imports. */
  body(count: number): string;
}

const geeNames =
  "type Session, boolean, count, date, integer, json, real, relate, table, text";

const gee: Candidate = {
  name: "@gee/std",
  head: `import { ${geeNames} } from "${MAIN.href}";\n`,
  plainHead: `import { ${geeNames} } from "${MAIN.pathname}";\n`,
  body(count) {
    const tables = range(count).map((i) =>
      `const t${i} = table("t${i}", {
  id: integer().primaryKey(),
  name${i}: text(),
  email: text().nullable().unique(),
  age: integer().default(0),
  price: real(),
  isActive: boolean().default(true),
  createdAt: date(),
  data: json<{ tags: string[]; n${i}: number }>(),
  note: text().nullable(),
  parentId: integer()${
        i === 0 ? ".nullable()" : `.references(() => t${i - 1})`
      },
});
${
        i === 0
          ? ""
          : `const r${i} = relate(t${i - 1}).hasMany(t${i}, "parentId");\n`
      }`
    );
    const queries = range(count).map((i) =>
      `const a${i}: { id: number; name${i}: string; email: string | null }[] =
  await session.model(t${i}).where({ age: { gte: 18 }, email: { isNull: false } })
    .orderBy("-createdAt", "id").limit(10).select("id", "name${i}", "email").find();
${
        i === 0
          ? `const b0: number = await session.model(t0).where({ id: 1 }).count();`
          : i % 2 === 0
          ? `const b${i}: string[] = (await session.model(t${
            i - 1
          }).where({ id: 1 })
  .with("children", r${i}, (q) => q.where({ isActive: true })).find()).flatMap((row) => row.children.map((c) => c.name${i}));`
          : `const b${i}: { name: string; children: number }[] = await session.model(t${
            i - 1
          }).join("c", r${i}).where({ isActive: true })
  .groupBy("id").select((self, { c }) => ({ name: self.name${
            i - 1
          }, children: count(c.id) })).find();`
      }
await session.insert(t${i}, { name${i}: "x", price: 1, createdAt: new Date(), data: { tags: [], n${i}: 1 }${
        i === 0 ? "" : ", parentId: 1"
      } });
const d${i}: number = await session.model(t${i}).where({ id: { in: [1, 2] } }).update({ name${i}: "y", age: 3 });`
    );
    return `declare const session: Session;\n${tables.join("")}${
      queries.join("\n")
    }\nexport {};\n`;
  },
};

const drizzleNames = [
  `import { and, count, desc, eq, gte, inArray, isNotNull, relations } from "drizzle-orm";`,
  `import type { LibSQLDatabase } from "drizzle-orm/libsql";`,
  `import { type AnySQLiteColumn, integer, real, sqliteTable, text } from "drizzle-orm/sqlite-core";`,
  "",
].join("\n");

const drizzle: Candidate = {
  name: "drizzle",
  head: drizzleNames.replaceAll('"drizzle-orm', '"npm:drizzle-orm@0.45.2'),
  plainHead: drizzleNames,
  body(count) {
    const tables = range(count).map((i) =>
      `const t${i} = sqliteTable("t${i}", {
  id: integer().primaryKey(),
  name${i}: text().notNull(),
  email: text().unique(),
  age: integer().notNull().default(0),
  price: real().notNull(),
  isActive: integer({ mode: "boolean" }).notNull().default(true),
  createdAt: integer({ mode: "timestamp_ms" }).notNull(),
  data: text({ mode: "json" }).$type<{ tags: string[]; n${i}: number }>().notNull(),
  note: text(),
  parentId: integer()${
        i === 0
          ? ""
          : `.notNull().references((): AnySQLiteColumn => t${i - 1}.id)`
      },
});
const r${i} = relations(t${i}, ({ one, many }) => ({
  ${i + 1 < count ? `children: many(t${i + 1}),` : ""}
  ${
        i === 0
          ? ""
          : `parent: one(t${i - 1}, { fields: [t${i}.parentId], references: [t${
            i - 1
          }.id] }),`
      }
}));
`
    );
    const schema = range(count).flatMap((i) => [`t${i}`, `r${i}`]).join(", ");
    const queries = range(count).map((i) =>
      `const a${i}: { id: number; name${i}: string; email: string | null }[] =
  await db.select({ id: t${i}.id, name${i}: t${i}.name${i}, email: t${i}.email }).from(t${i})
    .where(and(gte(t${i}.age, 18), isNotNull(t${i}.email))).orderBy(desc(t${i}.createdAt), t${i}.id).limit(10);
${
        i === 0
          ? `const b0: number = await db.$count(t0, eq(t0.id, 1));`
          : i % 2 === 0
          ? `const b${i}: string[] = (await db.query.t${
            i - 1
          }.findMany({ where: eq(t${i - 1}.id, 1),
  with: { children: { where: eq(t${i}.isActive, true) } } })).flatMap((row) => row.children.map((c) => c.name${i}));`
          : `const b${i}: { name: string; children: number }[] = await db.select({ name: t${
            i - 1
          }.name${i - 1}, children: count(t${i}.id) }).from(t${i - 1})
  .innerJoin(t${i}, eq(t${i}.parentId, t${i - 1}.id)).where(eq(t${
            i - 1
          }.isActive, true)).groupBy(t${i - 1}.id);`
      }
await db.insert(t${i}).values({ name${i}: "x", price: 1, createdAt: new Date(), data: { tags: [], n${i}: 1 }${
        i === 0 ? "" : ", parentId: 1"
      } });
const d${i}: number = (await db.update(t${i}).set({ name${i}: "y", age: 3 }).where(inArray(t${i}.id, [1, 2]))).rowsAffected;`
    );
    return `${tables.join("")}const schema = { ${schema} };
declare const db: LibSQLDatabase<typeof schema>;
${queries.join("\n")}\nexport {};\n`;
  },
};

function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}

/** Seconds of the best of some runs: nothing but noise makes one slower. */
async function seconds(folder: string, text: string): Promise<number> {
  let best = Infinity;
  for (let round = 0; round < ROUNDS; round++) {
    // A new name each time: what was checked before is not checked again.
    const file = `${folder}/${crypto.randomUUID()}.ts`;
    await Deno.writeTextFile(file, text);
    const start = performance.now();
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["check", "--no-config", "--no-lock", file],
      stderr: "piped",
    }).output();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
    best = Math.min(best, (performance.now() - start) / 1000);
    await Deno.remove(file);
  }
  return best;
}

/** Types the compiler instantiates for a file. */
async function instantiations(text: string): Promise<number> {
  // Beside the packages, where it finds Drizzle.
  const file = `${packagesFolder}types.ts`;
  await Deno.writeTextFile(file, text);
  // It knows nothing of Deno and says so; what is counted is the same.
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-A", "npm:typescript@6.0.3/tsc", "--extendedDiagnostics"],
      ...["--strict", "--noEmit", "--allowImportingTsExtensions"],
      ...["--exactOptionalPropertyTypes", "--skipLibCheck"],
      ...["--target", "esnext", "--module", "esnext"],
      ...["--moduleResolution", "bundler", "--ignoreConfig", file],
    ],
    cwd: packagesFolder,
  }).output();
  await Deno.remove(file);
  const report = new TextDecoder().decode(stdout);
  if (/^types\.ts\(/m.test(report)) throw new Error(report);
  return Number(/^Instantiations: +(\d+)/m.exec(report)?.[1]);
}

const lines: string[] = [];

function print(...cells: readonly unknown[]): void {
  lines.push(`| ${cells.join(" | ")} |`);
  console.log(lines.at(-1));
}

const hasPackages = await installPeers();
const folder = await Deno.makeTempDir({ prefix: "gee_types_" });
try {
  print("tables", "queries", "candidate", "s", "s over none", "instantiations");
  print("---", "---", "---", "---", "---", "---");
  for (const { name, head, plainHead, body } of [gee, drizzle]) {
    const base = await seconds(folder, head + body(0));
    const least = hasPackages ? await instantiations(plainHead + body(0)) : NaN;
    for (const count of COUNTS) {
      const whole = await seconds(folder, head + body(count));
      const made = hasPackages
        ? await instantiations(plainHead + body(count)) - least
        : "not counted, for it wants npm";
      const times = [whole.toFixed(2), (whole - base).toFixed(2)];
      print(count, count * 4, name, ...times, made);
    }
  }
} finally {
  await Deno.remove(folder, { recursive: true });
}
await Deno.writeTextFile(
  new URL("results/orm_types.md", import.meta.url),
  `Checking the types of tables and queries

${lines.join("\n")}

Repeat with \`deno run -A bench/orm_types.ts\`.
`,
);
