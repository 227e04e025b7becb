// Copyright 2026 the Gee authors. MIT license.
import type { Context } from "../context.ts";
import { HttpError } from "../http_error.ts";
import { pathEnd, pathStart } from "../path.ts";
import { acceptedCodings } from "./content_coding.ts";
import { answerFile, type FileAnswer } from "./file_answer.ts";
import type { KnownFile } from "./file_table.ts";
import { Folder } from "./folder.ts";
import { KnownFiles } from "./known_files.ts";
import { listingAnswer, namesIn } from "./listing.ts";
import {
  checkedOptions,
  type CheckedStaticOptions,
  type StaticOptions,
} from "./static_options.ts";

/** How often a file that changes while it is read is looked at anew. */
const ATTEMPTS = 3;

/** Serves the files of one folder. */
export class StaticFiles {
  readonly #folder: Folder;
  readonly #files: KnownFiles;
  readonly #options: CheckedStaticOptions;

  /**
   * Looks at nothing yet.
   *
   * @throws {RangeError} When a number is out of bounds.
   * @throws {TypeError} When an option makes no sense.
   */
  constructor(
    folder: string | URL,
    options: StaticOptions = {},
    now: () => number = () => performance.now(),
  ) {
    this.#options = checkedOptions(options);
    this.#folder = new Folder(folder, this.#options.followSymlinks);
    this.#files = new KnownFiles(this.#folder, this.#options, now);
  }

  /** Answers with the file that the wildcard `filepath` of the route names. */
  serve(c: Context): Response | Promise<Response> {
    const names = c.segments("filepath");
    const isFolder = names.length === 0
      ? c.path.endsWith("/")
      : names.at(-1) === "";
    if (isFolder) names.pop();
    for (const name of names) if (!this.#isServable(name)) throw notFound();
    const key = names.join("/");
    if (!isFolder) return this.send(c, key);
    const { index } = this.#options;
    if (index === false) return this.#list(c, key);
    return this.send(c, key === "" ? index : `${key}/${index}`, key);
  }

  /**
   * Answers with the file under a key, synchronously while it is known and in
   * memory.
   *
   * @param key Path below the folder; its names are not checked.
   * @param folder The folder it is the index of.
   */
  send(c: Context, key: string, folder?: string): Response | Promise<Response> {
    const known = this.#files.fresh(key);
    const answer = known && this.#answer(c, key, known);
    if (answer instanceof Response) return answer;
    return this.#sendSeen(c, key, folder, answer);
  }

  async #sendSeen(
    c: Context,
    key: string,
    folder: string | undefined,
    unseen: FileAnswer,
  ): Promise<Response> {
    let answer = await unseen;
    for (let left = ATTEMPTS; answer === undefined && left > 0; left--) {
      const found = await this.#files.look(key);
      if (found === undefined || found === "folder") {
        if (folder !== undefined) return await this.#list(c, folder);
        if (found === "folder") return withSlash(c);
        throw notFound();
      }
      answer = await this.#answer(c, key, found, { isStreamed: left === 1 });
    }
    if (answer === undefined) throw new HttpError(503);
    return answer;
  }

  #answer(
    c: Context,
    key: string,
    { plain, coded }: KnownFile,
    how: { readonly isStreamed?: boolean } = {},
  ): FileAnswer {
    let file = plain;
    if (coded.length > 0) {
      const best = acceptedCodings(c.header("accept-encoding"))
        .find((coding) => coded.some((sibling) => sibling.coding === coding));
      file = coded.find(({ coding }) => coding === best) ?? plain;
    }
    const keep = (bytes: Uint8Array<ArrayBuffer>) =>
      this.#files.keep(key, file, bytes);
    return answerFile(c, file, { ...how, keep });
  }

  async #list(c: Context, key: string): Promise<Response> {
    const names = this.#options.listing
      ? await namesIn(this.#folder, key, (name) => this.#isServable(name))
      : undefined;
    if (names === undefined) throw notFound();
    return listingAnswer(c, names, { hasParent: key !== "" });
  }

  /** Names that could mean another place, and hidden ones, are not served. */
  #isServable(name: string): boolean {
    if (name === "" || /[\\/\0:]/.test(name)) return false;
    if (!name.startsWith(".")) return true;
    return this.#options.dotfiles === "allow" && name !== "." && name !== "..";
  }
}

function notFound(): HttpError {
  return new HttpError(404);
}

/** A folder asked for without its slash: relative links need the slash. */
function withSlash(c: Context): Response {
  const { url } = c.request;
  const end = pathEnd(url, pathStart(url));
  const hash = url.indexOf("#", end);
  const search = url.slice(end, hash === -1 ? url.length : hash);
  // "//evil" as a target would be another site.
  if (/^\/[/\\]/.test(c.path)) throw notFound();
  return c.redirect(308, `${c.path}/${search}`);
}
