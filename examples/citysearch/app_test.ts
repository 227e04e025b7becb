// Copyright 2026 the Gee authors. MIT license.

import { assert, assertEquals, assertMatch } from "@std/assert";
import type { Answer } from "./gateway.ts";
import { type Rig, startRig } from "./testdata/rig.ts";

async function suggest(rig: Rig, query: string, limit = 8): Promise<Answer> {
  const response = await fetch(
    `${rig.url}/api/suggest?k=${limit}&q=${encodeURIComponent(query)}`,
  );
  assertEquals(response.status, 200);
  return await response.json();
}

const labels = ({ suggestions }: Answer) =>
  suggestions.map(({ label }) => label);

async function send(
  rig: Rig,
  method: string,
  path: string,
  init: RequestInit = {},
) {
  const response = await fetch(`${rig.url}${path}`, { method, ...init });
  return { status: response.status, body: await response.json() };
}

Deno.test("/api/suggest finds names and other names, folded, by population", async () => {
  await using rig = await startRig();
  for (const query of ["mun", "MÜN", "Mu\u0308n"]) {
    assertEquals(labels(await suggest(rig, query)), ["Munich", "München Rand"]);
  }
  assertEquals(labels(await suggest(rig, "münch")), [
    "Munich (München)",
    "München Rand",
  ]);
  assertEquals(labels(await suggest(rig, "sao p")), ["São Paulo"]);
  const { suggestions: [munich] } = await suggest(rig, "muench");
  assertEquals([munich?.label, munich?.ranges, munich?.country], [
    "Munich (Muenchen)",
    [[8, 14]],
    "Germany",
  ]);
  const { suggestions } = await suggest(rig, "par", 4);
  assertEquals(suggestions.map(({ population }) => population), [
    800_000,
    700_000,
    600_000,
    599_999,
  ]);
  assertEquals(labels(await suggest(rig, "nowhere")), []);
});

Deno.test("/api/suggest tells cities of one name apart", async () => {
  await using rig = await startRig();
  const { suggestions } = await suggest(rig, "springfield");
  const about = suggestions.map(({ region, country }) =>
    `${region}, ${country}`
  );
  assertEquals(new Set(about).size, 3);
  assertEquals(about[1], "IL, United States");
  assertMatch(about[0]!, /^MO, \d+\.\d\d°N \d+\.\d\d°E, United States$/);
});

Deno.test("/api/suggest says whether the cache had it, and what it cost", async () => {
  await using rig = await startRig();
  const timing = async () => {
    const response = await fetch(`${rig.url}/api/suggest?q=mun`);
    await response.body?.cancel();
    return response.headers.get("server-timing") ?? "";
  };
  assertMatch(
    await timing(),
    /^cache;desc=miss, rpc;dur=[\d.]+, trie;dur=[\d.]+, total;dur=[\d.]+$/,
  );
  assertMatch(await timing(), /^cache;desc=hit, total;dur=[\d.]+$/);
});

Deno.test("/api/suggest lets browsers keep an answer and revalidate it", async () => {
  await using rig = await startRig();
  const first = await fetch(`${rig.url}/api/suggest?q=mun`);
  await first.body?.cancel();
  assertEquals(first.headers.get("cache-control"), "private, max-age=30");
  const headers = { "if-none-match": first.headers.get("etag") ?? "" };
  const second = await fetch(`${rig.url}/api/suggest?q=mun`, { headers });
  assertEquals([second.status, await second.text()], [304, ""]);
});

Deno.test("/api/suggest refuses what it cannot use", async () => {
  await using rig = await startRig();
  for (const query of ["k=0", "k=51", "k=x", "k=1.5", `q=${"x".repeat(101)}`]) {
    assertEquals(
      (await send(rig, "GET", `/api/suggest?${query}`)).status,
      400,
      query,
    );
  }
});

Deno.test("/api/suggest shows what the others have when a shard is gone, and keeps nothing of it", async () => {
  await using rig = await startRig();
  await rig.servers[0]?.close();
  const partial = await suggest(rig, "paris");
  assertEquals([partial.isPartial, partial.suggestions.length], [true, 8]);
  assertEquals(rig.gateway.stats().cache.entries, 0);
  await Promise.all(rig.servers.map((server) => server.close()));
  assertEquals((await send(rig, "GET", "/api/suggest?q=zed")).status, 500);
});

Deno.test("/api/city/:id tells about one city", async () => {
  await using rig = await startRig();
  const { status, body } = await send(rig, "GET", "/api/city/1");
  assertEquals(status, 200);
  assertEquals([body.name, body.country, body.code, body.names], [
    "Munich",
    "Germany",
    "DE",
    ["München", "Muenchen", "Monaco di Baviera"],
  ]);
  assertEquals((await send(rig, "GET", "/api/city/999999")).status, 404);
  assertEquals((await send(rig, "GET", "/api/city/munich")).status, 400);
});

Deno.test("/api/deny acts at once, still gives eight, and can be taken back", async () => {
  await using rig = await startRig();
  const before = labels(await suggest(rig, "paris"));
  assertEquals(before.length, 8);
  const deny = (pattern: string) =>
    send(rig, "POST", "/api/deny", { body: JSON.stringify({ pattern }) });
  assertEquals((await deny("paris 2")).body, { patterns: ["paris 2"] });
  assertEquals((await deny("PARIS 1*")).body, {
    patterns: ["PARIS 1*", "paris 2"],
  });
  const after = labels(await suggest(rig, "paris"));
  assertEquals(
    after.filter((label) => label === "Paris 2" || label.startsWith("Paris 1")),
    [],
  );
  assertEquals(after.length, 8);
  assertEquals((await deny("munich")).status, 200);
  assertEquals((await send(rig, "GET", "/api/city/1")).status, 404);
  for (const pattern of ["PARIS 1*", "paris 2", "munich"]) {
    await send(
      rig,
      "DELETE",
      `/api/deny?pattern=${encodeURIComponent(pattern)}`,
    );
  }
  assertEquals((await send(rig, "GET", "/api/deny")).body, { patterns: [] });
  assertEquals(labels(await suggest(rig, "paris")), before);
  assertEquals((await deny("")).status, 400);
});

Deno.test("/api/rebuild swaps the tries without a failed request", async () => {
  await using rig = await startRig();
  let isRunning = true;
  const versions = new Set<number>();
  const hammer = async () => {
    for (let i = 0; isRunning; i++) {
      versions.add((await suggest(rig, `zed ${i % 60}`)).version);
    }
  };
  const hammers = [hammer(), hammer(), hammer()];
  for (const version of [2, 3]) {
    assertEquals((await send(rig, "POST", "/api/rebuild")).body, { version });
    assertEquals((await suggest(rig, "mun")).version, version);
  }
  isRunning = false;
  await Promise.all(hammers);
  assert([...versions].every((version) => version >= 1 && version <= 3));
});

Deno.test("Only pages of this site may change things", async () => {
  await using rig = await startRig();
  const foreign: HeadersInit[] = [
    { "sec-fetch-site": "cross-site" },
    { "sec-fetch-site": "same-site" },
    { origin: "http://evil.example" },
    { origin: "null" },
  ];
  for (const headers of foreign) {
    assertEquals(
      (await send(rig, "POST", "/api/rebuild", { headers })).status,
      403,
    );
    assertEquals(
      (await send(rig, "POST", "/api/deny", { headers })).status,
      403,
    );
    assertEquals(
      (await send(rig, "DELETE", "/api/deny", { headers })).status,
      403,
    );
  }
  const headers = { "sec-fetch-site": "same-origin", origin: rig.url };
  assertEquals(
    (await send(rig, "POST", "/api/rebuild", { headers })).status,
    200,
  );
});

Deno.test("/api/events sends the figures, and ends when the reader leaves", async () => {
  await using rig = await startRig();
  await suggest(rig, "mun");
  await suggest(rig, "mun");
  const response = await fetch(`${rig.url}/api/events`);
  const reader = response.body!.pipeThrough(new TextDecoderStream())
    .getReader();
  const figures = JSON.parse(
    (await reader.read()).value!.slice("data: ".length),
  );
  assertEquals(
    [figures.cache.gets, figures.cache.hits, figures.shards.length],
    [2, 1, 3],
  );
  assertEquals(figures.shards.map(({ calls }: { calls: number }) => calls), [
    1,
    1,
    1,
  ]);
  await reader.cancel();
  assertEquals(
    (await send(rig, "GET", "/api/stats")).body.slowest[0].name,
    "mun",
  );
});

Deno.test("The page is complete without script and escapes what it shows", async () => {
  await using rig = await startRig();
  const response = await fetch(
    `${rig.url}/search?q=${encodeURIComponent('<b>par"')}`,
  );
  const html = await response.text();
  assert(html.includes('value="&#60;b&#62;par&#34;"'));
  const bold = await (await fetch(`${rig.url}/search?q=b%20par`)).text();
  assert(
    bold.includes("&#60;<mark>b&#62;Par</mark>&#60;/b&#62;"),
    bold.slice(0, 5000),
  );
  const policy = response.headers.get("content-security-policy") ?? "";
  assertMatch(
    policy,
    /^default-src 'self'; script-src 'nonce-[\w+/=]{24}'; style-src 'nonce-/,
  );
  assertEquals(response.headers.get("x-content-type-options"), "nosniff");
  const plain = await fetch(`${rig.url}/healthz`);
  assertEquals([plain.status, await plain.text()], [200, "ok"]);
});
