// Copyright 2026 the Gee authors. MIT license.
import { HttpError } from "../http_error.ts";

/** What a path of a folder leads to. */
export interface Found {
  /** Its real path, free of symbolic links. */
  readonly path: string;
  /** What the file system says of it. */
  readonly info: Deno.FileInfo;
}

/** How often a look is repeated when the folder changes during it. */
const LOOKS = 3;

/**
 * A folder and what lies in it by the real path. Everything that is found is
 * a regular file that can be read, or a folder.
 *
 * Deno has no `openat`, so every check goes by the path. A look is made twice,
 * around the opened file; a folder that is swapped for a link in between is
 * noticed, unless it is swapped there and back within microseconds.
 */
export class Folder {
  readonly #path: string;
  readonly #followSymlinks: boolean;

  /**
   * Looks at nothing yet; the folder may come later.
   *
   * @param folder The folder.
   * @param followSymlinks Whether links may lead out of it.
   * @throws {TypeError} When the URL is not one of a file.
   */
  constructor(folder: string | URL, followSymlinks: boolean) {
    this.#path = pathOf(folder).replace(/(?<=[^/\\:])[/\\]+$/, "");
    this.#followSymlinks = followSymlinks;
  }

  /** The path of a key such as "css/a.css", links and all. */
  pathOf(key: string): string {
    return key === "" ? this.#path : `${this.#path}/${key}`;
  }

  /**
   * What a key leads to; undefined when there is nothing to be served.
   *
   * @throws {HttpError} With 503, when it changes at every look.
   */
  async find(key: string): Promise<Found | undefined> {
    const full = this.pathOf(key);
    try {
      for (let look = 0; look < LOOKS; look++) {
        const [root, path] = await Promise.all([
          Deno.realPath(this.#path),
          Deno.realPath(full),
        ]);
        if (!this.#followSymlinks && !isInside(path, root)) return undefined;
        const info = await Deno.stat(path);
        if (info.isDirectory) return { path, info };
        // Opening a pipe would wait for its writer, a device might do anything.
        if (!info.isFile) return undefined;
        const opened = await infoOf(path);
        // Both without a wait, so that little can happen in between.
        const isThere = isSameFile(opened, Deno.statSync(path)) &&
          Deno.realPathSync(full) === path;
        if (isThere) return { path, info: opened };
      }
      throw new HttpError(503);
    } catch (error) {
      if (!isAbsence(error)) throw error;
    }
    return undefined;
  }

  /** What a key leads to now, the links followed and nothing checked. */
  async look(key: string): Promise<Deno.FileInfo | undefined> {
    try {
      return await Deno.stat(this.pathOf(key));
    } catch (error) {
      if (!isAbsence(error)) throw error;
      return undefined;
    }
  }
}

/** Whether two looks saw one file, however changed. */
export function isSameFile(a: Deno.FileInfo, b: Deno.FileInfo): boolean {
  return a.dev === b.dev && a.ino === b.ino && b.isFile;
}

/** Whether two looks saw one file unchanged. */
export function isSameVersion(a: Deno.FileInfo, b: Deno.FileInfo): boolean {
  return isSameFile(a, b) && a.size === b.size &&
    a.mtime?.getTime() === b.mtime?.getTime() &&
    a.ctime?.getTime() === b.ctime?.getTime();
}

/** Whether an error of the file system means: not for you. */
export function isAbsence(error: unknown): boolean {
  return error instanceof Deno.errors.NotFound ||
    error instanceof Deno.errors.NotADirectory ||
    error instanceof Deno.errors.PermissionDenied ||
    error instanceof Deno.errors.FilesystemLoop ||
    // A name longer than the file system allows, or of other characters.
    error instanceof Error && "code" in error &&
      (error.code === "ENAMETOOLONG" || error.code === "EINVAL");
}

/** Opened and not only looked at, so that an unreadable file is not found. */
async function infoOf(path: string): Promise<Deno.FileInfo> {
  using file = await Deno.open(path);
  return file.statSync();
}

function isInside(path: string, root: string): boolean {
  if (path === root) return true;
  const base = root.replace(/[/\\]$/, "");
  return path.startsWith(base) && /^[/\\]/.test(path.slice(base.length));
}

function pathOf(folder: string | URL): string {
  if (typeof folder === "string") return folder;
  if (folder.protocol !== "file:") {
    throw new TypeError(
      `Cannot serve files: got the URL "${folder.href}", want a path or a "file:" URL`,
    );
  }
  const path = decodeURIComponent(folder.pathname);
  const isWindows = Deno.build.os === "windows";
  if (!isWindows) return path;
  // "/C:/files" is a drive, and "//host/share" another machine.
  return folder.host === "" ? path.slice(1) : `//${folder.host}${path}`;
}
