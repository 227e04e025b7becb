// Copyright 2026 the Gee authors. MIT license.
// Both sides begin a connection with "GEEP", the version, a byte, and a nonce.
// With a secret each then proves that it knows it: the server first, over both
// nonces and its role, so that no proof is of use elsewhere.

import { randomBytes, type Secret } from "./auth.ts";
import { type ByteStream, readExactly, writeFully } from "./byte_stream.ts";

const MAGIC = [0x47, 0x45, 0x45, 0x50];
const VERSION = 1;
const VERSION_AT = 4;
const BYTE_AT = 5;
const NONCE_AT = 6;
const NONCE_BYTES = 32;
const MAC_BYTES = 32;

/** The byte of a client: whether it has a secret. */
const PLAIN = 0;
const SECRET = 1;
/** Further bytes of a server. */
const WRONG_VERSION = 2;
const WANTS_SECRET = 3;
const FULL = 4;

const OTHER_VERSION = "it speaks another version";
const WRONG_SECRET = "it does not know the secret";
const REFUSALS = new Map([
  [WRONG_VERSION, OTHER_VERSION],
  [WANTS_SECRET, "it wants a secret"],
  [FULL, "it has too many connections"],
]);

function hello(byte: number, nonce: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(NONCE_AT + NONCE_BYTES);
  bytes.set(MAGIC);
  bytes[VERSION_AT] = VERSION;
  bytes[BYTE_AT] = byte;
  bytes.set(nonce, NONCE_AT);
  return bytes;
}

/** Reads a hello; its end may be another one in later versions. */
async function readHello(
  stream: ByteStream,
): Promise<{ version: number; byte: number; nonce: Uint8Array }> {
  const bytes = await readExactly(stream, NONCE_AT + NONCE_BYTES);
  if (!MAGIC.every((byte, at) => bytes[at] === byte)) {
    throw cannotGreet("it speaks something else");
  }
  return {
    version: bytes[VERSION_AT] ?? 0,
    byte: bytes[BYTE_AT] ?? 0,
    nonce: bytes.subarray(NONCE_AT),
  };
}

/**
 * Begins a connection as the one who asks.
 *
 * @throws {Error} When the other side refuses, or does not know the secret.
 */
export async function greetServer(
  stream: ByteStream,
  secret: Secret | undefined,
): Promise<void> {
  const mine = randomBytes(NONCE_BYTES);
  await writeFully(stream, hello(secret === undefined ? PLAIN : SECRET, mine));
  const { version, byte, nonce } = await readHello(stream);
  const refusal = version === VERSION ? REFUSALS.get(byte) : OTHER_VERSION;
  if (refusal !== undefined) throw cannotGreet(refusal);
  if (byte !== (secret === undefined ? PLAIN : SECRET)) {
    throw cannotGreet("it does not have a secret where this node has one");
  }
  if (secret === undefined) return;
  const proof = await readExactly(stream, MAC_BYTES);
  if (!await secret.verify(proof, "server", mine, nonce)) {
    throw cannotGreet(WRONG_SECRET);
  }
  await writeFully(stream, await secret.sign("client", mine, nonce));
}

/**
 * Begins a connection as the one who answers.
 *
 * @param isFull Whether there is no room for it.
 * @throws {Error} When it was refused.
 */
export async function greetClient(
  stream: ByteStream,
  secret: Secret | undefined,
  isFull: boolean,
): Promise<void> {
  const mine = randomBytes(NONCE_BYTES);
  const { version, byte, nonce } = await readHello(stream);
  const refusal = refusalOf(version, byte, secret, isFull);
  if (refusal !== undefined) {
    await writeFully(stream, hello(refusal, mine));
    throw cannotGreet(REFUSALS.get(refusal));
  }
  if (secret === undefined) return await writeFully(stream, hello(PLAIN, mine));
  const proof = await secret.sign("server", nonce, mine);
  await writeFully(stream, hello(SECRET, mine));
  await writeFully(stream, proof);
  const theirs = await readExactly(stream, MAC_BYTES);
  if (!await secret.verify(theirs, "client", nonce, mine)) {
    throw cannotGreet(WRONG_SECRET);
  }
}

function refusalOf(
  version: number,
  byte: number,
  secret: Secret | undefined,
  isFull: boolean,
): number | undefined {
  if (version !== VERSION) return WRONG_VERSION;
  if (isFull) return FULL;
  return secret !== undefined && byte !== SECRET ? WANTS_SECRET : undefined;
}

function cannotGreet(why: string | undefined): Error {
  return new Error(`Cannot greet the peer: ${why}`);
}
