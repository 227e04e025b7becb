// Copyright 2026 the Gee authors. MIT license.

import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  FakeSource,
  LocalNetwork,
  LocalPool,
} from "../testdata/local_transport.ts";
import { type MetricsInfo, metricsPage } from "./metrics_page.ts";
import type { MetricsOptions } from "./metrics_options.ts";

const URL_OF_PAGE = "http://localhost:8001/debug/cache";

function setUp(options: MetricsOptions = {}) {
  const errors: unknown[] = [];
  const pool = new LocalPool("a", new LocalNetwork(), { ring: "crc32x50" });
  pool.set("a", "b");
  const group = new FakeSource("<img src=x>");
  pool.register(group);
  pool.register(new FakeSource("scores"));
  const page = metricsPage(pool, {
    metrics: options,
    onError: (error) => errors.push(error),
  });
  const ask = async (
    url?: string,
    init?: RequestInit,
    info: MetricsInfo | undefined = { remoteAddr: { hostname: "127.0.0.1" } },
  ): Promise<Response> => {
    const answer = page(new Request(url ?? URL_OF_PAGE, init), info);
    assert(answer !== undefined);
    return await answer;
  };
  return { pool, group, page, ask, errors };
}

Deno.test("metricsPage() shows the pool, its peers and groups, without script", async () => {
  const { ask } = setUp();
  const response = await ask();
  assertEquals(response.status, 200);
  const { headers } = response;
  assertEquals(headers.get("content-type"), "text/html; charset=utf-8");
  assertEquals(headers.get("cache-control"), "no-store");
  assertEquals(headers.get("x-content-type-options"), "nosniff");
  assertEquals(headers.get("access-control-allow-origin"), null);
  const policy = headers.get("content-security-policy") ?? "";
  const html = await response.text();
  const nonce = /<style nonce="([^"]+)">/.exec(html)?.[1] ?? "none";
  assert(policy.startsWith(`default-src 'none'; style-src 'nonce-${nonce}';`));
  assert(policy.endsWith("frame-ancestors 'none'"));
  assert(!/<script|<img| on\w+=/i.test(html));
  assert(html.includes("<th>&lt;img src=x&gt;"));
  assert(html.includes('<tr class="up"><td>b<td>up<td>'));
  assert(html.includes("<td>hitRatio<td>75.0 %<td>75.0 %"));
});

Deno.test("metricsPage() looks a key up, whatever is in it", async () => {
  const { ask, pool, group } = setUp();
  const key = `"><script>alert('&')</script>`;
  group.values.set(key, "1");
  const url = `${URL_OF_PAGE}?key=${encodeURIComponent(key)}`;
  const html = await (await ask(url)).text();
  const text = "&quot;&gt;&lt;script&gt;alert(&#39;&amp;&#39;)&lt;/script&gt;";
  assert(html.includes(`<input name="key" required value="${text}">`));
  assert(html.includes(`Owner of <b>${text}</b>: <b>${pool.owner(key)}</b>`));
  assert(html.includes("<td>isHeld<td>true"));
  assert(!html.includes("<script"));
  group.explain = () => {
    throw new Error("closed");
  };
  const { key: found } = await (await ask(`${url}&format=json`)).json();
  assertEquals(found, {
    key,
    owner: pool.owner(key),
    groups: {
      "<img src=x>": { error: "Error: closed" },
      scores: { isHeld: false },
    },
  });
});

Deno.test("metricsPage() gives JSON where it is asked for", async () => {
  const { ask, pool } = setUp();
  const json = { accept: "application/json" };
  const browser = { accept: "text/html,application/json;q=0.9" };
  const cases: [string, Record<string, string>, boolean][] = [
    [`${URL_OF_PAGE}?format=json`, browser, true],
    [`${URL_OF_PAGE}?format=html`, json, false],
    [URL_OF_PAGE, json, true],
    [URL_OF_PAGE, browser, false],
    [URL_OF_PAGE, {}, false],
  ];
  for (const [url, headers, isJson] of cases) {
    const response = await ask(url, { headers });
    const type = response.headers.get("content-type");
    assertEquals(type === "application/json", isJson, url);
    await response.body?.cancel();
  }
  const metrics = await (await ask(URL_OF_PAGE, { headers: json })).json();
  const { peers, ...rest } = pool.stats();
  assertEquals([metrics.pool, metrics.peers], [rest, { ...peers }]);
  assertEquals(metrics.groups.scores, { gets: 4, hits: 3, hitRatio: 0.75 });
  assertEquals("key" in metrics, false);
});

Deno.test("metricsPage() without authorize is for this machine alone", async () => {
  const { ask } = setUp();
  const path = "/debug/cache";
  const from = (hostname: string): MetricsInfo => ({
    remoteAddr: { hostname },
  });
  const here = from("127.0.0.1");
  const cases: [string, MetricsInfo, HeadersInit, number][] = [
    ["http://localhost", here, {}, 200],
    ["http://127.0.0.1:8001", from("127.0.0.1"), {}, 200],
    ["http://127.9.9.9", from("::ffff:127.0.0.1"), {}, 200],
    ["http://[::1]:8001", from("::1"), {}, 200],
    // A Unix socket has no host name; a proxy may be behind it.
    ["http://localhost", { remoteAddr: {} }, {}, 403],
    ["http://localhost", {}, {}, 403],
    ["http://localhost", from("10.0.0.7"), {}, 403],
    ["http://10.0.0.5:8001", from("127.0.0.1"), {}, 403],
    ["http://cache.example", here, {}, 403],
    ["http://localhost.example", here, {}, 403],
    ["http://127.0.0.1.example", here, {}, 403],
    ["http://localhost", here, { "x-forwarded-for": "10.0.0.7" }, 403],
    ["http://localhost", here, { forwarded: "for=10.0.0.7" }, 403],
  ];
  for (const [origin, info, headers, status] of cases) {
    const response = await ask(`${origin}${path}`, { headers }, info);
    assertEquals(response.status, status, `${origin} ${info}`);
    const text = await response.text();
    assertEquals(text === "forbidden\n", status === 403);
  }
});

Deno.test("metricsPage() with authorize is for whom it says, and closed when it fails", async () => {
  const error = new Error("no database");
  const answers: [NonNullable<MetricsOptions["authorize"]>, number][] = [
    [() => true, 200],
    [() => Promise.resolve(true), 200],
    [() => false, 403],
    [({ headers }) => headers.has("authorization"), 403],
    [() => Promise.reject(error), 403],
    // Not what the types allow, but what may come.
    [(() => "yes") as unknown as () => boolean, 403],
    [(() => {}) as unknown as () => boolean, 403],
  ];
  for (const [authorize, status] of answers) {
    const { ask, errors } = setUp({ authorize });
    const response = await ask("http://cache.example/debug/cache");
    assertEquals(response.status, status);
    await response.body?.cancel();
    assert(errors.every((reported) => reported === error));
  }
});

Deno.test("metricsPage() answers GET and HEAD only", async () => {
  const { ask } = setUp();
  const head = await ask(URL_OF_PAGE, { method: "HEAD" });
  assertEquals([head.status, await head.text()], [200, ""]);
  for (const method of ["POST", "PUT", "DELETE", "OPTIONS"]) {
    const response = await ask(URL_OF_PAGE, { method });
    assertEquals(
      [response.status, response.headers.get("allow")],
      [405, "GET, HEAD"],
    );
    await response.body?.cancel();
  }
});

Deno.test("metricsPage() leaves other paths to others", () => {
  const { page } = setUp({ path: "/cache" });
  for (const path of ["/", "/cache/", "/cached", "/debug/cache", "/CACHE"]) {
    assertEquals(page(new Request(`http://localhost${path}`)), undefined);
  }
  for (const path of ["", "cache", "/a?b", "/a#b"]) {
    assertThrows(
      () => setUp({ path }),
      TypeError,
      `Cannot use metrics path "${path}": want one that begins with a slash`,
    );
  }
});
