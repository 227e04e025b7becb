// Copyright 2026 the Gee authors. MIT license.
// Texts that are hard for parsers, twice as long each time: the time may not
// grow by more than a little beyond twice.
import { integer, sql, table } from "../../orm/mod.ts";
import { parseMigration } from "../../orm/migrate/migration_file.ts";
import { parseTable } from "../../orm/migrate/parse_table.ts";
import { splitStatements } from "../../orm/migrate/split_statements.ts";
import { tokenize } from "../../orm/migrate/tokenize.ts";
import { decodeCursor } from "../../orm/query/cursor.ts";
import { matchText } from "../../orm/query/full_text.ts";
import { SqlChecker } from "../../orm/query/sql.ts";
import type { Report } from "./report.ts";

const LENGTH = 4000;
const DOUBLINGS = 3;
const GOAL = 2.5;
/** What takes as long as the square of the text has 4. */
const LIMIT = 3.2;
/** What a parser has to take at the least, in ms, for the growth to be seen. */
const LEAST = 3;

/** Parts that, said again and again, have made parsers slow. */
const PARTS = [
  ...["'", '"', "`", "[", "(", ")", "()", ";", "; ", "?", "$", ":a", "a "],
  ...["/*", "*/", "/**/", ";/*", "--", "--\n", "; --", " ", "\n", "''", '""'],
  ...["'\"", "1e", "x'", "0x", ".", "\u00e9", "a,", "case ", "end ", "begin "],
];
/** What stands before them. */
const HEADS = ["", ";", "create table t (", "create trigger t begin "];

/** The parsers, each given one text; what they throw is their answer. */
const PARSERS: Record<string, (text: string) => unknown> = {
  "text of where()": (text) => new SqlChecker().condition(text, []),
  "text of raw()": (text) => new SqlChecker().statement(text, []),
  "expression of a table": (expression) =>
    table("t", {
      a: integer().check(sql(Object.assign([expression], { raw: [] }))),
    }),
  "tokens of a migration": tokenize,
  "statements of a migration": splitStatements,
  "file of a migration": (text) =>
    parseMigration("20260101000000_a", `-- up\n${text}`),
  "definition of a table": (text) => parseTable(`CREATE TABLE t (a ${text})`),
  "words of match()": (text) => matchText(text, {}),
  "cursor": (text) => decodeCursor("", text),
};

/** The least of some times, in ms. */
async function time(
  parse: (text: string) => unknown,
  text: string,
): Promise<number> {
  let least = Infinity;
  for (let round = 0; round < 2; round++) {
    const start = performance.now();
    try {
      await parse(text);
    } catch {
      // A refusal takes its time too.
    }
    least = Math.min(least, performance.now() - start);
  }
  return least;
}

/** How much longer it takes for twice the text, or 0 when it is never slow. */
async function factorOf(
  parse: (text: string) => unknown,
  textOf: (length: number) => string,
  length = LENGTH,
): Promise<number> {
  const last = await time(parse, textOf(length * 2 ** DOUBLINGS));
  if (last < LEAST) return 0;
  const first = await time(parse, textOf(length));
  return (last / Math.max(first, 0.05)) ** (1 / DOUBLINGS);
}

/** Every parser on every hard text. */
export async function growth(report: Report): Promise<void> {
  report.title(`input growth: ${PARTS.length * HEADS.length} texts`);
  for (const [name, parse] of Object.entries(PARSERS)) {
    let worst = { factor: 0, text: "" };
    for (const head of HEADS) {
      for (const part of PARTS) {
        const textOf = (length: number) =>
          head + part.repeat(length / part.length);
        let factor = await factorOf(parse, textOf);
        // Others use the machine too; what is quadratic stays so when longer.
        for (const more of [1, 4, 4]) {
          if (factor <= GOAL) break;
          const again = await factorOf(parse, textOf, LENGTH * more);
          factor = Math.min(factor, again);
        }
        if (factor > worst.factor) {
          worst = { factor, text: `${head}${part}...` };
        }
      }
    }
    const by = `${name}, twice the text, by ${JSON.stringify(worst.text)}`;
    report.figure(by, worst.factor, "x", GOAL);
    report.check(`${name}: not by the square`, worst.factor < LIMIT);
  }
}
