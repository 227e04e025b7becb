// Copyright 2026 the Gee authors. MIT license.

/** The start may tell `<!--` from other declarations, which end at once. */
type Kind = "start" | "comment" | "bogus";

/**
 * Reads from `<!` or `<?` to the end of a comment, or of what browsers take for
 * one, such as a doctype (the states from 13.2.5.41 on of the HTML Standard).
 */
export class CommentReader {
  #kind: Kind;
  /** The last characters. */
  #tail = "";

  /** Begins behind `<!`, or where it `isBogus` behind `<?` or `</`. */
  constructor(options: { readonly isBogus: boolean }) {
    this.#kind = options.isBogus ? "bogus" : "start";
  }

  /** Reads one character; returns whether it is the last one. */
  read(char: string): boolean {
    const tail = this.#tail;
    switch (this.#kind) {
      case "start":
        if (char === "-" && tail === "-") {
          this.#kind = "comment";
          this.#tail = "";
        } else if (char === "-") this.#tail = "-";
        else this.#kind = "bogus";
        return char === ">";
      case "comment":
        // One character more than the longest end tells "<!-->" from
        // "<!--x-->".
        this.#tail = (tail + char).slice(-4);
        return char === ">" &&
          (tail === "" || tail === "-" || /--!?$/.test(tail));
      case "bogus":
        return char === ">";
    }
  }

  /** An independent copy. */
  clone(): CommentReader {
    const copy = new CommentReader({ isBogus: false });
    copy.#kind = this.#kind;
    copy.#tail = this.#tail;
    return copy;
  }

  /** With the same key, everything after is read alike. */
  key(): string {
    return `${this.#kind} ${this.#tail}`;
  }
}
