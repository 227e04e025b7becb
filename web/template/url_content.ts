// Copyright 2026 the Gee authors. MIT license.
import type { Content, Escape } from "./content.ts";
import {
  encodeUrl,
  encodeUrlPart,
  filterOwnUrl,
  filterUrl,
  textOf,
} from "./escape.ts";
import { Problem } from "./problem.ts";

/**
 * - `start`: nothing but white space yet.
 * - `scheme`: text or a value, but nothing that rules out a scheme.
 * - `root`: a lone slash, after which another one would name a host.
 * - `host`: behind a scheme or two slashes.
 * - `path`, `query`: what follows.
 * - `code`: behind `javascript:` or the like.
 * - `mixed`: branches ended in different parts before the query.
 * - `mixedRoot`: the same, and for one of them the next slash begins a host.
 * - `mixedHost`: behind that slash.
 * - `unclear`: one of them in the query.
 */
type Part =
  | "start"
  | "scheme"
  | "root"
  | "host"
  | "path"
  | "query"
  | "code"
  | "mixed"
  | "mixedRoot"
  | "mixedHost"
  | "unclear";

const CODE_SCHEMES = new Set(["javascript", "vbscript", "data"]);

/** Options of a URL. */
export interface UrlContentOptions {
  /** Whether code is loaded from it, so that it must stay on its origin. */
  readonly isCode?: boolean;
}

/** A URL, as far as its author wrote it. */
export class UrlContent implements Content {
  #part: Part = "start";
  #scheme = "";
  #hasValue = false;
  /** Whether the host has begun: a slash ends it then. */
  #hasHost = false;
  readonly #isCode: boolean;

  constructor(options: UrlContentOptions = {}) {
    this.#isCode = options.isCode ?? false;
  }

  read(char: string): void {
    if (char === "?" || char === "#") {
      if (this.#part !== "code") this.#part = "query";
      return;
    }
    const isSlash = char === "/" || char === "\\";
    switch (this.#part) {
      case "start":
      case "scheme":
        return this.#readScheme(char, isSlash);
      case "root":
        this.#part = isSlash ? "host" : "path";
        return;
      case "host":
      case "mixedHost":
        if (isSlash && this.#hasHost) this.#part = "path";
        this.#hasHost ||= !isSlash;
        return;
      case "mixed":
      case "mixedRoot":
        return this.#readMixed(char, isSlash);
    }
  }

  #readMixed(char: string, isSlash: boolean): void {
    if (char === ":") this.#refuseScheme();
    if (isSlash) this.#part = this.#part === "mixed" ? "root" : "mixedHost";
    else this.#part = "mixed";
  }

  #readScheme(char: string, isSlash: boolean): void {
    // Browsers skip control characters and white space in a scheme.
    if (char <= " ") return;
    if (isSlash) {
      this.#part = this.#scheme === "" ? "root" : "path";
      return;
    }
    if (char === ":") {
      if (this.#hasValue) this.#refuseScheme();
      const isCode = CODE_SCHEMES.has(this.#scheme.toLowerCase());
      this.#part = isCode ? "code" : "host";
      return;
    }
    this.#part = "scheme";
    if (this.#scheme.length < 16) this.#scheme += char;
  }

  #refuseScheme(): never {
    throw new Problem(
      "the scheme of a URL must not come from a value or a branch",
    );
  }

  value(): Escape {
    const part = this.#part;
    if (part === "start") {
      const filter = this.#isCode ? filterOwnUrl : filterUrl;
      this.#part = "scheme";
      this.#hasValue = true;
      return (value) => filter(textOf(value));
    }
    if (part === "scheme") return this.#valueInScheme();
    if (part === "query") return (value) => encodeUrlPart(textOf(value));
    if (part === "root") {
      return (value) => encodeUrl(textOf(value)).replace(/^\/+/, encodeUrlPart);
    }
    if (part === "host" && this.#isCode) {
      throw new Problem("a value must not name the host of code");
    }
    if (part === "host") this.#hasHost = true;
    if (part === "host" || part === "path") {
      return (value) => encodeUrl(textOf(value));
    }
    throw new Problem(
      part === "code"
        ? "a value must not follow a scheme that runs code"
        : "branches before this value end in different parts of the URL",
    );
  }

  /** No value adds the colon that would make a scheme of what stands before. */
  #valueInScheme(): Escape {
    if (this.#isCode && this.#hasValue) {
      throw new Problem(
        "a URL that code is loaded from takes one value before its path",
      );
    }
    this.#hasValue = true;
    return (value) => encodeUrl(textOf(value)).replaceAll(":", "%3a");
  }

  clone(): UrlContent {
    const copy = new UrlContent({ isCode: this.#isCode });
    copy.#part = this.#part;
    copy.#scheme = this.#scheme;
    copy.#hasValue = this.#hasValue;
    copy.#hasHost = this.#hasHost;
    return copy;
  }

  key(): string {
    const isOpen = this.#part === "start" || this.#part === "scheme";
    const scheme = isOpen ? ` ${this.#scheme} ${this.#hasValue}` : "";
    return `url ${this.#isCode} ${this.#part} ${this.#hasHost}${scheme}`;
  }

  join(other: Content): boolean {
    if (!(other instanceof UrlContent)) return false;
    if (other.#isCode !== this.#isCode) return false;
    if (this.key() === other.key()) return true;
    const parts: Part[] = [this.#part, other.#part];
    const has = (...names: Part[]) =>
      parts.some((part) => names.includes(part));
    const isBeforeHost = this.#isBeforeHost || other.#isBeforeHost;
    this.#hasHost &&= other.#hasHost;
    if (has("code")) this.#part = "code";
    else if (has("query", "unclear")) this.#part = "unclear";
    else this.#part = isBeforeHost ? "mixedRoot" : "mixed";
    return true;
  }

  /** Whether what follows the next slash may be a host. */
  get #isBeforeHost(): boolean {
    const isOpen = this.#part === "host" || this.#part === "mixedHost";
    return this.#part === "root" || this.#part === "mixedRoot" ||
      isOpen && !this.#hasHost;
  }
}
