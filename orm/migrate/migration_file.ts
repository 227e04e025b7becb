// Copyright 2026 the Gee authors. MIT license.

import { MigrationError, type MigrationStep } from "./migration_plan.ts";
import { statementsOf } from "./migrate_tables.ts";
import { splitStatements } from "./split_statements.ts";
import { tokenize } from "./tokenize.ts";
import { transactionWord } from "./transaction_word.ts";

/** A migration as a file of a folder. */
export interface MigrationFile {
  /** Its name without ".sql": a time, as `20261130134000`, and what it is for. */
  readonly name: string;
  /** SHA-256 of its text in hex. */
  readonly checksum: string;
  /** The statements that do it. */
  readonly up: readonly string[];
  /** The statements that undo it; `null` when it cannot be undone. */
  readonly down: readonly string[] | null;
}

const TIME = 14;
const NAME = /^\d{14}_\w+$/;
const SECTION = /^-- (up|down)[ \t]*$/gm;
/** Reads the text of a migration. */
export async function parseMigration(
  name: string,
  source: string,
): Promise<MigrationFile> {
  const refuse = (reason: string) =>
    new MigrationError(`Cannot read migration "${name}": ${reason}`);
  if (!NAME.test(name)) {
    throw refuse('want a name like "20261130134000_add_email"');
  }
  // Git may have changed the line ends.
  const text = source.replaceAll("\r\n", "\n");
  const sections = new Map<string, string[]>();
  // A line of a text or a name is none, whatever it says.
  const quoted = tokenize(text).filter(({ text }) => text.includes("\n"));
  const marks = [...text.matchAll(SECTION)].filter(({ index }) =>
    !quoted.some(({ start, end }) => start < index && index < end)
  );
  for (const [index, mark] of marks.entries()) {
    const word = mark[1] ?? "";
    if (sections.has(word)) throw refuse(`it has two sections "-- ${word}"`);
    const body = text.slice(mark.index, marks[index + 1]?.index);
    sections.set(word, checked(splitStatements(body), refuse));
  }
  const up = sections.get("up");
  if (up === undefined) throw refuse('it has no section "-- up"');
  const bytes = new TextEncoder().encode(text);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  const down = sections.get("down") ?? null;
  return { name, checksum: digest.toHex(), up, down };
}

function checked(
  statements: string[],
  refuse: (reason: string) => Error,
): string[] {
  for (const statement of statements) {
    const word = transactionWord(statement);
    if (word === undefined) continue;
    throw refuse(`${word} is in it, but it is run in a transaction anyway`);
  }
  return statements;
}

/** What goes into the file of a migration. */
export interface MigrationText {
  readonly up: readonly MigrationStep[];
  readonly down: readonly MigrationStep[];
  /** What a person should know before it is run. */
  readonly notes: readonly string[];
}

/** The text of a migration's file. */
export function formatMigration({ up, down, notes }: MigrationText): string {
  const section = (steps: readonly MigrationStep[]) =>
    statementsOf(steps).map(({ sql }) => `${ended(sql)};\n`).join("");
  const remarks = notes.map((note) => `-- ${note.replaceAll(/\s+/g, " ")}\n`);
  return `${remarks.join("")}-- up\n${section(up)}\n-- down\n${section(down)}`;
}

/** A statement that a ";" behind it ends: it would be lost in a comment. */
function ended(sql: string): string {
  const text = sql.trimEnd();
  return text.includes("--", text.lastIndexOf("\n") + 1) ? `${text}\n` : text;
}

/**
 * The name of a migration that is made now. It comes after the newest one there
 * is, also in the same second or by a clock that went back.
 */
export function migrationName(
  title: string,
  now: Date,
  newest: string | undefined,
): string {
  const words = title.trim().replaceAll(/[^\p{L}\p{N}]+/gu, "_")
    .replaceAll(/\W/g, "").replaceAll(/^_+|_+$/g, "").toLowerCase();
  if (words === "") {
    throw new TypeError(
      `Cannot name migration ${JSON.stringify(title)}: want words of letters`,
    );
  }
  const time = now.toISOString().replaceAll(/\D/g, "").slice(0, TIME);
  const next = newest === undefined ? 0 : Number(newest.slice(0, TIME)) + 1;
  const name = `${Math.max(Number(time), next)}`.padStart(TIME, "0");
  return `${name}_${words}`;
}
