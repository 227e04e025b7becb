// Copyright 2026 the Gee authors. MIT license.
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { RemoteKeys, type RemoteKeysOptions } from "./remote_keys.ts";

const KEYS_URL = "https://issuer.dev/keys";
const rsa = (kid: string) => ({ kty: "RSA", n: "AQAB", e: "AQAB", kid });

/** An issuer whose set and clock the test turns. */
function issuer(options: RemoteKeysOptions = {}) {
  const state = {
    now: 1_000_000,
    keys: [rsa("1")] as unknown,
    fetches: 0,
    answer: undefined as undefined | (() => Response | Promise<Response>),
  };
  const keys = new RemoteKeys(KEYS_URL, {
    now: () => state.now,
    fetch: async () => {
      state.fetches++;
      return await state.answer?.() ?? Response.json({ keys: state.keys });
    },
    ...options,
  });
  const ids = async (kid?: string) => {
    const header = kid === undefined ? { alg: "x" } : { alg: "x", kid };
    return (await keys.find(header)).map((key) => key.kid);
  };
  return { state, ids };
}

Deno.test("RemoteKeys.find() fetches once for all and keeps the set", async () => {
  const { state, ids } = issuer();
  const all = await Promise.all(Array.from({ length: 100 }, () => ids("1")));
  assertEquals(all.every(([kid]) => kid === "1"), true);
  assertEquals(state.fetches, 1);
  state.now += 599_999;
  assertEquals(await ids("1"), ["1"]);
  assertEquals(state.fetches, 1);
  state.now += 1;
  await Promise.all([ids("1"), ids("1"), ids()]);
  assertEquals(state.fetches, 2);
});

Deno.test("RemoteKeys.find() follows a rotation, and fetches once per cooldown", async () => {
  const { state, ids } = issuer();
  assertEquals(await ids("1"), ["1"]);
  state.keys = [rsa("1"), rsa("2")];
  state.now += 29_999;
  assertEquals(await ids("2"), []);
  state.now += 1;
  const all = await Promise.all([ids("2"), ids("2"), ids("9")]);
  assertEquals(all, [["2"], ["2"], []]);
  assertEquals(state.fetches, 2);
  for (let attempt = 0; attempt < 1000; attempt++) {
    state.now += 20;
    assertEquals(await ids(`evil ${attempt}`), []);
  }
  assertEquals(state.fetches, 2);
  assertEquals(await ids(), ["1", "2"]);
});

Deno.test("RemoteKeys.find() forgets keys that the issuer withdrew", async () => {
  const { state, ids } = issuer();
  await ids("1");
  state.keys = [rsa("2")];
  state.now += 600_000;
  assertEquals(await ids("1"), []);
  assertEquals(await ids("2"), ["2"]);
});

Deno.test("RemoteKeys.find() keeps an old set through an outage, for a while", async () => {
  const { state, ids } = issuer({ maxAge: 1000, maxStale: 10_000 });
  await ids("1");
  state.answer = () => new Response("x", { status: 500 });
  state.now += 5000;
  assertEquals(await ids("1"), ["1"]);
  assertEquals(await ids("1"), ["1"]);
  assertEquals(state.fetches, 2); // not again within a second
  state.now += 1000;
  assertEquals(await ids("1"), ["1"]);
  assertEquals(state.fetches, 3);
  state.now += 5000;
  await assertRejects(() => ids("1"), Error, "got status 500");
  state.answer = undefined;
  await assertRejects(() => ids("1"), Error, "got status 500");
  state.now += 1000;
  assertEquals(await ids("1"), ["1"]);
});

Deno.test("RemoteKeys.find() fails while there is no set to use", async () => {
  const endless = new ReadableStream({
    pull: (controller) => controller.enqueue(new Uint8Array(65_536)),
  });
  for (
    const [answer, message] of [
      [() => new Response("x", { status: 404 }), "got status 404"],
      [() => new Response("{"), "JSON"],
      [() => Response.json([]), "it has no list of keys"],
      [() => Response.json(null), "it has no list of keys"],
      [() => Response.json({ keys: {} }), "it has no list of keys"],
      [() => new Response(endless), "it has over 262144 bytes"],
      [() => Promise.reject(new Error("Refused")), "Refused"],
    ] as const
  ) {
    const { state, ids } = issuer();
    state.answer = answer;
    await assertRejects(() => ids("1"), Error, message);
  }
});

Deno.test("RemoteKeys.find() gives up in time", async () => {
  using time = new FakeTime();
  const { ids } = issuer({
    fetch: (_, { signal }) =>
      new Promise((_, reject) =>
        signal?.addEventListener("abort", () => reject(signal.reason))
      ),
  });
  const failing = assertRejects(() => ids("1"), Error, "no answer in time");
  await time.tickAsync(5000);
  await failing;
});

Deno.test("RemoteKeys.find() follows no redirect", async () => {
  const seen: RequestInit[] = [];
  const { ids } = issuer({
    fetch: (_, init) => {
      seen.push(init);
      return Promise.resolve(Response.json({ keys: [] }));
    },
  });
  await ids();
  assertEquals(seen.map(({ redirect }) => redirect), ["error"]);
});

Deno.test("RemoteKeys.find() uses public keys alone", async () => {
  const { state, ids } = issuer();
  state.keys = [
    null,
    "x",
    [],
    {},
    { kty: 1, kid: "number" },
    { kty: "oct", k: "AQAB", kid: "secret" },
    { ...rsa("private"), d: "AQAB" },
    { ...rsa("x"), kid: 7 },
    { kty: "RSA", n: "AQAB", e: "AQAB" },
    rsa("good"),
  ];
  assertEquals(await ids(), [undefined, "good"]);
  const many = issuer();
  many.state.keys = Array.from({ length: 1000 }, (_, id) => rsa(String(id)));
  assertEquals((await many.ids()).length, 32);
});

Deno.test("RemoteKeys fetches over a socket, from where it is allowed to", async () => {
  await using server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    ({ url }) =>
      url.endsWith("/moved")
        ? Response.redirect(url.replace("/moved", "/keys"))
        : Response.json({ keys: [rsa("1")] }),
  );
  const base = `http://127.0.0.1:${server.addr.port}`;
  const keys = new RemoteKeys(`${base}/keys`, { allowHttp: true });
  assertEquals((await keys.find({ alg: "x" })).length, 1);
  const moved = new RemoteKeys(`${base}/moved`, { allowHttp: true });
  await assertRejects(() => moved.find({ alg: "x" }), TypeError, "redirect");
});

Deno.test("RemoteKeys refuses URLs and numbers without sense", () => {
  for (const url of ["http://issuer.dev/", "file:///keys", "data:,x"]) {
    assertThrows(() => new RemoteKeys(url), TypeError, "want https:");
  }
  assertThrows(
    () => new RemoteKeys("file:///keys", { allowHttp: true }),
    TypeError,
    "want https: or http:",
  );
  assertThrows(() => new RemoteKeys("keys"), TypeError);
  for (
    const name of ["maxAge", "cooldown", "maxStale", "timeout", "maxBytes"]
  ) {
    for (const value of [-1, NaN]) {
      assertThrows(
        () => new RemoteKeys(KEYS_URL, { [name]: value }),
        RangeError,
        `got ${name} ${value}`,
      );
    }
  }
});
