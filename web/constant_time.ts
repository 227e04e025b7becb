// Copyright 2026 the Gee authors. MIT license.

/** Bytes to compare, by their indices. */
export type ByteList = ArrayLike<number>;

/**
 * Compares bytes in a time that tells nothing of them: every byte of the first
 * list is read, wherever a difference is. Only the lengths show.
 *
 * @param a Bytes.
 * @param b Others.
 * @returns Whether they are the same.
 */
export function areSameBytes(a: ByteList, b: ByteList): boolean {
  let difference = a.length ^ b.length;
  for (let at = 0; at < a.length; at++) {
    difference |= (a[at] ?? 0) ^ (b[at] ?? 0);
  }
  return difference === 0;
}

/**
 * Secrets that a stranger may try to guess, such as tokens. A guess is hashed
 * before it is compared, with each of them and to the end, so time tells
 * neither how much of it was right nor how long a secret is.
 */
export class SecretList {
  readonly #hashes: Promise<ByteList[]>;

  /**
   * Hashes the secrets.
   *
   * @param secrets The secrets.
   */
  constructor(secrets: readonly string[]) {
    this.#hashes = Promise.all(secrets.map(hashOf));
  }

  /**
   * Whether a guess is right.
   *
   * @param guess The guess.
   * @returns Whether it is one of the secrets.
   */
  async has(guess: string): Promise<boolean> {
    const hash = await hashOf(guess);
    let isFound = false;
    for (const secret of await this.#hashes) {
      isFound = areSameBytes(secret, hash) || isFound;
    }
    return isFound;
  }
}

async function hashOf(text: string): Promise<ByteList> {
  const bytes = new TextEncoder().encode(text);
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}
