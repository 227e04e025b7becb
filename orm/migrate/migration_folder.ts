// Copyright 2026 the Gee authors. MIT license.

import { type MigrationFile, parseMigration } from "./migration_file.ts";

/** A folder of migrations, one file each. */
export class MigrationFolder {
  readonly #path: string | URL;

  constructor(path: string | URL) {
    this.#path = path;
  }

  /** Every migration, in the order of their names. None when it is not there. */
  async read(): Promise<MigrationFile[]> {
    const names: string[] = [];
    try {
      for await (const { name, isDirectory } of Deno.readDir(this.#path)) {
        // A link is no file to readDir(), and so mounted folders have them.
        if (!isDirectory && name.endsWith(".sql")) names.push(name);
      }
    } catch (error) {
      if (error instanceof Deno.errors.NotADirectory) {
        throw new TypeError(
          `Cannot read migrations: "${this.#path}" is no folder`,
          { cause: error },
        );
      }
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
    return await Promise.all(
      names.sort().map(async (name) =>
        parseMigration(
          name.slice(0, -".sql".length),
          await Deno.readTextFile(this.#file(name)),
        )
      ),
    );
  }

  /** Writes a migration that is not there yet, and returns where. */
  async write(name: string, text: string): Promise<string> {
    await Deno.mkdir(this.#path, { recursive: true });
    const file = this.#file(`${name}.sql`);
    await Deno.writeTextFile(file, text, { createNew: true });
    return String(file);
  }

  #file(name: string): string | URL {
    if (typeof this.#path === "string") return `${this.#path}/${name}`;
    const folder = this.#path.href.replace(/\/?$/, "/");
    return new URL(encodeURIComponent(name), folder);
  }
}
