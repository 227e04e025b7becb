// Copyright 2026 the Gee authors. MIT license.
import { SecretList } from "../constant_time.ts";
import type { Context, Middleware } from "../context.ts";
import { HttpError } from "../http_error.ts";
import type { AnyParams } from "../incoming.ts";
import { quotedString } from "./quoted_string.ts";

/** What {@linkcode basicAuth} leaves in `c.state`. */
export interface BasicAuthState {
  /** Who has signed in. */
  readonly username: string;
}

/** Options of {@linkcode basicAuth}; want `users` or `verify`. */
export interface BasicAuthOptions {
  /** Passwords by user name. They are compared in constant time. */
  readonly users?: Readonly<Record<string, string>>;
  /**
   * Tells whether a name and a password are right, in place of `users`: for
   * passwords that are stored as slow hashes, as they should be.
   */
  readonly verify?: (
    username: string,
    password: string,
    c: Context<AnyParams, object>,
  ) => boolean | Promise<boolean>;
  /**
   * What browsers show as the place to sign in to; printable ASCII.
   *
   * @default {"Restricted"}
   */
  readonly realm?: string;
}

/**
 * Asks for a name and a password (RFC 7617, as UTF-8), else 401. They travel
 * readable with every request, so use it over TLS; and add `csrf`, for browsers
 * send them by themselves.
 *
 * @param options The users.
 * @returns The middleware; it sets `c.state.username`.
 * @throws {TypeError} When there is neither `users` nor `verify`, or both, a
 * name holds a colon, or the realm is no printable ASCII.
 *
 * @example Guard a page
 * ```ts
 * import { Engine } from "@gee/std/web";
 * import { basicAuth, type BasicAuthState } from "@gee/std/web/middleware";
 * import { assertEquals } from "@std/assert";
 *
 * const app = new Engine<BasicAuthState>();
 * app.use(basicAuth({ users: { tom: "correct horse" } }));
 * app.get("/", (c) => c.string(`Hello ${c.state.username}`));
 *
 * const authorization = `Basic ${btoa("tom:correct horse")}`;
 * const response = await app.request("/", { headers: { authorization } });
 * assertEquals(await response.text(), "Hello tom");
 * assertEquals((await app.request("/")).status, 401);
 * ```
 */
export function basicAuth(options: BasicAuthOptions): Middleware {
  const { realm = "Restricted" } = options;
  const verify = verifierOf(options);
  const challenge = `Basic realm=${quotedString(realm)}, charset="UTF-8"`;
  const refuse = (): never => {
    throw new HttpError(401, undefined, {
      headers: { "www-authenticate": challenge },
    });
  };
  return function basicAuth(c) {
    const given = credentialsOf(c.header("authorization"));
    if (given === undefined) return refuse();
    const [username, password] = given;
    const enter = (isRight: boolean) => {
      // What a caller's function returns by mistake must not open the door.
      if (isRight !== true) return refuse();
      Object.assign(c.state, { username } satisfies BasicAuthState);
      return c.next();
    };
    const answer = verify(username, password, c);
    return answer instanceof Promise ? answer.then(enter) : enter(answer);
  };
}

function verifierOf(
  { users, verify }: BasicAuthOptions,
): NonNullable<BasicAuthOptions["verify"]> {
  if ((users === undefined) === (verify === undefined)) {
    throw new TypeError("Cannot make basicAuth: want either users or verify");
  }
  if (verify !== undefined) return verify;
  const pairs = Object.entries(users ?? {}).map(([name, password]) => {
    if (!name.includes(":")) return `${name}:${password}`.normalize("NFC");
    throw new TypeError(
      `Cannot make basicAuth: the user name ${
        JSON.stringify(name)
      } holds a colon`,
    );
  });
  // Name and password in one secret: an unknown name takes the same steps.
  const secrets = new SecretList(pairs);
  return (username, password) => secrets.has(`${username}:${password}`);
}

/** Name and password as RFC 7617 has them, or undefined. */
function credentialsOf(
  header: string | undefined,
): [username: string, password: string] | undefined {
  const token = /^Basic +([A-Za-z\d+/]+={0,2})$/i.exec(header ?? "")?.[1];
  if (token === undefined) return undefined;
  try {
    const bytes = Uint8Array.fromBase64(token);
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
      .decode(bytes).normalize("NFC");
    const colon = text.indexOf(":");
    if (colon === -1 || /\p{Cc}/u.test(text)) return undefined;
    return [text.slice(0, colon), text.slice(colon + 1)];
  } catch {
    return undefined;
  }
}
