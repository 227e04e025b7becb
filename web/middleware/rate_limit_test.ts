// Copyright 2026 the Gee authors. MIT license.
import { assert, assertEquals, assertThrows } from "@std/assert";
import { Engine, type EngineOptions } from "../engine.ts";
import { rateLimit, type RateLimitOptions } from "./rate_limit.ts";
import type { RateLimitStore } from "./rate_limit_store.ts";

function appWith(options: RateLimitOptions, engine?: EngineOptions) {
  const app = new Engine(engine).use(rateLimit({ now: () => 0, ...options }));
  app.get("/", (c) => c.string("in"));
  return (hostname?: string, headers: Record<string, string> = {}) =>
    app.fetch(
      new Request("http://gee/", { headers }),
      hostname === undefined ? undefined : { remoteAddr: { hostname } },
    );
}

const pick = ({ status, headers }: Response) => [
  status,
  headers.get("ratelimit"),
  headers.get("retry-after"),
];

Deno.test("rateLimit() tells how a client stands and refuses it in the end", async () => {
  let now = 0;
  const ask = appWith({ limit: 2, window: 3000, now: () => now });
  const first = await ask("1.1.1.1");
  assertEquals(first.headers.get("ratelimit-policy"), '"default";q=2;w=3');
  assertEquals(pick(first), [200, '"default";r=1;t=2', null]);
  assertEquals(pick(await ask("1.1.1.1")), [200, '"default";r=0;t=2', null]);
  const refused = await ask("1.1.1.1");
  assertEquals(pick(refused), [429, '"default";r=0;t=2', "2"]);
  assertEquals(refused.headers.get("ratelimit-policy"), '"default";q=2;w=3');
  assertEquals(await refused.json(), { message: "Too Many Requests" });
  now += 1499;
  assertEquals(pick(await ask("1.1.1.1")), [429, '"default";r=0;t=1', "1"]);
  assertEquals(pick(await ask("1.1.1.2"))[0], 200);
  now += 1;
  assertEquals(pick(await ask("1.1.1.1"))[0], 200);
});

Deno.test("rateLimit() counts clients by address, IPv6 by its network", async () => {
  for (
    const [one, other, isSame] of [
      ["1.2.3.4", "1.2.3.4", true],
      ["1.2.3.4", "::ffff:1.2.3.4", true],
      ["1.2.3.4", "1.2.3.5", false],
      ["2001:db8::1", "2001:db8::ffff:ffff:ffff:ffff", true],
      ["2001:db8::1", "2001:0DB8:0:0:1::", true],
      ["2001:db8::1", "2001:db8:0:1::1", false],
      ["2001:db8::1%eth0", "2001:db8::2", true],
      ["::1", "0.0.0.1", false],
      [undefined, undefined, true],
      [undefined, "1.2.3.4", false],
    ] as const
  ) {
    const ask = appWith({ limit: 1 });
    await ask(one);
    const { status } = await ask(other);
    assertEquals(status, isSame ? 429 : 200, `${one} ${other}`);
  }
});

Deno.test("rateLimit() is not evaded by headers", async () => {
  const ask = appWith({ limit: 1 });
  await ask("1.2.3.4");
  for (const name of ["x-forwarded-for", "x-real-ip", "forwarded"]) {
    assertEquals((await ask("1.2.3.4", { [name]: "9.9.9.9" })).status, 429);
  }
  const behind = appWith({ limit: 1 }, { trustProxy: ["10.0.0.1"] });
  const through = (client: string) =>
    behind("10.0.0.1", { "x-forwarded-for": client });
  assertEquals((await through("9.9.9.9")).status, 200);
  assertEquals((await through("8.8.8.8, 9.9.9.9")).status, 429);
  assertEquals((await through("7.7.7.7")).status, 200);
});

Deno.test("rateLimit() takes key, cost and skip from its options", async () => {
  const ask = appWith({
    limit: 10,
    key: (c) => c.header("x-key"),
    cost: (c) => Number(c.header("x-cost") ?? 1),
    skip: (c) => c.header("x-skip") !== undefined,
  });
  assertEquals((await ask("1.1.1.1", { "x-cost": "10" })).status, 200);
  assertEquals((await ask("2.2.2.2")).status, 429);
  const skipped = await ask("2.2.2.2", { "x-skip": "1" });
  assertEquals(pick(skipped), [200, null, null]);
  assertEquals((await ask("1.1.1.1", { "x-key": "a" })).status, 200);
  for (const cost of ["11", "-1", "NaN"]) {
    assertEquals((await ask("3.3.3.3", { "x-cost": cost })).status, 500);
  }
});

Deno.test("rateLimit() lists several limits", async () => {
  const app = new Engine().use(
    rateLimit({ name: "burst", limit: 5, window: 1000, now: () => 0 }),
    rateLimit({ name: "daily", limit: 9, window: 86_400_000, now: () => 0 }),
  );
  app.get("/", () => {});
  const { headers } = await app.request("/");
  assertEquals(
    headers.get("ratelimit-policy"),
    '"burst";q=5;w=1, "daily";q=9;w=86400',
  );
  assertEquals(headers.get("ratelimit"), '"burst";r=4;t=1, "daily";r=8;t=9600');
});

Deno.test("rateLimit() asks any store, whether it waits or not", async () => {
  const asked: unknown[] = [];
  const verdict = { isAllowed: false, remaining: -3, nextIn: 1, retryIn: 1 };
  for (const answer of [verdict, Promise.resolve(verdict)]) {
    const store: RateLimitStore = {
      take(...args) {
        asked.push(args);
        return answer;
      },
    };
    const ask = appWith({ store, limit: 3, window: 10, name: "api" });
    assertEquals(pick(await ask("1.2.3.4")), [429, '"api";r=0;t=1', "1"]);
  }
  const call = ["api:4:1020304", 1, { tokens: 3, window: 10 }];
  assertEquals(asked, [call, call]);
  const store = { take: () => Promise.reject(new Error("Down")) };
  assertEquals((await appWith({ store })("1.2.3.4")).status, 500);
});

Deno.test("rateLimit() stays flat in memory over a million addresses", async () => {
  const code = `
    import { TokenBuckets } from ${
    JSON.stringify(import.meta.resolve("./token_buckets.ts"))
  };
    let now = 0;
    const buckets = new TokenBuckets(100_000, () => now);
    const limit = { tokens: 60, window: 60_000 };
    const heap = () => (gc(), Deno.memoryUsage().heapUsed);
    const flood = (from, to) => {
      for (let key = from; key < to; key++) {
        now += 0.01;
        buckets.take("6:" + (0x20010db8n * 2n ** 32n + BigInt(key)).toString(16), 1, limit);
      }
    };
    flood(0, 200_000);
    const before = heap();
    flood(200_000, 1_000_000);
    console.log(JSON.stringify({ size: buckets.size, growth: heap() - before }));
  `;
  const { stdout, success } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--no-lock", "--v8-flags=--expose-gc", code],
    stderr: "inherit",
  }).output();
  assert(success);
  const { size, growth } = JSON.parse(new TextDecoder().decode(stdout));
  assertEquals(size, 100_000);
  assert(growth < 4 << 20, `grew by ${growth} bytes`);
});

Deno.test("rateLimit() refuses options without sense", () => {
  for (const limit of [0, -1, 1.5, NaN, Infinity]) {
    assertThrows(() => rateLimit({ limit }), RangeError, `got limit ${limit}`);
  }
  for (const window of [0, -1, NaN, Infinity]) {
    assertThrows(() => rateLimit({ window }), RangeError, `window ${window}`);
  }
  for (const name of ["", 'a"', "a b", "ä", "a\n"]) {
    assertThrows(() => rateLimit({ name }), TypeError, "got name");
  }
  assertThrows(() => rateLimit({ maxKeys: 0 }), RangeError, "maxKeys 0");
});
