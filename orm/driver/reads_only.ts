// Copyright 2026 the Gee authors. MIT license.

const COMMENTS = /^(?:\s+|--[^\n]*\n|\/\*[^]*?\*\/)+/;
const READS = /^(?:select|values|explain)\b/i;
const CHANGES = /^(?:insert|update|delete|replace)\b/i;
const WRITES = /\b(?:insert|update|delete|replace)\b/i;

/**
 * Whether a statement certainly only reads. A server cannot be asked without a
 * round trip, so what may be either, a common table expression with such a word
 * in it, counts as writing.
 */
export function readsOnly(sql: string): boolean {
  const text = sql.replace(COMMENTS, "");
  return READS.test(text) || /^with\b/i.test(text) && !WRITES.test(text);
}

/**
 * Whether a statement changes rows. Of others SQLite still counts those that the
 * statement before changed.
 */
export function changesRows(sql: string): boolean {
  const text = sql.replace(COMMENTS, "");
  return CHANGES.test(text) || /^with\b/i.test(text) && WRITES.test(text);
}
