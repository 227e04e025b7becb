// Copyright 2026 the Gee authors. MIT license.

/** One template file on disk. */
interface Entry {
  readonly name: string;
  readonly path: string;
}

/** The templates of a folder at one time. */
export interface FolderContent {
  /** Texts by name. */
  readonly sources: Readonly<Record<string, string>>;
  /** Names, times and sizes: another one means that something changed. */
  readonly stamp: string;
}

/** Reads the templates of a folder and tells when one has changed. */
export class FolderReader {
  readonly #folder: string | URL;
  readonly #extensions: readonly string[];

  constructor(folder: string | URL, extensions: readonly string[]) {
    this.#folder = folder;
    this.#extensions = extensions;
  }

  /**
   * The templates by their path below the folder, with `/` between.
   *
   * @throws {Error} When the folder cannot be read, or has no template.
   */
  read(): FolderContent {
    const entries = this.#entries();
    if (entries.length === 0) {
      throw new Error(
        `Cannot load templates: "${this.#folder}" has no file that ends in ${
          this.#extensions.map((end) => `"${end}"`).join(" or ")
        }`,
      );
    }
    // Taken before the texts: a later change is seen the next time.
    const stamp = stampOf(entries);
    const texts = entries.map(({ name, path }) =>
      [name, Deno.readTextFileSync(path)] as const
    );
    return { sources: Object.fromEntries(texts), stamp };
  }

  /** The stamp as it is now. */
  stamp(): string {
    return stampOf(this.#entries());
  }

  #entries(): Entry[] {
    try {
      return [...this.#walk(Deno.realPathSync(this.#folder), "")];
    } catch (cause) {
      throw new Error(
        `Cannot load templates: "${this.#folder}" cannot be read`,
        { cause },
      );
    }
  }

  /** Hidden files and links to folders are left out. */
  *#walk(folder: string, prefix: string): Iterable<Entry> {
    for (const { name, isDirectory } of Deno.readDirSync(folder)) {
      const path = `${folder}/${name}`;
      if (name.startsWith(".")) continue;
      if (isDirectory) yield* this.#walk(path, `${prefix}${name}/`);
      else if (this.#extensions.some((end) => name.endsWith(end))) {
        yield { name: prefix + name, path };
      }
    }
  }
}

function stampOf(entries: readonly Entry[]): string {
  return entries.map(({ name, path }) => {
    const { mtime, size } = Deno.statSync(path);
    return `${name}:${mtime?.getTime()}:${size}`;
  }).sort().join("|");
}
