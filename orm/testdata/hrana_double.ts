// Copyright 2026 the Gee authors. MIT license.
// A server of Hrana 2 over HTTP on node:sqlite, as far as the client needs it,
// which fails when it is told to. For what is true ask a real server.
// deno-lint-ignore-file camelcase -- the protocol's own names

import {
  DatabaseSync,
  type SQLInputValue,
  type StatementSync,
} from "node:sqlite";

/**
 * How a request fails: its stream is not known any more, the server says 503,
 * nobody answers, the answer breaks off, or it is no JSON. All but `"slow"` and
 * `"lost"` come after the work is done.
 */
export type Fault = "lost" | "status" | "slow" | "cut" | "garbled";

interface Statement {
  readonly sql?: string;
  readonly sql_id?: number;
  readonly args?: readonly Value[];
}

type Value =
  | { readonly type: "null" }
  | { readonly type: "integer" | "text"; readonly value: string }
  | { readonly type: "float"; readonly value: number }
  | { readonly type: "blob"; readonly base64: string };

type Condition =
  | { readonly type: "ok" | "error"; readonly step: number }
  | { readonly type: "not"; readonly cond: Condition }
  | { readonly type: "and" | "or"; readonly conds: readonly Condition[] };

interface Step {
  readonly stmt: Statement;
  readonly condition?: Condition | null;
}

interface Request {
  readonly type: string;
  readonly sql?: string;
  readonly sql_id?: number;
  readonly stmt?: Statement;
  readonly batch?: { readonly steps: readonly Step[] };
}

interface Stream {
  readonly db: DatabaseSync;
  readonly texts: Map<number, string>;
}

/** The running double. */
export class HranaDouble implements AsyncDisposable {
  /** The statements of every round trip so far. */
  readonly trips: string[][] = [];
  /** Is asked before every round trip how it is to fail. */
  fault: (statements: readonly string[]) => Fault | undefined = () => undefined;
  readonly #path: string;
  readonly #streams = new Map<string, Stream>();
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #ended = new AbortController();
  #batons = 0;

  /** Serves the database in a file, on a free port. */
  constructor(path: string) {
    this.#path = path;
    this.#server = Deno.serve({
      hostname: "127.0.0.1",
      port: 0,
      onListen: () => {},
    }, (request) => this.#answer(request));
  }

  /** For `libsql()`. */
  get url(): string {
    return `http://127.0.0.1:${this.#server.addr.port}`;
  }

  /** How many transactions clients have open. */
  get open(): number {
    return this.#streams.size;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended.abort();
    for (const { db } of this.#streams.values()) db.close();
    await this.#server.shutdown();
  }

  async #answer(request: globalThis.Request): Promise<Response> {
    const { baton, requests } = await request.json();
    const stream = this.#take(baton);
    const statements = textsOf(requests, stream?.texts ?? new Map());
    this.trips.push(statements);
    const fault = this.fault(statements);
    if (stream === undefined || fault === "lost") {
      stream?.db.close();
      return new Response("Received an invalid baton", { status: 400 });
    }
    if (fault === "slow") {
      stream.db.close();
      await ended(this.#ended.signal);
      return new Response();
    }
    const results = (requests as Request[]).map((each) =>
      perform(stream, each)
    );
    if (fault !== undefined) {
      stream.db.close();
      return broken(fault);
    }
    return Response.json({ baton: this.#give(stream, requests), results });
  }

  #take(baton: string | null | undefined): Stream | undefined {
    if (typeof baton !== "string") {
      const db = new DatabaseSync(this.#path, { timeout: 0 });
      db.exec("PRAGMA journal_mode = WAL; PRAGMA foreign_keys = ON");
      return { db, texts: new Map() };
    }
    const stream = this.#streams.get(baton);
    this.#streams.delete(baton);
    return stream;
  }

  #give(stream: Stream, requests: readonly Request[]): string | null {
    if (requests.at(-1)?.type === "close") {
      stream.db.close();
      return null;
    }
    const baton = `baton${this.#batons++}`;
    this.#streams.set(baton, stream);
    return baton;
  }
}

function ended(signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  if (signal.aborted) resolve();
  signal.addEventListener("abort", () => resolve());
  return promise;
}

function broken(fault: Fault): Response {
  if (fault === "status") return new Response("busy", { status: 503 });
  if (fault === "garbled") return new Response('{"baton": nul');
  // Less than it says.
  return new Response('{"baton":', { headers: { "content-length": "100" } });
}

/** The texts of all statements, stored ones included. */
function textsOf(
  requests: readonly Request[],
  stored: ReadonlyMap<number, string>,
): string[] {
  const texts = new Map(stored);
  const found: string[] = [];
  for (const { type, sql, sql_id = 0, stmt, batch } of requests) {
    if (type === "store_sql") texts.set(sql_id, sql ?? "");
    else if (sql !== undefined) found.push(sql);
    const statements = batch?.steps.map(({ stmt }) => stmt) ??
      (stmt === undefined ? [] : [stmt]);
    for (const { sql, sql_id = 0 } of statements) {
      found.push(sql ?? texts.get(sql_id) ?? "");
    }
  }
  return found;
}

function perform(stream: Stream, request: Request) {
  try {
    const response = respond(stream, request);
    return { type: "ok", response: { type: request.type, ...response } };
  } catch (error) {
    return { type: "error", error: toError(error) };
  }
}

function respond(stream: Stream, request: Request): object {
  switch (request.type) {
    case "execute":
      return { result: execute(stream, request.stmt ?? {}) };
    case "batch":
      return { result: batch(stream, request.batch?.steps ?? []) };
    case "store_sql":
      stream.texts.set(request.sql_id ?? 0, request.sql ?? "");
      return {};
    case "sequence":
      stream.db.exec(request.sql ?? "");
      return {};
    default:
      return {};
  }
}

function batch(stream: Stream, steps: readonly Step[]) {
  const results: (object | null)[] = [];
  const errors: (object | null)[] = [];
  const isMet = (condition: Condition): boolean => {
    switch (condition.type) {
      case "ok":
        return (results[condition.step] ?? null) !== null;
      case "error":
        return (errors[condition.step] ?? null) !== null;
      case "not":
        return !isMet(condition.cond);
      case "and":
        return condition.conds.every(isMet);
      case "or":
        return condition.conds.some(isMet);
    }
  };
  for (const { stmt, condition } of steps) {
    let result = null;
    let failure = null;
    try {
      if (!condition || isMet(condition)) result = execute(stream, stmt);
    } catch (error) {
      failure = toError(error);
    }
    results.push(result);
    errors.push(failure);
  }
  return { step_results: results, step_errors: errors };
}

function execute({ db, texts }: Stream, { sql, sql_id, args }: Statement) {
  // The mode READONLY is libsql's own.
  const text = (sql ?? texts.get(sql_id ?? 0) ?? "").replace(/ READONLY$/, "");
  // The types of some Deno versions lack a part.
  const statement = db.prepare(text) as StatementSync & {
    setReturnArrays(isArray: boolean): void;
  };
  statement.setReadBigInts(true);
  statement.setReturnArrays(true);
  const params = (args ?? []).map(fromValue);
  const changes = db.prepare(
    "SELECT total_changes() AS total, changes() AS last, CAST(last_insert_rowid() AS TEXT) AS id",
  );
  const before = changes.get()?.total;
  const columns = statement.columns();
  // setReturnArrays() makes rows arrays.
  const rows = statement.all(...params) as unknown as unknown[][];
  const after = changes.get();
  const isChange = before !== after?.total;
  return {
    cols: columns.map(({ name }) => ({ name, decltype: null })),
    rows: rows.map((row) => row.map(toValue)),
    affected_row_count: isChange ? after?.last : 0,
    last_insert_rowid: isChange ? after?.id : null,
  };
}

function fromValue(value: Value): SQLInputValue {
  switch (value.type) {
    case "null":
      return null;
    case "integer":
      return BigInt(value.value);
    case "blob":
      return Uint8Array.fromBase64(value.base64);
    default:
      return value.value;
  }
}

function toValue(cell: unknown): object {
  if (cell === null) return { type: "null" };
  if (typeof cell === "bigint") return { type: "integer", value: `${cell}` };
  if (typeof cell === "number") return { type: "float", value: cell };
  if (typeof cell === "string") return { type: "text", value: cell };
  // SQLite has no other values.
  const base64 = (cell as Uint8Array).toBase64().replace(/=+$/, "");
  return { type: "blob", base64 };
}

const NAMES: Readonly<Record<number, string>> = {
  5: "SQLITE_BUSY",
  8: "SQLITE_READONLY",
  10: "SQLITE_IOERR",
  13: "SQLITE_FULL",
  19: "SQLITE_CONSTRAINT",
};

function toError(error: unknown): object {
  const { message, errcode } = error as { message: string; errcode?: number }; // what was thrown by node:sqlite
  const code = NAMES[(errcode ?? 1) & 0xff] ?? "SQLITE_UNKNOWN";
  return { message: `SQLite error: ${message}`, code };
}
