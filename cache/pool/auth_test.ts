// Copyright 2026 the Gee authors. MIT license.

import { assert, assertEquals, assertThrows } from "@std/assert";
import { Secret, type SignedRequest } from "./auth.ts";

const TEXT = "sixteen bytes or more";
const REQUEST: SignedRequest = {
  method: "POST",
  name: "http://127.0.0.1:8001",
  path: "/_geecache/",
  body: new Uint8Array([1, 2, 3]),
};

/** A secret whose clock the test moves. */
function clocked(maxNonces?: number) {
  const clock = { time: 1_700_000_000_000 };
  const options = { now: () => clock.time };
  const secret = new Secret(
    TEXT,
    maxNonces === undefined ? options : { ...options, maxNonces },
  );
  return { clock, secret };
}

Deno.test("Secret.check() accepts a stamped request once", async () => {
  const { secret } = clocked();
  const { header, nonce } = await secret.stamp(REQUEST);
  assertEquals(await secret.check(header, REQUEST), nonce);
  assertEquals(await secret.check(header, REQUEST), undefined);
});

Deno.test("Secret.check() accepts what another node with the secret stamped, as text or bytes", async () => {
  const { secret, clock } = clocked();
  const bytes = new TextEncoder().encode(TEXT);
  const peer = new Secret(bytes, { now: () => clock.time });
  bytes.fill(0); // it was copied
  const { header, nonce } = await peer.stamp(REQUEST);
  assertEquals(await secret.check(header, REQUEST), nonce);
});

Deno.test("Secret.check() refuses every change of a request", async () => {
  const { secret } = clocked();
  const { header } = await secret.stamp(REQUEST);
  const changes: Partial<SignedRequest>[] = [
    { method: "GET" },
    { name: "http://127.0.0.1:8002" },
    { path: "/other/" },
    { body: new Uint8Array([1, 2, 4]) },
    { body: new Uint8Array([1, 2]) },
    { body: new Uint8Array(0) },
    // The same bytes in a row, cut at other places.
    { method: "POSThttp", name: "://127.0.0.1:8001" },
  ];
  for (const change of changes) {
    const request = { ...REQUEST, ...change };
    assertEquals(await secret.check(header, request), undefined);
  }
  assert(await secret.check(header, REQUEST) !== undefined);
});

Deno.test("Secret.check() refuses headers of any other form", async () => {
  const { secret } = clocked();
  const { header } = await secret.stamp(REQUEST);
  const [scheme, time, nonce, mac = ""] = header.split(" ");
  const headers = [null, "", "v1", header.toUpperCase(), `${header} `];
  headers.push(`v2 ${time} ${nonce} ${mac}`, `${scheme} ${time} ${nonce}`);
  headers.push(`${scheme} -1 ${nonce} ${mac}`, `${scheme} NaN ${nonce} ${mac}`);
  headers.push(`${scheme} ${time} ${nonce} ${"0".repeat(64)}`);
  headers.push(`${scheme} ${Number(time) + 1} ${nonce} ${mac}`);
  headers.push(`${scheme} ${time} ${"0".repeat(32)} ${mac}`);
  headers.push(`${scheme} ${time} ${nonce} ${mac.slice(2)}`, `${header}00`);
  for (const wrong of headers) {
    assertEquals(await secret.check(wrong, REQUEST), undefined);
  }
});

Deno.test("Secret.check() refuses what another secret signed", async () => {
  const { secret, clock } = clocked();
  const other = new Secret(`${TEXT}!`, { now: () => clock.time });
  const { header } = await other.stamp(REQUEST);
  assertEquals(await secret.check(header, REQUEST), undefined);
});

Deno.test("Secret.check() accepts clocks a minute off, and no more", async () => {
  const { secret, clock } = clocked();
  const start = clock.time;
  const cases: [ms: number, isRight: boolean][] = [
    [60_000, true],
    [60_001, false],
    [300_000, false],
    [-60_000, true],
    [-60_001, false],
  ];
  for (const [ms, isRight] of cases) {
    clock.time = start;
    const { header } = await secret.stamp(REQUEST);
    clock.time = start + ms;
    const nonce = await secret.check(header, REQUEST);
    assertEquals(nonce !== undefined, isRight, String(ms));
  }
});

Deno.test("Secret.check() refuses a repeat for as long as its time is good", async () => {
  const { secret, clock } = clocked();
  const start = clock.time;
  // Stamped by a clock that is a minute ahead, so good for two minutes.
  clock.time = start + 60_000;
  const { header } = await secret.stamp(REQUEST);
  clock.time = start;
  assert(await secret.check(header, REQUEST) !== undefined);
  for (let ms = 0; ms <= 240_000; ms += 7_000) {
    clock.time = start + ms;
    assertEquals(await secret.check(header, REQUEST), undefined);
    const fresh = await secret.stamp(REQUEST); // the table moves on
    assert(await secret.check(fresh.header, REQUEST) !== undefined);
  }
});

Deno.test("Secret.check() refuses a repeat though the clock goes back", async () => {
  const { secret, clock } = clocked();
  const { header } = await secret.stamp(REQUEST);
  assert(await secret.check(header, REQUEST) !== undefined);
  clock.time -= 10_000;
  assertEquals(await secret.check(header, REQUEST), undefined);
  clock.time += 10_000;
  assertEquals(await secret.check(header, REQUEST), undefined);
});

Deno.test("Secret.check() bounds its table, goes on when it is full, and refuses repeats", async () => {
  const { secret, clock } = clocked(2);
  const headers: string[] = [];
  for (let request = 0; request < 40; request++) {
    const { header } = await secret.stamp(REQUEST);
    headers.push(header);
    assert(await secret.check(header, REQUEST) !== undefined);
    for (const repeated of headers) {
      assertEquals(await secret.check(repeated, REQUEST), undefined);
    }
    clock.time++;
  }
});

Deno.test("Secret.check() refuses rather than forgets what is as old as a new one", async () => {
  const { secret, clock } = clocked(2);
  const check = async () =>
    await secret.check((await secret.stamp(REQUEST)).header, REQUEST);
  for (let request = 0; request < 4; request++) {
    assert(await check() !== undefined);
  }
  assertEquals(await check(), undefined);
  clock.time++;
  assert(await check() !== undefined);
});

Deno.test("Secret.verify() keeps a signature to its label and its parts", async () => {
  const { secret } = clocked();
  const mac = await secret.sign("client", "a", "b");
  assert(await secret.verify(mac, "client", "a", "b"));
  for (
    const [label, ...parts] of [
      ["server", "a", "b"],
      ["client", "b", "a"],
      ["client", "ab"],
      ["client", "ab", ""],
    ]
  ) {
    assert(!await secret.verify(mac, label as string, ...parts)); // is there
  }
});

Deno.test("Secret() refuses what is too short to be one", () => {
  assertThrows(
    () => new Secret("fifteen bytes.."),
    RangeError,
    "Cannot use a secret of 15 bytes: want at least 16",
  );
});

Deno.test("Secret.check() refuses what was stamped before it was made: it may have been seen", async () => {
  const { secret, clock } = clocked();
  const { header } = await secret.stamp(REQUEST);
  assert(await secret.check(header, REQUEST) !== undefined);
  clock.time += 1;
  const restarted = new Secret(TEXT, { now: () => clock.time });
  assertEquals(await restarted.check(header, REQUEST), undefined);
  const { header: next } = await secret.stamp(REQUEST);
  assert(await restarted.check(next, REQUEST) !== undefined);
});
