// Copyright 2026 the Gee authors. MIT license.

/** An option of the command line. */
export interface CliOption {
  readonly type: "string" | "boolean";
  /** Whether it may be given more than once. */
  readonly multiple?: boolean;
  /** What its value is, for the help. */
  readonly value?: string;
  readonly summary: string;
}

export const OPTIONS: Readonly<Record<string, CliOption>> = {
  database: {
    type: "string",
    value: "URL",
    summary: "a path, a file: URL, or the URL of a libsql server",
  },
  driver: {
    type: "string",
    value: "NAME",
    summary: "sqlite or libsql; by the URL when left out",
  },
  migrations: {
    type: "string",
    value: "DIR",
    summary: "the folder of migrations, ./migrations when left out",
  },
  schema: {
    type: "string",
    value: "FILE",
    summary: "a module that exports the tables",
  },
  rename: {
    type: "string",
    multiple: true,
    value: "OLD=NEW",
    summary: "a table or column (users.name=fullName) is renamed; many times",
  },
  drop: {
    type: "string",
    multiple: true,
    value: "TABLE",
    summary: "a table is dropped; many times",
  },
  "allow-loss": { type: "boolean", summary: "do what loses data" },
  empty: { type: "boolean", summary: "write a migration without difference" },
  count: { type: "string", value: "N", summary: "how many migrations at most" },
  "dry-run": {
    type: "boolean",
    summary: "say what would run, and run nothing",
  },
  from: {
    type: "string",
    value: "NAME",
    summary: "what the source imports, @gee/std/orm when left out",
  },
  json: { type: "boolean", summary: "write JSON to the output" },
  help: { type: "boolean", summary: "write this" },
};

/** A command. */
export interface CliUsage {
  readonly summary: string;
  /** What comes behind it. */
  readonly argument?: string;
  readonly options: readonly string[];
  readonly needs: readonly string[];
  readonly examples: readonly [string, string, string];
}

const ON_DATABASE = ["database", "driver", "migrations"];

export const COMMANDS: Readonly<Record<string, CliUsage>> = {
  generate: {
    summary:
      "write a migration: from what the migrations make to the tables of the schema",
    argument: "TITLE",
    options: [
      "migrations",
      "schema",
      "driver",
      "rename",
      "drop",
      "allow-loss",
      "empty",
    ],
    needs: ["schema"],
    examples: [
      "generate 'add email' --schema tables.ts",
      "generate rename --schema tables.ts --rename users.name=fullName",
      "generate cleanup --schema tables.ts --drop old_users --allow-loss",
    ],
  },
  status: {
    summary: "list the migrations, and which of them were applied",
    options: ON_DATABASE,
    needs: ["database"],
    examples: [
      "status --database gee.db",
      "status --database gee.db --migrations db/migrations",
      "status --database gee.db --json",
    ],
  },
  up: {
    summary: "run the migrations that are pending",
    options: [...ON_DATABASE, "count", "dry-run"],
    needs: ["database"],
    examples: [
      "up --database gee.db",
      "up --database gee.db --count 1",
      "up --database gee.db --dry-run",
    ],
  },
  down: {
    summary: "undo the last migration, or the last ones",
    options: [...ON_DATABASE, "count", "dry-run"],
    needs: ["database"],
    examples: [
      "down --database gee.db",
      "down --database gee.db --count 2",
      "down --database gee.db --dry-run",
    ],
  },
  redo: {
    summary: "undo the last migration and run it again",
    options: ON_DATABASE,
    needs: ["database"],
    examples: [
      "redo --database gee.db",
      "redo --database gee.db --driver libsql",
      "redo --database gee.db --json",
    ],
  },
  check: {
    summary:
      "fail when migrations are pending or edited, or database, migrations and schema differ",
    options: [...ON_DATABASE, "schema"],
    needs: ["database"],
    examples: [
      "check --database gee.db",
      "check --database gee.db --schema tables.ts",
      "check --database gee.db --schema tables.ts --json",
    ],
  },
  plan: {
    summary:
      "say what makes the database have the tables of the schema, and what it loses",
    options: ["database", "driver", "schema", "rename", "drop"],
    needs: ["database", "schema"],
    examples: [
      "plan --database gee.db --schema tables.ts",
      "plan --database gee.db --schema tables.ts --rename users=people",
      "plan --database gee.db --schema tables.ts --json",
    ],
  },
  introspect: {
    summary: "write the source of the tables of a database",
    options: ["database", "driver", "from"],
    needs: ["database"],
    examples: [
      "introspect --database gee.db > tables.ts",
      "introspect --database gee.db --from jsr:@gee/std/orm",
      "introspect --database gee.db --json",
    ],
  },
  seed: {
    summary:
      "run the function seed(session) that a module exports, in one transaction",
    argument: "FILE",
    options: ["database", "driver"],
    needs: ["database"],
    examples: [
      "seed seeds.ts --database gee.db",
      "seed seeds/test.ts --database gee.db --driver libsql",
      "seed seeds.ts --database gee.db --json",
    ],
  },
};

const PROGRAM = "deno run -A jsr:@gee/std/orm/cli";

/** The help of a command, or of all of them. */
export function helpText(command: string | undefined): string {
  const usage = command === undefined ? undefined : COMMANDS[command];
  if (command === undefined || usage === undefined) {
    return [
      `${PROGRAM} COMMAND [OPTIONS]`,
      "",
      ...rows(
        Object.entries(COMMANDS).map(([name, { summary }]) => [name, summary]),
      ),
      "",
      "COMMAND --help says more of one.",
      "Exit codes: 0 done, 1 failed or something does not fit, 2 not understood.",
    ].join("\n");
  }
  const argument = usage.argument === undefined ? "" : ` ${usage.argument}`;
  return [
    `${PROGRAM} ${command}${argument} [OPTIONS]`,
    "",
    `Does: ${usage.summary}.`,
    "",
    ...rows([...usage.options, "json", "help"].map((name) => {
      const { value, summary } = OPTIONS[name] ?? { summary: "" };
      const needed = usage.needs.includes(name) ? " (needed)" : "";
      const label = value === undefined ? `--${name}` : `--${name} ${value}`;
      return [label, summary + needed];
    })),
    "",
    "Examples:",
    ...usage.examples.map((example) => `  ${PROGRAM} ${example}`),
  ].join("\n");
}

function rows(cells: readonly (readonly string[])[]): string[] {
  const width = Math.max(...cells.map(([label = ""]) => label.length)) + 2;
  return cells.map(([label = "", text]) => `  ${label.padEnd(width)}${text}`);
}
