// Copyright 2026 the Gee authors. MIT license.
import { CODINGS, type ContentCoding } from "./content_coding.ts";
import { FileTable, type KnownFile } from "./file_table.ts";
import { type Folder, isSameVersion } from "./folder.ts";
import { mediaType } from "./media_type.ts";
import { StaticFile } from "./static_file.ts";
import type { CheckedStaticOptions } from "./static_options.ts";

interface Contents {
  readonly type: string;
  readonly coding?: ContentCoding;
}

/** The files of a folder, as they are on the disk and as they are known. */
export class KnownFiles {
  readonly #folder: Folder;
  readonly #table: FileTable;
  readonly #cacheControl: string;
  readonly #hasCodings: boolean;
  readonly #now: () => number;

  constructor(
    folder: Folder,
    options: CheckedStaticOptions,
    now: () => number,
  ) {
    const { maxAge, immutable, cacheBytes, revalidateAfter } = options;
    this.#folder = folder;
    this.#table = new FileTable({ cacheBytes, revalidateAfter, now });
    this.#cacheControl = maxAge === 0
      ? "no-cache"
      : `max-age=${maxAge}${immutable ? ", immutable" : ""}`;
    this.#hasCodings = options.precompressed;
    this.#now = now;
  }

  /** What is known under a key and young enough to be served unseen. */
  fresh(key: string): KnownFile | undefined {
    return this.#table.fresh(key);
  }

  /** Keeps the contents of a file that is known under a key. */
  keep(key: string, file: StaticFile, bytes: Uint8Array<ArrayBuffer>): void {
    this.#table.keep(key, file, bytes);
  }

  /** Looks at the disk: whether what is known has changed, else what is there. */
  async look(key: string): Promise<KnownFile | "folder" | undefined> {
    const known = this.#table.get(key);
    const checkedAt = this.#now();
    const type = mediaType(key);
    const plain = await this.#version(key, { type }, known?.plain);
    if (!(plain instanceof StaticFile)) {
      this.#table.delete(key);
      return plain;
    }
    const coded = await this.#siblings(key, plain, known?.coded ?? []);
    const files = [plain, ...coded];
    // Large files are looked at each time: beside them a look costs nothing.
    const isTrusted = files.every((file) => file.isSmall);
    if (files.every((file) => file.isStrong)) {
      this.#table.set(
        key,
        { plain, coded },
        isTrusted ? checkedAt : -Infinity,
      );
    } else this.#table.delete(key);
    return { plain, coded };
  }

  async #siblings(
    key: string,
    plain: StaticFile,
    known: readonly StaticFile[],
  ): Promise<StaticFile[]> {
    const siblings: StaticFile[] = [];
    for (const { coding, ending } of this.#hasCodings ? CODINGS : []) {
      const contents = { type: plain.type, coding };
      const old = known.find((file) => file.coding === coding);
      const file = await this.#version(key + ending, contents, old);
      const isUsable = file instanceof StaticFile && secondsOf(file) >=
          secondsOf(plain);
      if (isUsable) siblings.push(file);
    }
    return siblings;
  }

  async #version(
    key: string,
    contents: Contents,
    known: StaticFile | undefined,
  ): Promise<StaticFile | "folder" | undefined> {
    if (known !== undefined) {
      const info = await this.#folder.look(key);
      if (info !== undefined && isSameVersion(known.info, info)) return known;
    }
    const found = await this.#folder.find(key);
    if (found === undefined) return undefined;
    if (found.info.isDirectory) return "folder";
    return new StaticFile(found, {
      ...contents,
      cacheControl: this.#cacheControl,
      isNegotiated: this.#hasCodings,
    });
  }
}

/** Not every tool that copies times copies parts of seconds. */
function secondsOf({ info }: StaticFile): number {
  return Math.floor((info.mtime?.getTime() ?? 0) / 1000);
}
