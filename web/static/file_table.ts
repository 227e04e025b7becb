// Copyright 2026 the Gee authors. MIT license.
import type { StaticFile } from "./static_file.ts";

/** A file in its codings, as it was when last looked at. */
export interface KnownFile {
  /** The file itself. */
  readonly plain: StaticFile;
  /** Its pre-compressed siblings. */
  readonly coded: readonly StaticFile[];
}

interface Entry extends KnownFile {
  readonly checkedAt: number;
}

/** What is known of a file costs about 2 KB without its contents. */
const MAX_ENTRIES = 4096;

/** Limits of a table. */
export interface FileTableOptions {
  /** Most bytes of contents. */
  readonly cacheBytes: number;
  /** Milliseconds for which a look counts. */
  readonly revalidateAfter: number;
  /** The clock in milliseconds. */
  readonly now: () => number;
}

/**
 * The files that were served lately, the small ones with their contents. Those
 * looked at longest ago go first: a look renews the place and not each hit,
 * which so costs one `Map.get`.
 */
export class FileTable {
  readonly #options: FileTableOptions;
  readonly #entries = new Map<string, Entry>();
  #bytes = 0;

  constructor(options: FileTableOptions) {
    this.#options = options;
  }

  /** The bytes of contents that are held. */
  get bytes(): number {
    return this.#bytes;
  }

  /** What is known under a key, however old. */
  get(key: string): KnownFile | undefined {
    return this.#entries.get(key);
  }

  /** What is known under a key and young enough to be served unseen. */
  fresh(key: string): KnownFile | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    const { now, revalidateAfter } = this.#options;
    return now() - entry.checkedAt < revalidateAfter ? entry : undefined;
  }

  /** Replaces what is known under a key, as of a time before the look. */
  set(key: string, known: KnownFile, checkedAt: number): void {
    this.delete(key);
    this.#entries.set(key, { ...known, checkedAt });
    for (const file of filesOf(known)) this.#bytes += file.body?.length ?? 0;
    this.#shrink();
  }

  /** Forgets a key. */
  delete(key: string): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#entries.delete(key);
    for (const file of filesOf(entry)) this.#bytes -= file.body?.length ?? 0;
  }

  /** Keeps the contents of a file that is known under a key. */
  keep(key: string, file: StaticFile, bytes: Uint8Array<ArrayBuffer>): void {
    const entry = this.#entries.get(key);
    const isKnown = entry !== undefined && filesOf(entry).includes(file);
    if (!isKnown || file.body !== undefined) return;
    if (bytes.length > this.#options.cacheBytes) return;
    file.body = asciiOf(bytes) ?? bytes;
    this.#bytes += bytes.length;
    this.#shrink();
  }

  #shrink(): void {
    for (const key of this.#entries.keys()) {
      const isFull = this.#bytes > this.#options.cacheBytes ||
        this.#entries.size > MAX_ENTRIES;
      if (!isFull) return;
      this.delete(key);
    }
  }
}

function filesOf({ plain, coded }: KnownFile): StaticFile[] {
  return [plain, ...coded];
}

/** The bytes as text when each is a character of its own. */
function asciiOf(bytes: Uint8Array): string | undefined {
  for (const byte of bytes) if (byte > 0x7f) return undefined;
  return new TextDecoder().decode(bytes);
}
