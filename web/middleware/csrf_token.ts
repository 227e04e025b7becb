// Copyright 2026 the Gee authors. MIT license.
import { isFormType } from "../body.ts";
import { SecretList } from "../constant_time.ts";
import type { Context } from "../context.ts";
import { formatCookie } from "../cookies.ts";
import { HttpError } from "../http_error.ts";
import type { AnyParams } from "../incoming.ts";

/** What `csrf` with `token` leaves in `c.state`. */
export interface CsrfState {
  /**
   * The token to put into a form, or to hand to a script. Sets a cookie unless
   * the client has it already.
   */
  csrfToken(): Promise<string>;
}

/** How the tokens of `csrf` travel. */
export interface CsrfTokenOptions {
  /**
   * The cookie.
   *
   * @default {"__Host-csrf"}
   */
  readonly cookie?: string;
  /**
   * The field of a form.
   *
   * @default {"_csrf"}
   */
  readonly field?: string;
  /**
   * The header, for scripts.
   *
   * @default {"x-csrf-token"}
   */
  readonly header?: string;
}

type AnyContext = Context<AnyParams, object>;

/**
 * The signed double submit: the client has the token twice, in a cookie that we
 * signed, and in what it sends. A foreign page can read neither, and the prefix
 * `__Host-` keeps neighboring hosts from planting a cookie of theirs.
 */
export class CsrfToken {
  readonly #cookie: string;
  readonly #field: string;
  readonly #header: string;

  /**
   * Makes the tokens of one middleware.
   *
   * @param options How they travel.
   * @throws {TypeError} When browsers would refuse the cookie.
   */
  constructor(options: CsrfTokenOptions) {
    this.#cookie = options.cookie ?? "__Host-csrf";
    formatCookie(this.#cookie, ""); // throws what browsers would refuse
    this.#field = options.field ?? "_csrf";
    this.#header = options.header ?? "x-csrf-token";
  }

  /**
   * Puts the token within the reach of handlers.
   *
   * @param c The request.
   */
  offer(c: AnyContext): void {
    let token: Promise<string> | undefined;
    const csrfToken = () => token ??= this.#make(c);
    Object.assign(c.state, { csrfToken } satisfies CsrfState);
  }

  /**
   * Checks the token of a request.
   *
   * @param c The request.
   * @throws {HttpError} 403 when it has none, or the wrong one.
   */
  async check(c: AnyContext): Promise<void> {
    const token = await c.signedCookie(this.#cookie);
    const sent = c.header(this.#header) ?? await this.#fieldOf(c);
    const isSame = token !== undefined && sent !== undefined &&
      await new SecretList([token]).has(sent);
    if (!isSame) throw new HttpError(403);
  }

  async #make(c: AnyContext): Promise<string> {
    const known = await c.signedCookie(this.#cookie);
    if (known !== undefined) return known;
    const token = crypto.getRandomValues(new Uint8Array(32))
      .toBase64({ alphabet: "base64url", omitPadding: true });
    await c.setSignedCookie(this.#cookie, token);
    return token;
  }

  async #fieldOf(c: AnyContext): Promise<string | undefined> {
    const type = c.header("content-type") ?? "";
    return isFormType(type) ? await c.postForm(this.#field) : undefined;
  }
}
