// Copyright 2026 the Gee authors. MIT license.
// Texts as tools for SQL injection send them.

const CLOSERS = ["", "'", '"', "`", "')", '")', "'))", "]", "\\'", "%'"];
const ATTACKS = [
  ...["OR 1=1", "OR 'a'='a", "AND 1=2", "OR 1=1 LIMIT 1", "|| 'x'", "+1"],
  ...["UNION SELECT NULL", "UNION ALL SELECT name FROM sqlite_master"],
  ...[
    "; DROP TABLE users",
    "; DELETE FROM users",
    "; PRAGMA writable_schema=1",
  ],
  ...["AND randomblob(1)", "AND load_extension('x')", "ORDER BY 99"],
  ...["; ATTACH DATABASE 'x' AS y", "LIKE '%", "GLOB '*", "IS NOT NULL"],
  ...["AND (SELECT count(*) FROM users) > 0", "HAVING 1=1", "RETURNING *"],
  ...["*/ OR 1=1 /*", "; VACUUM", "COLLATE NOCASE", "ESCAPE '\\"],
];
const ENDS = ["", " --"];

/** More than 500 of them. */
export const HOSTILE_TEXTS: readonly string[] = [
  ...CLOSERS.flatMap((closer) =>
    ATTACKS.flatMap((attack) => ENDS.map((end) => `${closer} ${attack}${end}`))
  ),
  ...[
    "?",
    "?1",
    ":a",
    "@a",
    "$a",
    "%",
    "_",
    "\\",
    "\\%",
    "''",
    "--",
    "/*",
    ";",
  ],
  ...[
    "NULL",
    "null",
    "0",
    "1e1",
    "true",
    "[]",
    "{}",
    '{"or":[]}',
    "$.a",
    "NEAR",
  ],
  ...[
    "a AND b",
    "a OR b",
    "NOT a",
    "a*",
    "^a",
    "col:a",
    "(a",
    '"a',
    "-a",
    "+a",
  ],
];
