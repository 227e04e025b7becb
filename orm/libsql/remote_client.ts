// Copyright 2026 the Gee authors. MIT license.

import { ConnectionError } from "../errors.ts";
import type { SqlValue } from "../driver/sql_value.ts";
import { isAnswer } from "./remote_errors.ts";

/** A statement as the client takes it. */
export interface ClientStatement {
  readonly sql: string;
  // The client takes no array that is readonly.
  readonly args: SqlValue[];
}

/** What a statement answered. */
export interface ClientResult {
  readonly columns: readonly string[];
  readonly rows: readonly ArrayLike<unknown>[];
  readonly rowsAffected: number;
  readonly lastInsertRowid: bigint | undefined;
}

/** Which lock a transaction takes. */
export type ClientMode = "read" | "write" | "deferred";

/** What we use of a transaction of the client. */
export interface ClientTransaction {
  batch(statements: ClientStatement[]): Promise<ClientResult[]>;
  commit(): Promise<void>;
  rollback(): Promise<void>;
  close(): void;
}

/** What we use of the client. */
export interface Client {
  execute(statement: ClientStatement): Promise<ClientResult>;
  batch(
    statements: ClientStatement[],
    mode: ClientMode,
  ): Promise<ClientResult[]>;
  migrate(statements: ClientStatement[]): Promise<unknown>;
  transaction(mode: ClientMode): Promise<ClientTransaction>;
  close(): void;
}

/** How a remote database is reached. */
export interface ClientOptions {
  readonly url: string;
  readonly authToken: string | undefined;
  readonly tls: boolean | undefined;
  /** How long, in ms, a round trip may take. */
  readonly timeout: number;
}

/**
 * The client of one connection: it opens one of `@libsql/client` when it is
 * needed, and again after that was lost, and ends every wait.
 */
export class RemoteClient {
  readonly #options: ClientOptions;
  readonly #requests = new Set<Promise<unknown>>();
  #abort = new AbortController();
  #client: Client | undefined;

  constructor(options: ClientOptions) {
    this.#options = options;
  }

  /**
   * Makes one call. What the server answers to it is the caller's; whatever
   * else goes wrong ends the client and is a `ConnectionError`.
   *
   * @param isUnsure Whether it may have been done when no answer comes.
   * @param work The call.
   */
  async call<T>(
    isUnsure: boolean,
    work: (client: Client) => Promise<T>,
  ): Promise<T> {
    try {
      return await this.#limited(this.#opened().then(work));
    } catch (error) {
      if (isAnswer(error)) throw error;
      this.#drop();
      if (
        error instanceof Error && /number, received null/.test(error.message)
      ) {
        throw new RangeError(
          "Cannot read row: a real is infinite, which remote databases cannot send",
          { cause: error },
        );
      }
      const reason = error instanceof Error ? error.message : String(error);
      throw new ConnectionError(
        `Cannot reach database "${this.#options.url}": ${reason}${
          isUnsure ? "; what was under way may have been done" : ""
        }`,
        { cause: error, isUnsure },
      );
    }
  }

  /** Waits, but no longer than the timeout. */
  async #limited<T>(answer: Promise<T>): Promise<T> {
    const { timeout } = this.#options;
    const { promise: late, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(
      () => reject(new Error(`No answer within ${timeout} ms`)),
      timeout,
    );
    try {
      return await Promise.race([answer, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Ends it. */
  async close(): Promise<void> {
    this.#client?.close();
    this.#client = undefined;
    // The client leaves requests behind that end its streams.
    const left = Promise.allSettled(this.#requests);
    await this.#limited(left).catch(() => this.#drop());
  }

  #drop(): void {
    this.#client?.close();
    this.#client = undefined;
    this.#abort.abort(new Error("The connection was given up"));
    this.#abort = new AbortController();
  }

  async #opened(): Promise<Client> {
    if (this.#client !== undefined) return this.#client;
    const { url, authToken, tls } = this.#options;
    // Only a program that opens a remote database loads the client. That of the
    // package's main entry would load native code too.
    const { createClient } = /^wss?:/i.test(url)
      ? await import("npm:@libsql/client@0.18.0/ws")
      : await import("npm:@libsql/client@0.18.0/http");
    // Its types are wider than those of the members declared above.
    this.#client = createClient({
      url,
      intMode: "bigint",
      fetch: (request: Request) => this.#fetch(request),
      ...authToken !== undefined && { authToken },
      ...tls !== undefined && { tls },
    }) as unknown as Client;
    return this.#client;
  }

  /** Reads the whole body too, so that all of a request ends by the signal. */
  #fetch(request: Request): Promise<Response> {
    const { signal } = this.#abort;
    const answer = async () => {
      const response = await fetch(request, { signal });
      const body = await response.arrayBuffer();
      return new Response(body, response);
    };
    const pending = answer().finally(() => this.#requests.delete(pending));
    this.#requests.add(pending);
    return pending;
  }
}
