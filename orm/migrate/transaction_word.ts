// Copyright 2026 the Gee authors. MIT license.

import { tokenize } from "./tokenize.ts";

const WORDS = ["BEGIN", "COMMIT", "END", "ROLLBACK", "SAVEPOINT", "RELEASE"];

/** The word by which a statement begins or ends a transaction, if it does. */
export function transactionWord(sql: string): string | undefined {
  const [first] = tokenize(sql);
  return WORDS.find((word) => word === first?.value);
}
