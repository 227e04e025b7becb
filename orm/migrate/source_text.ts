// Copyright 2026 the Gee authors. MIT license.
// Pieces of TypeScript source.

/** A comment that nothing in its text can end. */
export function comment(text: string): string {
  return `${
    text.split(/\r\n|[\r\n\u2028\u2029]/).map((line) => `// ${line}`).join("\n")
  }\n`;
}

/** Text for a template in back quotes. */
export function template(text: string): string {
  return `sql\`${text.replaceAll(/[\\`]|\$\{/g, "\\$&")}\``;
}

/** The parts of a call's argument that are not left out. */
export function object(
  entries: readonly (readonly [string, string | false])[],
): string {
  const given = entries.flatMap(([name, value]) =>
    value === false ? [] : `${name}: ${value}`
  );
  return given.length === 0 ? "" : `{ ${given.join(", ")} }`;
}

/** An array, or nothing to be left out. */
export function list(items: readonly string[]): string | false {
  return items.length > 0 && `[${items.join(", ")}]`;
}

/** Names that no variable of the source may have. */
export const RESERVED: readonly string[] =
  "arguments await break case catch class const continue debugger default delete do else enum eval export extends false finally for function if implements import in instanceof interface let new null package private protected public return static super switch this throw true try typeof undefined var void while with yield bigint blob boolean date enumeration integer real sql table Table text Date Infinity Uint8Array"
    .split(" ");

/** What the variable of a table is called. */
export function variableOf(table: string, taken: ReadonlySet<string>): string {
  const words = table.replaceAll(
    /[^\w$]+(.)?/g,
    (_, letter: string = "") => letter.toUpperCase(),
  );
  const name = /^[A-Za-z_$]/.test(words) ? words : `table${words}`;
  let free = taken.has(name) ? `${name}Table` : name;
  for (let count = 2; taken.has(free); count++) free = `${name}Table${count}`;
  return free;
}

/** A property as a literal of an object has it. */
export function property(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);
}
