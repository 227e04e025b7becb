// Copyright 2026 the Gee authors. MIT license.
// The database of the benchmarks: a record shop with as many rows, and columns,
// as the well-known sample database has. The data is made here, and always the same.

import { DatabaseSync } from "node:sqlite";

/** How many rows each table has. */
export const ROWS = {
  artists: 275,
  albums: 347,
  tracks: 3503,
  customers: 59,
  invoices: 412,
  lines: 2240,
} as const;

/** A track before it has a key. */
export interface NewTrack {
  readonly name: string;
  readonly albumId: number;
  readonly mediaTypeId: number;
  readonly genreId: number;
  readonly composer: string | null;
  readonly milliseconds: number;
  readonly bytes: number;
  readonly unitPrice: number;
}

/** Names of its columns, in order. */
export const TRACK_COLUMNS = [
  "name",
  "albumId",
  "mediaTypeId",
  "genreId",
  "composer",
  "milliseconds",
  "bytes",
  "unitPrice",
] as const;

/** Makes the statement that inserts a track, a value for each column. */
export const INSERT_TRACK = `INSERT INTO tracks (${
  TRACK_COLUMNS.join(", ")
}) VALUES (${TRACK_COLUMNS.map(() => "?").join(", ")})`;

/** What every connection is set to. */
export const PRAGMAS =
  "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON";

const DDL = `
CREATE TABLE artists (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE albums (id INTEGER PRIMARY KEY, title TEXT NOT NULL,
  artistId INTEGER NOT NULL REFERENCES artists (id));
CREATE TABLE tracks (id INTEGER PRIMARY KEY, name TEXT NOT NULL,
  albumId INTEGER NOT NULL REFERENCES albums (id), mediaTypeId INTEGER NOT NULL,
  genreId INTEGER NOT NULL, composer TEXT, milliseconds INTEGER NOT NULL,
  bytes INTEGER NOT NULL, unitPrice REAL NOT NULL);
CREATE TABLE customers (id INTEGER PRIMARY KEY, firstName TEXT NOT NULL,
  lastName TEXT NOT NULL, company TEXT, address TEXT NOT NULL, city TEXT NOT NULL,
  state TEXT, country TEXT NOT NULL, postalCode TEXT, phone TEXT, fax TEXT,
  email TEXT NOT NULL, supportRepId INTEGER NOT NULL);
CREATE TABLE invoices (id INTEGER PRIMARY KEY,
  customerId INTEGER NOT NULL REFERENCES customers (id),
  invoiceDate TEXT NOT NULL, billingAddress TEXT NOT NULL,
  billingCity TEXT NOT NULL, billingState TEXT, billingCountry TEXT NOT NULL,
  billingPostalCode TEXT, total REAL NOT NULL);
CREATE TABLE lines (id INTEGER PRIMARY KEY,
  invoiceId INTEGER NOT NULL REFERENCES invoices (id),
  trackId INTEGER NOT NULL REFERENCES tracks (id),
  unitPrice REAL NOT NULL, quantity INTEGER NOT NULL);
CREATE INDEX albums_artist ON albums (artistId);
CREATE INDEX tracks_album ON tracks (albumId);
CREATE INDEX invoices_customer ON invoices (customerId);
CREATE INDEX lines_invoice ON lines (invoiceId);
CREATE INDEX lines_track ON lines (trackId);
`;

/** The track of a number from 0. */
export function newTrack(i: number): NewTrack {
  return {
    name: `Track number ${i} (take ${i % 5})`,
    albumId: i % ROWS.albums + 1,
    mediaTypeId: i % 5 + 1,
    genreId: i % 25 + 1,
    composer: i % 7 < 2 ? null : `Composer ${i % 853}, Writer ${i % 31}`,
    milliseconds: 200_000 + i * 13 % 90_000,
    bytes: 6_000_000 + i * 1013 % 5_000_000,
    unitPrice: i % 17 === 0 ? 1.99 : 0.99,
  };
}

type Cells = readonly (string | number | null)[];

const MAKE: Record<keyof typeof ROWS, (i: number) => Cells> = {
  artists: (i) => [`Artist ${i}`],
  albums: (i) => [`Album number ${i}`, i * 7 % ROWS.artists + 1],
  tracks: (i) => TRACK_COLUMNS.map((name) => newTrack(i)[name]),
  customers: (i) => [
    ...[`First ${i}`, `Last ${i}`, i % 6 === 0 ? `Company ${i}` : null],
    ...[`${i} Long Street`, `City ${i % 53}`, i % 2 === 0 ? "CA" : null],
    ...[`Country ${i % 24}`, `${10_000 + i}`, `+1 555 ${1000 + i}`, null],
    ...[`customer${i}@example.com`, i % 3 + 3],
  ],
  invoices: (i) => [
    ...[i % ROWS.customers + 1, `20${10 + i % 5}-0${i % 9 + 1}-01 00:00:00`],
    ...[`${i} Long Street`, `City ${i % 53}`, i % 2 === 0 ? "CA" : null],
    ...[`Country ${i % 24}`, `${10_000 + i}`, (i % 2000 + 99) / 100],
  ],
  lines: (i) => [i % ROWS.invoices + 1, i * 3 % ROWS.tracks + 1, 0.99, 1],
};

/** What makes the shop: statements, and the values of each of their runs. */
export function* shopStatements(): Iterable<[sql: string, rows: Cells[]]> {
  for (const [name, make] of Object.entries(MAKE)) {
    // MAKE has the names of ROWS.
    const count = ROWS[name as keyof typeof ROWS];
    const rows = Array.from({ length: count }, (_, i) => make(i));
    const marks = make(0).map(() => "?").join(", ");
    yield [`INSERT INTO ${name} VALUES (NULL, ${marks})`, rows];
  }
}

/** The statements that make its tables. */
export function shopTables(): string[] {
  return DDL.split(";").map((sql) => sql.trim()).filter((sql) => sql !== "");
}

/** Makes the shop in a new file. */
export function makeShop(path: string): void {
  const db = new DatabaseSync(path);
  db.exec(`${PRAGMAS}; ${DDL} BEGIN`);
  for (const [sql, rows] of shopStatements()) {
    const statement = db.prepare(sql);
    for (const row of rows) statement.run(...row);
  }
  db.exec("COMMIT");
  db.close();
}
