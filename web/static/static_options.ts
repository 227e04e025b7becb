// Copyright 2026 the Gee authors. MIT license.

/** Options of static files. */
export interface StaticOptions {
  /**
   * Seconds a client may keep a file without asking again. With 0 it may keep
   * it too, but asks each time (`no-cache`), which costs it a 304.
   *
   * @default {0}
   */
  readonly maxAge?: number;
  /**
   * Whether clients are told that a file never changes while `maxAge` lasts,
   * so that not even a reload asks. Only for names that change with the
   * contents; needs `maxAge`.
   *
   * @default {false}
   */
  readonly immutable?: boolean;
  /**
   * The file that stands for a folder; false for none. Without one, and without
   * `listing`, the path itself is left to a route of yours.
   *
   * @default {"index.html"}
   */
  readonly index?: string | false;
  /**
   * Whether a folder without its index file is answered with a page that lists
   * it. Only what would also be served is on it.
   *
   * @default {false}
   */
  readonly listing?: boolean;
  /**
   * Whether names that begin with a dot are served; denied they are answered
   * 404, like what is not there.
   *
   * @default {"deny"}
   */
  readonly dotfiles?: "deny" | "allow";
  /**
   * Whether symbolic links may lead out of the folder. Those that stay inside
   * are always followed.
   *
   * @default {false}
   */
  readonly followSymlinks?: boolean;
  /**
   * Whether `a.js.br` or `a.js.gz` beside `a.js` is sent in its place to
   * clients that accept it. One that is older than `a.js` is passed over. Off
   * unless asked for, because such a file need not hold the same contents.
   *
   * @default {false}
   */
  readonly precompressed?: boolean;
  /**
   * Most bytes of contents to keep in memory; files of up to 256 KiB are kept.
   * 0 keeps none.
   *
   * @default {16777216}
   */
  readonly cacheBytes?: number;
  /**
   * Milliseconds for which a small file is served without a look at the disk,
   * so the longest that a change stays unseen. A file that changed in the last
   * two seconds is looked at each time, as is each file with 0. A change that
   * keeps size, time of change and inode is never seen.
   *
   * @default {100}
   */
  readonly revalidateAfter?: number;
}

/** Options with their defaults. */
export type CheckedStaticOptions = Required<StaticOptions>;

/**
 * Fills in the defaults.
 *
 * @throws {RangeError} When a number is out of bounds.
 * @throws {TypeError} When an option makes no sense.
 */
export function checkedOptions(options: StaticOptions): CheckedStaticOptions {
  const {
    maxAge = 0,
    immutable = false,
    index = "index.html",
    listing = false,
    dotfiles = "deny",
    followSymlinks = false,
    precompressed = false,
    cacheBytes = 16 << 20,
    revalidateAfter = 100,
  } = options;
  atLeastZero("maxAge", maxAge);
  atLeastZero("cacheBytes", cacheBytes);
  atLeastZero("revalidateAfter", revalidateAfter);
  if (!Number.isSafeInteger(maxAge)) {
    throw refused(RangeError, `got maxAge ${maxAge}, want whole seconds`);
  }
  if (immutable && maxAge === 0) {
    throw refused(TypeError, '"immutable" needs a "maxAge" above 0');
  }
  if (index !== false && !/^[^/\\\0]+$/.test(index)) {
    throw refused(TypeError, `got index "${index}", want the name of a file`);
  }
  if (dotfiles !== "deny" && dotfiles !== "allow") {
    throw refused(
      TypeError,
      `got dotfiles "${dotfiles}", want "deny" or "allow"`,
    );
  }
  return {
    maxAge,
    immutable,
    index,
    listing,
    dotfiles,
    followSymlinks,
    precompressed,
    cacheBytes,
    revalidateAfter,
  };
}

function atLeastZero(name: string, value: number): void {
  if (value >= 0) return;
  throw refused(RangeError, `got ${name} ${value}, want 0 or more`);
}

function refused(
  type: typeof RangeError | typeof TypeError,
  why: string,
): Error {
  return new type(`Cannot serve files: ${why}`);
}
