// Copyright 2026 the Gee authors. MIT license.

// RFC 9110: field names are tokens; values hold no control characters but tab
// and, on the wire, only Latin-1. Refused here, at the line that set them.
const NAME = /^[\w!#$%&'*+.^`|~-]+$/;
const BAD_VALUE = /[^\t\x20-\x7e\x80-\xff]/;

/**
 * Headers that wait for their response: a flat list, written once at the end.
 *
 * Writing them into the built response costs 0.4 microseconds; giving them to
 * its constructor costs 3.5 (Deno 2.9), and would lose what is set later.
 */
export class HeaderList {
  readonly #names: string[] = [];
  readonly #values: string[] = [];
  readonly #isAppended: boolean[] = [];

  /** Replaces what the list and the response have under a name. */
  set(name: string, value: string): void {
    const key = checked(name, value);
    for (let at = this.#names.length - 1; at >= 0; at--) {
      if (this.#names[at] !== key) continue;
      this.#names.splice(at, 1);
      this.#values.splice(at, 1);
      this.#isAppended.splice(at, 1);
    }
    this.#push(key, value, { isAppended: false });
  }

  /** Adds a value beside those under the same name. */
  append(name: string, value: string): void {
    this.#push(checked(name, value), value, { isAppended: true });
  }

  /** Writes the list into a response, or a copy of one that is immutable. */
  writeTo(response: Response): Response {
    try {
      this.#write(response.headers);
      return response;
    } catch {
      // `Response.redirect()` and answers of `fetch()` refuse changes.
      const copy = new Response(response.body, response);
      this.#write(copy.headers);
      return copy;
    }
  }

  #push(name: string, value: string, how: { isAppended: boolean }): void {
    this.#names.push(name);
    this.#values.push(value);
    this.#isAppended.push(how.isAppended);
  }

  #write(headers: Headers): void {
    for (const [at, name] of this.#names.entries()) {
      const value = this.#values[at] ?? "";
      if (this.#isAppended[at]) headers.append(name, value);
      else headers.set(name, value);
    }
  }
}

function checked(name: string, value: string): string {
  if (!NAME.test(name)) {
    throw new TypeError(
      `Cannot set header ${JSON.stringify(name)}: the name is not a token`,
    );
  }
  if (BAD_VALUE.test(value)) {
    throw new TypeError(
      `Cannot set header "${name}": the value ${
        JSON.stringify(value)
      } holds a character outside of printable Latin-1`,
    );
  }
  return name.toLowerCase();
}
