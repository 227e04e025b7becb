// Copyright 2026 the Gee authors. MIT license.

/**
 * The driver for libsql: databases in files and in memory on the native engine
 * of `npm:libsql`, databases on a server (Turso, sqld) by `npm:@libsql/client`,
 * and embedded replicas, which are files that follow a server. Files are those
 * of SQLite. Either package is downloaded with this entry, and loaded when a
 * database of its kind is first opened.
 *
 * @example A database in memory
 * ```ts
 * import { Engine } from "@gee/std/orm";
 * import { libsql } from "@gee/std/orm/libsql";
 * import { assertEquals } from "@std/assert";
 *
 * await using engine = await Engine.open(libsql());
 * assertEquals(await engine.session().raw("SELECT 1 + ? AS sum", 2), [{ sum: 3 }]);
 * ```
 *
 * A file is opened in WAL mode with foreign keys on and `synchronous = NORMAL`:
 * a killed process loses nothing that was committed, a power cut may lose the
 * last commits but never tears one; with `durability: "full"` it loses none. It
 * needs `--allow-ffi`, `--allow-env` and `--allow-sys` for the native library,
 * about 20 MB, and read and write permission for the file and the two beside it,
 * `-wal` and `-shm`.
 *
 * A server needs `--allow-net` only:
 * `libsql("libsql://name.turso.io", { authToken })`; `libsql:`, `https:` and
 * `http:` speak HTTP, `wss:` and `ws:` a WebSocket, with the same answers.
 *
 * Guarantees, on a server:
 * - What is asked in one tick, or while an answer is awaited, goes out in one
 *   round trip, in order; every caller gets the answer, or the error, that it
 *   would have got alone.
 * - Answers, rows changed, keys and error classes are those of a file. Integers
 *   are exact.
 * - No round trip waits longer than `timeout`. A connection that is lost is opened
 *   anew by the next call; what only reads is asked again once. A transaction that
 *   is lost is a `ConnectionError`, and nothing of it is kept; one whose commit is
 *   lost says by `isUnsure` that it may have been done.
 * - A read-only transaction refuses writes, though the servers themselves do not.
 *
 * Limits:
 * - Never open one file by this driver and by that of `@gee/std/orm/sqlite` in
 *   the same process: the locks of two libraries do not exclude each other.
 * - On a server, infinite numbers are refused, and reading one fails.
 * - On a server, pragmas that set something last for their own statement only, and
 *   many are refused. There is no backup. A view that is broken already stops a
 *   migration that builds a table anew.
 * - A server ends a transaction that keeps others waiting for some seconds (sqld:
 *   5), as a `BusyError`.
 * - A write by a common table expression in a read-only transaction is told by its
 *   words, so `WITH` with the word `delete` anywhere counts as writing.
 * - Over a WebSocket the client sends large statements slowly, some 0.4 ms for
 *   each row of an insert of thousands; over HTTP it does not.
 * - An embedded replica has no read-only transactions, and fetching holds up the
 *   event loop. Its connection is one: reads wait for a transaction.
 *
 * @module
 */

import type { Driver } from "./driver/driver.ts";
import { isMemory, toPath } from "./driver/location.ts";
import {
  checkChoice,
  checkNames,
  checkWhole,
  MAX_TIMEOUT,
} from "./driver/options.ts";
import { local } from "./libsql/local.ts";
import { remote } from "./libsql/remote.ts";

/** How a database is opened. */
export interface LibsqlOptions {
  /**
   * What a power cut may take from a file: with `"normal"` the last commits,
   * with `"full"` nothing, for every commit waits until the disk has it. A
   * process that ends, killed or not, loses nothing with either.
   *
   * @default {"normal"}
   */
  readonly durability?: "normal" | "full";
  /**
   * Whether every write to a file is refused by a `ReadOnlyError`. The file has
   * to be there.
   *
   * @default {false}
   */
  readonly readOnly?: boolean;
  /** What a server asks for, of a remote database and of a replica's primary. */
  readonly authToken?: string;
  /**
   * Whether `libsql:` means TLS.
   *
   * @default {true}
   */
  readonly tls?: boolean;
  /**
   * How long, in ms, a remote database may take for one round trip.
   *
   * @default {10_000}
   */
  readonly timeout?: number;
  /**
   * The primary that a file is an embedded replica of: reads are local, writes
   * go to the primary. A `libsql:`, `https:` or `http:` URL.
   */
  readonly syncUrl?: string;
  /**
   * How often, in ms, the replica fetches what the primary has by itself, in
   * whole seconds; 0 is never. `Engine.sync()` fetches it at once.
   *
   * @default {0}
   */
  readonly syncInterval?: number;
}

const LOCAL = ["durability", "readOnly"];
const REPLICA = ["authToken", "syncUrl", "syncInterval"];
const REMOTE = ["authToken", "tls", "timeout"];
const TIMEOUT = 10_000;

/**
 * The driver for a database on libsql.
 *
 * @param location A path, a `file:` URL or `":memory:"`; or, on a server, a
 * `libsql:`, `https:`, `http:`, `wss:` or `ws:` URL.
 * @param options How it is opened; each kind of database has its own.
 * @returns The driver, for `Engine.open()`.
 * @throws {TypeError} When it is a URL of another kind, or an option is none of
 * this kind of database.
 *
 * @example A file that a power cut takes nothing from
 * ```ts
 * import { Engine } from "@gee/std/orm";
 * import { libsql } from "@gee/std/orm/libsql";
 * import { assertEquals } from "@std/assert";
 *
 * const folder = await Deno.makeTempDir();
 * {
 *   const driver = libsql(`file:${folder}/gee.db`, { durability: "full" });
 *   await using engine = await Engine.open(driver);
 *   await engine.session().exec("CREATE TABLE notes (text)");
 *   assertEquals(await engine.session().hasTable("notes"), true);
 * }
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export function libsql(
  location: string | URL = ":memory:",
  options: LibsqlOptions = {},
): Driver {
  if (/^(libsql|https?|wss?):/i.test(String(location))) {
    return toRemote(String(location), options);
  }
  return toLocal(toPath(location), options);
}

function toRemote(location: string, options: LibsqlOptions): Driver {
  const url = URL.parse(location);
  if (url === null || url.host === "") {
    throw new TypeError(
      `Cannot open database "${location}": want a URL with a host`,
    );
  }
  const { host, username, password, search, hash } = url;
  // Not the whole URL: what is more may be a secret.
  const action = `open database on "${host}"`;
  if (username + password + search + hash !== "") {
    throw new TypeError(
      `Cannot ${action}: its URL has more than a host and a path, want the token as "authToken"`,
    );
  }
  checkNames(action, options, REMOTE);
  const { authToken, tls, timeout = TIMEOUT } = options;
  checkWhole(action, "timeout", timeout, 1, MAX_TIMEOUT);
  checkChoice(action, "tls", tls, [true, false]);
  checkText(action, "authToken", authToken);
  return remote({ url: location, authToken, tls, timeout });
}

function toLocal(path: string, options: LibsqlOptions): Driver {
  const action = `open database "${path}"`;
  const { durability = "normal", readOnly = false, syncUrl } = options;
  if (syncUrl === undefined) {
    checkNames(action, options, LOCAL);
    checkChoice(action, "durability", durability, ["normal", "full"]);
    checkChoice(action, "readOnly", readOnly, [true, false]);
    return local(path, { durability, readOnly, primary: undefined });
  }
  checkNames(action, options, REPLICA);
  const { authToken, syncInterval = 0 } = options;
  checkText(action, "authToken", authToken);
  checkWhole(action, "syncInterval", syncInterval, 0);
  if (isMemory(path) || !/^(libsql|https?):/i.test(syncUrl)) {
    throw new TypeError(
      `Cannot ${action}: a replica wants a file and a "libsql:", "https:" or "http:" URL as "syncUrl", got "${syncUrl}"`,
    );
  }
  const syncPeriod = Math.ceil(syncInterval / 1000);
  const token = authToken === undefined ? {} : { authToken };
  const primary = { syncUrl, syncPeriod, ...token };
  return local(path, { durability, readOnly, primary });
}

function checkText(action: string, name: string, value: unknown): void {
  if (value === undefined || typeof value === "string") return;
  throw new TypeError(
    `Cannot ${action}: "${name}" is a ${typeof value}, want a string`,
  );
}
