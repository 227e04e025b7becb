// Copyright 2026 the Gee authors. MIT license.

import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { run } from "./cli.ts";

const MOD = new URL("mod.ts", import.meta.url).href;
const SCHEMA = `import { integer, table, text } from "${MOD}";
export const users = table("users", { id: integer().primaryKey(), name: text() });
export const other = 1;
`;
const SEEDS = `import { users } from "./tables.ts";
export const seed = (session) => session.insert(users, { name: "Tom" });
`;

interface Output {
  readonly code: number;
  readonly out: string[];
  readonly log: string[];
}

async function cli(...args: string[]): Promise<Output> {
  const out: string[] = [];
  const log: string[] = [];
  const code = await run(args, {
    out: (line) => out.push(line),
    log: (line) => log.push(line),
    progress: (line) => log.push(line),
  });
  return { code, out, log };
}

async function inFolder(
  test: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/tables.ts`, SCHEMA);
    await Deno.writeTextFile(`${folder}/seeds.ts`, SEEDS);
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function exists(path: string): Promise<boolean> {
  const names = await Array.fromAsync(
    Deno.readDir(path.slice(0, path.lastIndexOf("/"))),
  );
  return names.some(({ name }) => path.endsWith(`/${name}`));
}

for (const driver of ["sqlite", "libsql"]) {
  Deno.test(`run() takes a database from nothing to checked and back, on ${driver}`, () =>
    inFolder(async (folder) => {
      const on = [
        "--database",
        `${folder}/gee.db`,
        "--driver",
        driver,
      ];
      const migrations = ["--migrations", `${folder}/migrations`];
      const schema = ["--schema", `${folder}/tables.ts`];
      const made = await cli("generate", "users", ...schema, ...migrations);
      assertEquals([made.code, made.log], [0, [""]]);
      assertMatch(made.out[0] ?? "", /\/migrations\/\d{14}_users\.sql$/);
      const again = await cli("generate", "x", ...schema, ...migrations);
      assertEquals(again.out, ["no difference, nothing was written"]);
      for (const command of ["status", "check", "down", "redo"]) {
        const { code, log } = await cli(command, ...on, ...migrations);
        assertEquals([code, log], [
          1,
          [`Cannot open database "${folder}/gee.db": there is no such file`],
        ]);
      }
      const dry = await cli("up", ...on, ...migrations, "--dry-run");
      assertEquals(await exists(`${folder}/gee.db`), false);
      assertStringIncludes(dry.out.join("\n"), 'CREATE TABLE "users"');
      const up = await cli("up", ...on, ...migrations);
      assertMatch(up.log[0] ?? "", /^\[1\/1\] up \d{14}_users$/);
      assertMatch(up.out[0] ?? "", /^up \d{14}_users$/);
      const checked = await cli("check", ...on, ...migrations, ...schema);
      assertEquals([checked.code, checked.out], [0, ["all is well"]]);
      const seeded = await cli("seed", `${folder}/seeds.ts`, ...on);
      assertEquals([seeded.code, seeded.log], [0, [""]]);
      const plan = await cli("plan", ...on, ...schema, "--json");
      assertEquals(JSON.parse(plan.out[0] ?? ""), {
        steps: [],
        losses: [],
        problems: [],
      });
      const source = await cli("introspect", ...on);
      assertStringIncludes(source.out[0] ?? "", "name: text(),");
      const status = await cli("status", ...on, ...migrations, "--json");
      assertEquals(JSON.parse(status.out[0] ?? "")[0].state, "applied");
      assertEquals((await cli("redo", ...on, ...migrations)).out.length, 2);
      const down = await cli("down", ...on, ...migrations);
      assertMatch(down.out[0] ?? "", /^down \d{14}_users$/);
      const none = await cli("down", ...on, ...migrations);
      assertEquals(none.out, ["nothing to do"]);
    }));
}

Deno.test("run() says what it did not understand, and exits with 2", async () => {
  const cases: [string[], string][] = [
    [["statsu"], 'Unknown command "statsu" (did you mean "status"?)'],
    [["toString"], 'Unknown command "toString"'],
    [
      ["status", "--databse", "x"],
      'Unknown option "--databse" (did you mean "database"?)',
    ],
    [["status"], 'Command "status" wants "--database"'],
    [
      ["status", "--database", "--json"],
      'Option "--database" wants URL, got "--json"',
    ],
    [["status", "--database"], 'Option "--database" wants URL'],
    [
      ["status", "--database", "x", "--schema", "y"],
      'Command "status" has no option "--schema"',
    ],
    [
      ["status", "more", "--database", "x"],
      'Command "status" does not take "more"',
    ],
    [
      ["up", "--database", ":memory:", "--count", "0"],
      'Option "--count" wants a number from 1, got "0"',
    ],
    [
      ["up", "--database", ":memory:", "--dry-run=1"],
      'Option "--dry-run" takes no value, got "1"',
    ],
    [
      ["up", "--database", "a", "--database", "b"],
      'Option "--database" is given twice',
    ],
    [
      ["plan", "--database", "x", "--schema", "y", "--rename", "a"],
      'Option "--rename" wants OLD=NEW, got "a"',
    ],
    [["seed", "--database", "x"], 'Command "seed" wants FILE'],
    [
      ["status", "--database", ":memory:", "--driver", "mysql"],
      'Unknown driver "mysql": want "sqlite" or "libsql"',
    ],
  ];
  for (const [args, message] of cases) {
    const { code, out, log } = await cli(...args);
    assertEquals(
      { code, out, log: log.filter((line) => line !== "") },
      { code: 2, out: [], log: [message, "--help says what there is."] },
    );
  }
});

Deno.test("run() exits with 1 and the reason when it fails", () =>
  inFolder(async (folder) => {
    const database = ["--database", ":memory:"];
    const none = await cli("seed", `${folder}/tables.ts`, ...database);
    assertEquals(none.code, 1);
    assertEquals(
      none.log.at(-1),
      `Cannot use seeds "${folder}/tables.ts": it exports no function "seed"`,
    );
    const gone = await cli("plan", ...database, "--schema", `${folder}/no.ts`);
    assertEquals(gone.code, 1);
    assertStringIncludes(
      gone.log.at(-1) ?? "",
      `Cannot load "${folder}/no.ts": `,
    );
    const bare = await cli(
      "plan",
      ...database,
      "--schema",
      `${folder}/seeds.ts`,
    );
    assertEquals(
      bare.log.at(-1),
      `Cannot use schema "${folder}/seeds.ts": it exports no table`,
    );
  }));

Deno.test("run() refuses a folder of migrations that is none", () =>
  inFolder(async (folder) => {
    const database = ["--database", ":memory:"];
    const none = `${folder}/nowhere`;
    for (const command of ["status", "up", "down", "redo", "check"]) {
      const { code, log } = await cli(
        command,
        ...database,
        "--migrations",
        none,
      );
      assertEquals([code, log], [
        1,
        [`Cannot read migrations: there is no folder "${none}"`],
      ]);
    }
    const file = `${folder}/tables.ts`;
    const { log } = await cli("up", ...database, "--migrations", file);
    assertEquals(log.at(-1), `Cannot read migrations: "${file}" is no folder`);
  }));

Deno.test("run() explains every command with three examples", async () => {
  const { code, out } = await cli("--help");
  assertEquals([code, (await cli()).out], [0, out]);
  const commands = [...(out[0] ?? "").matchAll(/^ {2}(\w+) /gm)];
  assertEquals(commands.length, 9);
  for (const [, command = ""] of commands) {
    const help = (await cli(command, "--help")).out[0] ?? "";
    const examples = help.slice(help.indexOf("Examples:")).split("\n").slice(1);
    assertEquals(examples.length, 3, command);
    for (const example of examples) {
      assertStringIncludes(example, `/orm/cli ${command}`);
    }
  }
});

Deno.test("The command line runs as a process", () =>
  inFolder(async (folder) => {
    const process = async (...args: string[]) => {
      const cli = new URL("cli.ts", import.meta.url).href;
      const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
        args: ["run", "-A", "--no-check", cli, ...args],
        cwd: folder,
        env: { NO_COLOR: "1" },
      }).output();
      const decoder = new TextDecoder();
      return { code, out: decoder.decode(stdout), log: decoder.decode(stderr) };
    };
    const made = await process("generate", "first", "--schema", "tables.ts");
    assertEquals([made.code, made.log], [0, ""]);
    const up = await process("up", "--database", "gee.db");
    assertMatch(up.out, /^up \d{14}_first\n$/);
    assertMatch(up.log, /^\[1\/1\] up \d{14}_first\n$/);
    const wrong = await process("upp");
    assertEquals([wrong.code, wrong.out], [2, ""]);
    assertStringIncludes(
      wrong.log,
      'Unknown command "upp" (did you mean "up"?)',
    );
  }));
