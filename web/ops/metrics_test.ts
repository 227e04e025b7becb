// Copyright 2026 the Gee authors. MIT license.
import {
  assert,
  assertEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import parse from "npm:parse-prometheus-text-format@1.1.1";
import { Engine } from "../engine.ts";
import { HttpError } from "../http_error.ts";
import { metrics, type MetricsOptions } from "./metrics.ts";

interface Family {
  readonly name: string;
  readonly type: string;
  readonly metrics: readonly {
    readonly labels?: Record<string, string>;
    readonly value?: string;
    readonly buckets?: Record<string, string>;
    readonly count?: string;
    readonly sum?: string;
  }[];
}

async function families(app: Engine): Promise<Map<string, Family>> {
  const text = await (await app.request("/metrics")).text();
  const list = parse(text) as Family[];
  return new Map(list.map((family) => [family.name, family]));
}

/** Lines of one metric, which that parser mixes up where it is a histogram. */
async function samples(app: Engine, name: string): Promise<string[][]> {
  const text = await (await app.request("/metrics")).text();
  return text.split("\n").filter((line) => line.startsWith(`${name}{`))
    .map((line) =>
      [...line.matchAll(/="([^"]*)"/g)].map(([, value = ""]) => value)
        .concat(line.split(" ").at(-1) ?? "")
    );
}

const DURATION = "http_server_request_duration_seconds";

function rig(options?: MetricsOptions): Engine {
  const { record, page } = metrics({ now: () => 0, ...options });
  const app = new Engine().use(record);
  app.get("/metrics", page);
  app.get("/users/:id", (c) => c.string(c.param("id")));
  app.get("/throw", () => {
    throw new HttpError(409);
  });
  app.get("/crash", async () => {
    await Promise.reject(new Error("No"));
  });
  return app;
}

Deno.test("metrics() counts by pattern and status, errors too", async () => {
  let time = 0;
  const app = rig({ now: () => time += 20 });
  for (const path of ["/users/1", "/users/2", "/throw", "/crash", "/nope/1"]) {
    await (await app.request(path)).body?.cancel();
  }
  await app.request("/users/1", { method: "BREW" });
  assertEquals((await families(app)).get(DURATION)?.type, "HISTOGRAM");
  const counts = (await samples(app, `${DURATION}_count`))
    .filter(([, , route]) => route !== "/metrics");
  assertEquals(counts, [
    ["GET", "200", "/users/:id", "2"],
    ["GET", "409", "/throw", "1"],
    ["GET", "500", "/crash", "1"],
    ["GET", "404", "_none", "1"],
    ["_OTHER", "405", "_none", "1"],
  ]);
  const [sum] = await samples(app, `${DURATION}_sum`);
  assertEquals(sum?.at(-1), "0.04");
  const buckets = (await samples(app, `${DURATION}_bucket`)).slice(0, 15)
    .map((row) => row.slice(3).join(" "));
  assertEquals(buckets.slice(0, 4), ["0.005 0", "0.01 0", "0.025 2", "0.05 2"]);
  assertEquals(buckets.at(-1), "+Inf 2");
});

Deno.test("metrics() keeps its series bounded", async () => {
  const { record, page } = metrics({ maxSeries: 2, now: () => 0 });
  const app = new Engine().use(record);
  app.get("/metrics", page);
  for (let index = 0; index < 5; index++) {
    app.get(`/r${index}`, (c) => c.string("x"));
    await app.request(`/r${index}`);
  }
  const counts = await samples(app, `${DURATION}_count`);
  assertEquals(counts.map((row) => row.slice(2)), [
    ["/r0", "1"],
    ["/r1", "1"],
    ["_other", "3"],
  ]);
});

Deno.test("metrics() shows every number of the sources", async () => {
  const stats = {
    hits: 7,
    hitRatio: 0.5,
    isOpen: true,
    big: 2n ** 60n,
    name: "text is left out",
    none: null,
    infinite: Infinity,
    inner: { bytesUsed: 1 },
    "Arith.Sum": { calls: 3 },
    'odd "key"\n\\': 1,
    list: [{ size: 1 }, { size: 2 }],
  };
  const app = rig({
    sources: {
      myCache: { stats: () => stats },
      broken: {
        stats: () => {
          throw new Error("No");
        },
      },
    },
  });
  const all = await families(app);
  const value = (name: string) => all.get(name)?.metrics[0]?.value;
  assertEquals(value("gee_my_cache_hits"), "7");
  assertEquals(value("gee_my_cache_hit_ratio"), "0.5");
  assertEquals(value("gee_my_cache_is_open"), "1");
  assertEquals(value("gee_my_cache_big"), String(2 ** 60));
  assertEquals(value("gee_my_cache_infinite"), "+Inf");
  assertEquals(value("gee_my_cache_inner_bytes_used"), "1");
  assertEquals(all.get("gee_my_cache_calls")?.metrics[0]?.labels, {
    key: "Arith.Sum",
  });
  assertEquals(
    all.get("gee_my_cache_list_size")?.metrics.map(({ labels }) => labels?.key),
    ["0", "1"],
  );
  assertEquals(all.has("gee_my_cache_name"), false);
  assertEquals(value("gee_stats_failures"), "1");
});

Deno.test("metrics() ends with what is endless", async () => {
  const circular: Record<string, unknown> = { n: 1 };
  circular.inner = circular;
  const many = Object.fromEntries(
    Array.from({ length: 5000 }, (_, index) => [`k${index}`, index]),
  );
  const app = rig({
    sources: {
      circular: { stats: () => circular },
      many: { stats: () => many },
    },
  });
  const text = await (await app.request("/metrics")).text();
  assert(text.split("\n").length < 2500);
});

Deno.test("metrics() counts requests that are not answered yet", async () => {
  const { record, page } = metrics();
  const gate = Promise.withResolvers<void>();
  const app = new Engine().use(record);
  app.get("/metrics", page);
  app.get("/slow", async (c) => {
    await gate.promise;
    return c.string("done");
  });
  const slow = app.request("/slow");
  const active = async () =>
    (await families(app)).get("http_server_active_requests")?.metrics[0]?.value;
  assertEquals(await active(), "2"); // the page counts itself
  gate.resolve();
  await slow;
  assertEquals(await active(), "1");
});

Deno.test("metrics() counts requests whose handler never settles", async () => {
  const { record, page } = metrics();
  const app = new Engine({ handlerTimeout: 20 }).use(record);
  app.get("/metrics", page);
  app.get("/never", () => new Promise<Response>(() => {}));
  assertEquals((await app.request("/never")).status, 503);
  const text = await (await app.request("/metrics")).text();
  assertStringIncludes(text, "http_server_active_requests 1\n"); // the page
  assertStringIncludes(
    text,
    '_count{http_request_method="GET",http_response_status_code="503",http_route="/never"} 1\n',
  );
});

Deno.test("metrics() refuses a limit that is none", () => {
  assertThrows(
    () => metrics({ maxSeries: 0 }),
    RangeError,
    "Cannot make metrics: got maxSeries 0, want a whole number from 1",
  );
});
