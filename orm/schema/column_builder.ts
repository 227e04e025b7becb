// Copyright 2026 the Gee authors. MIT license.

import { isSql, type Sql } from "../query/sql_template.ts";
import type { Codec } from "./codecs.ts";
import type {
  Column,
  ColumnDefinition,
  GeneratedOptions,
  Presence,
  ReferencedTable,
  ReferenceOptions,
} from "./column.ts";

/** Every kind of column in one class; the interfaces of the kinds show less. */
class ColumnBuilder<T, N extends boolean, D extends Presence>
  implements Column<T, N, D> {
  readonly definition: ColumnDefinition;

  constructor(definition: ColumnDefinition) {
    this.definition = Object.freeze(definition);
  }

  // N and D live in the types alone, so they are free to differ here.
  #with<N2 extends boolean, D2 extends Presence>(
    change: Partial<ColumnDefinition>,
  ): ColumnBuilder<T, N2, D2> {
    return new ColumnBuilder({ ...this.definition, ...change });
  }

  primaryKey(): ColumnBuilder<T, N, D> {
    return this.#with({ isPrimaryKey: true });
  }

  autoIncrement(): ColumnBuilder<T, N, D> {
    return this.#with({ isAutoIncrement: true });
  }

  nullable(): ColumnBuilder<T, true, D> {
    return this.#with({ isNullable: true });
  }

  default(value: T | Sql): ColumnBuilder<T, N, true> {
    if (isSql(value)) {
      return this.#with({
        defaultSql: value,
        defaultValue: undefined,
        defaultFn: undefined,
      });
    }
    const { codec, name = "default" } = this.definition;
    return this.#with({
      defaultValue: codec.encode(value, name),
      defaultSql: undefined,
      defaultFn: undefined,
    });
  }

  defaultFn(make: () => T): ColumnBuilder<T, N, true> {
    return this.#with({
      defaultFn: make,
      defaultSql: undefined,
      defaultValue: undefined,
    });
  }

  unique(): ColumnBuilder<T, N, D> {
    return this.#with({ isUnique: true });
  }

  index(): ColumnBuilder<T, N, D> {
    return this.#with({ isIndexed: true });
  }

  check(expression: string | Sql): ColumnBuilder<T, N, D> {
    return this.#with({ checks: [...this.definition.checks, expression] });
  }

  references<R extends ReferencedTable>(
    table: () => R,
    { column, ...actions }: ReferenceOptions<keyof R["columns"] & string> = {},
  ): ColumnBuilder<T, N, D> {
    return this.#with({ references: { ...actions, table, column } });
  }

  generated(
    expression: string | Sql,
    { stored = false }: GeneratedOptions = {},
  ): ColumnBuilder<T, N, "generated"> {
    return this.#with({ generated: { expression, isStored: stored } });
  }

  named(name: string): ColumnBuilder<T, N, D> {
    return this.#with({ name });
  }

  version(): ColumnBuilder<T, N, "managed"> {
    const { codec } = this.definition;
    return this.#with({
      role: "version",
      defaultValue: codec.encode(codec.kind === "bigint" ? 1n : 1, "version"),
    });
  }

  createdAt(): ColumnBuilder<T, N, true> {
    return this.#with({ role: "createdAt", defaultFn: () => new Date() });
  }

  updatedAt(): ColumnBuilder<T, N, true> {
    return this.#with({ role: "updatedAt", defaultFn: () => new Date() });
  }

  softDelete(): ColumnBuilder<T, true, true> {
    return this.#with({ role: "softDelete", isNullable: true });
  }

  random(): ColumnBuilder<T, N, true> {
    return this.#with({ defaultFn: () => crypto.randomUUID() });
  }
}

const PLAIN: Omit<ColumnDefinition, "codec"> = {
  name: undefined,
  of: undefined,
  isPrimaryKey: false,
  isAutoIncrement: false,
  isNullable: false,
  isUnique: false,
  isIndexed: false,
  defaultValue: undefined,
  defaultSql: undefined,
  defaultFn: undefined,
  checks: [],
  references: undefined,
  generated: undefined,
  role: undefined,
};

/**
 * A column that nothing is said of yet.
 *
 * @typeParam K The interface of its kind.
 */
export function column<K>(codec: Codec<unknown>): K {
  // Every kind's interface is a part of the builder whose methods return
  // builders; they differ in phantoms alone.
  return new ColumnBuilder({ ...PLAIN, codec }) as unknown as K;
}

/** The same column as a part of a table. */
export function columnOf<K>(
  definition: ColumnDefinition,
  change: Partial<ColumnDefinition>,
): K {
  // As in column().
  return new ColumnBuilder({ ...definition, ...change }) as unknown as K;
}
