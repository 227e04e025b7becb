// Copyright 2026 the Gee authors. MIT license.

import { sqliteDialect } from "../dialect/sqlite_dialect.ts";
import type { Driver } from "../driver/driver.ts";
import { type ClientOptions, RemoteClient } from "./remote_client.ts";
import { RemoteConnection } from "./remote_connection.ts";
import { remoteError } from "./remote_errors.ts";

/** The driver for a database on a server. */
export function remote(options: ClientOptions): Driver {
  const connect = async () => {
    const connection = new RemoteConnection(new RemoteClient(options));
    try {
      // Now, not with the first query, is when to hear of a wrong address.
      await connection.query("SELECT 1", []);
    } catch (error) {
      await connection.close();
      throw error;
    }
    return connection;
  };
  return {
    name: "libsql remote",
    dialect: sqliteDialect,
    open: connect,
    async openReader() {
      const reader = await connect();
      reader.refuseWrites();
      return reader;
    },
    errorOf: remoteError,
  };
}
