// Copyright 2026 the Gee authors. MIT license.

import type { ColumnKind } from "../schema/codecs.ts";
import type { ReferenceAction } from "../schema/column.ts";
import type {
  CheckSchema,
  ColumnSchema,
  ForeignKeySchema,
  IndexSchema,
} from "../schema/table_schema.ts";
import type { StoredTable } from "./database_schema.ts";
import { foldName, mentions, sameName } from "./normalize.ts";
import {
  type ParsedTable,
  parseIndex,
  parseTable,
  withoutParentheses,
} from "./parse_table.ts";
import { defaultOf, enumerationOf, kindOf } from "./stored_kind.ts";

interface ColumnCells {
  readonly name: string;
  readonly type: string;
  readonly notnull: number;
  readonly defaultSql: string | null;
  readonly pk: number;
  /** 2 for a generated column that is not stored, 3 for one that is. */
  readonly hidden: number;
}

interface IndexCells {
  readonly name: string;
  readonly unique: number;
  /** `"c"` for CREATE INDEX, `"u"` for UNIQUE, `"pk"` for PRIMARY KEY. */
  readonly origin: string;
  readonly column: string | null;
  readonly desc: number;
  readonly coll: string;
}

interface KeyCells {
  readonly id: number;
  readonly parent: string;
  readonly from: string;
  readonly to: string | null;
  readonly onUpdate: string;
  readonly onDelete: string;
}

/** What SQLite's pragmas say of a table. */
export interface TableCells {
  readonly name: string;
  readonly type: string;
  readonly wr: number;
  readonly strict: number;
  readonly sql: string;
  readonly columns: readonly ColumnCells[];
  readonly indexes: readonly IndexCells[];
  readonly keys: readonly KeyCells[];
  /** The statements that created indices, by name. */
  readonly indexSql: ReadonlyMap<string, string>;
}

/** A table as the database describes it; `keyOf` is the primary key of another. */
export function storedTable(
  cells: TableCells,
  keyOf: (table: string) => readonly string[],
): StoredTable {
  const { name, sql } = cells;
  const parsed = parseTable(sql);
  const primaryKey = keyOf(name);
  const columns = cells.columns.filter(({ hidden }) => hidden !== 1);
  const names = columns.map(({ name }) => name);
  const [key] = columns.filter(({ pk }) => pk > 0);
  const isWithoutRowId = cells.wr === 1;
  const { lists, singles } = uniquesOf(cells.indexes);
  const checks = checksOf(parsed, names);
  return {
    name,
    sql,
    schema: {
      name,
      columns: columns.map((column) =>
        columnOf(column, parsed, { checks, singles })
      ),
      primaryKey,
      isNumbered: primaryKey.length === 1 && !isWithoutRowId &&
        /^INTEGER$/i.test(key?.type ?? ""),
      isAutoIncrement: parsed.isAutoIncrement,
      uniques: lists,
      indexes: indexesOf(cells),
      checks,
      foreignKeys: foreignKeysOf(cells.keys, names, keyOf),
      isStrict: cells.strict === 1,
      isWithoutRowId,
    },
    beyond: [...parsed.beyond, ...collationsOf(cells.indexes)],
  };
}

function columnOf(
  { name, type, notnull, defaultSql, pk, hidden }: ColumnCells,
  { generated }: ParsedTable,
  { checks, singles }: {
    readonly checks: readonly CheckSchema[];
    readonly singles: ReadonlySet<string>;
  },
): ColumnSchema {
  const values = enumerationOf(name, checks);
  const kind: ColumnKind = values === null ? kindOf(type) : "enumeration";
  const expression = generated.get(foldName(name));
  return {
    name,
    property: propertyOf(name),
    kind,
    type: type.toUpperCase(),
    isNullable: notnull === 0 && pk === 0,
    isUnique: singles.has(name),
    default: defaultSql === null ? null : defaultOf(kind, defaultSql),
    generated: hidden === 0 || expression === undefined
      ? null
      : { expression, isStored: hidden === 3 },
    values,
    role: null,
  };
}

/** What names a column in TypeScript: what conditions keep for themselves is changed. */
function propertyOf(name: string): string {
  return /^(and|or|not|__proto__|-.*)$/s.test(name)
    ? `${name.replace(/^-+/, "")}_`
    : name;
}

function uniquesOf(indexes: readonly IndexCells[]) {
  const uniques = indexes.filter(({ origin }) => origin === "u");
  const lists = [...Map.groupBy(uniques, ({ name }) => name).values()]
    .map((cells) => cells.map(({ column }) => column ?? ""));
  return {
    lists: lists.filter(({ length }) => length > 1),
    singles: new Set(
      lists.filter(({ length }) => length === 1).flatMap((list) => list),
    ),
  };
}

function indexesOf({ indexes, indexSql }: TableCells): IndexSchema[] {
  const made = indexes.filter(({ origin }) => origin === "c");
  return [...Map.groupBy(made, ({ name }) => name)].map(([name, cells]) => {
    const { parts, where } = parseIndex(indexSql.get(name) ?? "");
    return {
      name,
      on: cells.map(({ column, desc }, index) => ({
        column,
        expression: column === null
          ? withoutParentheses(parts[index] ?? "")
          : null,
        isDescending: desc === 1,
      })),
      isUnique: cells[0]?.unique === 1,
      where,
    };
  });
}

function collationsOf(indexes: readonly IndexCells[]): string[] {
  return indexes.filter(({ coll, origin }) =>
    origin === "c" && coll.toUpperCase() !== "BINARY"
  ).map(({ coll, name }) => `COLLATE ${coll} of index "${name}"`);
}

/** The checks in the order in which `schema()` has them. */
function checksOf(
  { checks }: ParsedTable,
  names: readonly string[],
): CheckSchema[] {
  const place = ({ expression }: CheckSchema) =>
    Math.max(0, names.findIndex((name) => mentions(expression, name)));
  return [
    ...checks.filter(({ name }) => name === null)
      .sort((a, b) => place(a) - place(b)),
    ...checks.filter(({ name }) => name !== null),
  ];
}

/** The references in the order in which `schema()` has them. */
function foreignKeysOf(
  cells: readonly KeyCells[],
  names: readonly string[],
  keyOf: (table: string) => readonly string[],
): ForeignKeySchema[] {
  const keys = [...Map.groupBy(cells, ({ id }) => id).values()]
    .map((cells) => foreignKeyOf(cells, keyOf));
  const single = names.flatMap((name) =>
    keys.find(({ columns }) =>
      columns.length === 1 && sameName(columns[0] ?? "", name)
    ) ?? []
  );
  return [...single, ...keys.filter((key) => !single.includes(key))];
}

function foreignKeyOf(
  cells: readonly KeyCells[],
  keyOf: (table: string) => readonly string[],
): ForeignKeySchema {
  const { parent, onDelete, onUpdate } = cells[0]!; // groupBy() makes no empty group
  const to = cells.flatMap(({ to }) => to ?? []);
  return {
    columns: cells.map(({ from }) => from),
    table: parent,
    // Left out, it is the other table's key.
    to: to.length > 0 ? to : keyOf(parent),
    // SQLite has the same five, in capitals.
    onDelete: onDelete.toLowerCase() as ReferenceAction,
    onUpdate: onUpdate.toLowerCase() as ReferenceAction,
  };
}
