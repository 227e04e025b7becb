// Copyright 2026 the Gee authors. MIT license.

import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { isSkipped, launchEtcd, titled } from "../testdata/etcd.ts";
import { serve } from "../testdata/http.ts";
import { until } from "../testdata/until.ts";
import { EtcdDiscovery } from "./etcd_discovery.ts";
import { EtcdHeartbeat } from "./etcd_heartbeat.ts";

/** The addresses of this moment, sorted. */
async function addresses(discovery: EtcdDiscovery): Promise<string> {
  const list = await discovery.getAll();
  return list.map(({ address }) => address).sort().join();
}

const listing = (discovery: EtcdDiscovery, wanted: string) =>
  until(
    `the list is not "${wanted}"`,
    async () => await addresses(discovery) === wanted,
  );

Deno.test({
  name: titled("EtcdDiscovery sees servers come and go in a real etcd"),
  ignore: isSkipped,
  async fn() {
    await using etcd = await launchEtcd();
    const options = { endpoints: [etcd.url] };
    await using first = new EtcdHeartbeat(
      { address: "tcp@10.0.0.1:1", weight: 2, tags: ["zone=a"] },
      options,
    );
    await first.listed;
    await using discovery = new EtcdDiscovery(options);
    assertEquals(await discovery.getAll(), [
      { address: "tcp@10.0.0.1:1", weight: 2, tags: ["zone=a"], priority: 0 },
    ]);
    const second = new EtcdHeartbeat("tcp@10.0.0.2:1", options);
    await listing(discovery, "tcp@10.0.0.1:1,tcp@10.0.0.2:1");
    await second.close();
    await second.close();
    await listing(discovery, "tcp@10.0.0.1:1");
    await using other = new EtcdDiscovery({ ...options, prefix: "/other/" });
    assertEquals(await addresses(other), "");
  },
});

Deno.test({
  name: titled(
    "EtcdHeartbeat and EtcdDiscovery go on after restarts of etcd, with its data and without",
  ),
  ignore: isSkipped,
  async fn() {
    await using etcd = await launchEtcd();
    const options = { endpoints: [etcd.url] };
    await using heartbeat = new EtcdHeartbeat("tcp@10.0.0.1:1", {
      ...options,
      ttl: 1,
    });
    await heartbeat.listed;
    await using discovery = new EtcdDiscovery(options);
    assertEquals(await addresses(discovery), "tcp@10.0.0.1:1");
    await etcd.restart({ keepsData: true });
    assertEquals(await addresses(discovery), "tcp@10.0.0.1:1");
    await using second = new EtcdHeartbeat("tcp@10.0.0.2:1", options);
    await second.listed;
    await listing(discovery, "tcp@10.0.0.1:1,tcp@10.0.0.2:1");
    await second.close();
    await listing(discovery, "tcp@10.0.0.1:1");
    // Nothing is left of lease and key, and revisions begin anew.
    await etcd.restart({ keepsData: false });
    await using third = new EtcdHeartbeat("tcp@10.0.0.3:1", options);
    await third.listed;
    await listing(discovery, "tcp@10.0.0.1:1,tcp@10.0.0.3:1");
  },
});

/** What a double of etcd was asked, and how it answers. */
type Answers = Record<string, (body: Body, request: Request) => unknown>;

interface Body {
  readonly "create_request"?: { readonly "start_revision": string };
  readonly ID?: string;
  readonly lease?: string;
}

/** A double of etcd: what the answers return is sent as JSON, a `Response` as it is. */
function double(answers: Answers) {
  const asked: string[] = [];
  const server = serve(async (request) => {
    const path = new URL(request.url).pathname.slice("/v3/".length);
    asked.push(path);
    const answer = answers[path]?.(await request.json(), request);
    return answer instanceof Response
      ? answer
      : Response.json(await answer ?? {});
  });
  const url = new URL("/", server.url).href;
  return { ...server, url, asked };
}

const kvs = (...values: string[]) =>
  values.map((value) => ({
    key: btoa(`/gee/rpc/${value}`),
    value: btoa(value),
  }));

const range = (revision: number, ...values: string[]) => ({
  header: { revision: `${revision}` },
  kvs: kvs(...values),
});

/** A watch that says these lines, and then waits or ends. */
function watch(lines: unknown[], isOver: boolean): Response {
  const text = lines.map((line) => `${JSON.stringify(line)}\n`).join("");
  const bytes = new TextEncoder().encode(text);
  return new Response(
    new ReadableStream({
      start(controller) {
        // In pieces that end anywhere.
        for (let i = 0; i < bytes.length; i += 7) {
          controller.enqueue(bytes.subarray(i, i + 7));
        }
        if (isOver) controller.close();
      },
    }),
  );
}

Deno.test("EtcdDiscovery watches from the next revision on, and lists again where that was compacted", async () => {
  const lists = [range(7, "tcp@a:1"), range(90, "tcp@b:1")];
  const revisions: (string | undefined)[] = [];
  await using etcd = double({
    "kv/range": () => lists.shift(),
    watch({ "create_request": request }) {
      revisions.push(request?.start_revision);
      return revisions.length === 1
        ? watch(
          [{ result: { canceled: true, "compact_revision": "50" } }],
          true,
        )
        : watch([{
          result: { events: [{ kv: kvs("tcp@c:1")[0] }, { type: "PUT" }] },
        }, {
          result: { events: [{ type: "DELETE", kv: kvs("tcp@b:1")[0] }] },
        }], false);
    },
  });
  await using discovery = new EtcdDiscovery({ endpoints: [etcd.url] });
  assertEquals(await addresses(discovery), "tcp@a:1");
  await listing(discovery, "tcp@c:1");
  assertEquals(revisions, ["8", "91"]);
});

Deno.test("EtcdDiscovery keeps the last list while etcd is down, says so, and lists again", async () => {
  let isDown = false;
  let servers = ["tcp@a:1"];
  const errors: string[] = [];
  await using etcd = double({
    "kv/range": () =>
      isDown
        ? new Response("no leader", { status: 503 })
        : range(1, ...servers),
    watch: () => {
      isDown = !isDown;
      return watch([], true);
    },
  });
  await using discovery = new EtcdDiscovery({
    endpoints: [etcd.url],
    onError(error) {
      errors.push((error as Error).message);
      isDown = false;
      servers = ["tcp@b:1", "file:///etc/passwd", "{", '{"address":7}'];
    },
  });
  assertEquals(await addresses(discovery), "tcp@a:1");
  await listing(discovery, "tcp@b:1");
  assertEquals(
    errors[0],
    'Cannot ask etcd for "kv/range": it answered 503 no leader',
  );
});

Deno.test("EtcdDiscovery.getAll() rejects while it never knew a list, and recovers", async () => {
  let isDown = true;
  await using etcd = double({
    "kv/range": () => isDown ? new Response(null, { status: 500 }) : range(1),
    watch: () => watch([], false),
  });
  await using discovery = new EtcdDiscovery({ endpoints: [etcd.url] });
  await assertRejects(
    async () => await discovery.getAll(),
    Error,
    'Cannot ask etcd for "kv/range": it answered 500',
  );
  isDown = false;
  assertEquals(await addresses(discovery), "");
});

Deno.test("EtcdHeartbeat grants and puts anew when a keepalive finds no lease", async () => {
  let lease = 0;
  const put: unknown[] = [];
  const revoked: unknown[] = [];
  await using etcd = double({
    "lease/grant": () => ({ ID: `${++lease}` }),
    "kv/put": (body) => void put.push(body.lease),
    "lease/keepalive": () => ({ result: lease < 2 ? {} : { TTL: "15" } }),
    "lease/revoke": (body) => void revoked.push(body.ID),
  });
  const heartbeat = new EtcdHeartbeat("tcp@a:1", {
    endpoints: [etcd.url],
    ttl: 1,
  });
  await heartbeat.listed;
  await until("no second lease", () => put.length === 2);
  await heartbeat.close();
  assertEquals([put, revoked], [["1", "2"], ["2"]]);
});

Deno.test("EtcdHeartbeat logs in, and again when its token has ended", async () => {
  const tokens: (string | null)[] = [];
  let logins = 0;
  await using etcd = double({
    "auth/authenticate": () => ({ token: `token${++logins}` }),
    "lease/grant"(_, { headers }) {
      tokens.push(headers.get("authorization"));
      return tokens.length === 1
        ? new Response(null, { status: 401 })
        : { ID: "1" };
    },
  });
  await using heartbeat = new EtcdHeartbeat("tcp@a:1", {
    endpoints: [etcd.url],
    user: { name: "gee", password: "secret" },
  });
  await heartbeat.listed;
  assertEquals(tokens, ["token1", "token2"]);
});

Deno.test("EtcdHeartbeat asks the next member when one is down, and sends a given token", async () => {
  let authorization: string | null = null;
  await using down = double({
    "lease/grant": () => new Response(null, { status: 503 }),
  });
  await using up = double({
    "lease/grant"(_, { headers }) {
      authorization = headers.get("authorization");
      return { ID: "1" };
    },
  });
  await using heartbeat = new EtcdHeartbeat("tcp@a:1", {
    endpoints: [down.url, up.url],
    token: "given",
  });
  await heartbeat.listed;
  assertEquals([down.asked, authorization], [["lease/grant"], "given"]);
});

Deno.test("EtcdHeartbeat begins anew when the key could not be put", async () => {
  let grants = 0;
  const put: unknown[] = [];
  await using etcd = double({
    "lease/grant": () => ({ ID: `${++grants}` }),
    "kv/put"(body) {
      put.push(body.lease);
      return put.length === 1 ? new Response(null, { status: 503 }) : {};
    },
  });
  await using heartbeat = new EtcdHeartbeat("tcp@a:1", {
    endpoints: [etcd.url],
    ttl: 1,
  });
  await heartbeat.listed;
  assertEquals(put, ["1", "2"]);
});

Deno.test("EtcdHeartbeat tells what was wrong with an answer", async () => {
  const cases: [Answers, string][] = [
    [
      { "auth/authenticate": () => new Response("no", { status: 400 }) },
      'Cannot log in to etcd as "gee": it answered 400',
    ],
    [
      { "auth/authenticate": () => ({ token: 7 }) },
      'Cannot log in to etcd as "gee": it answered 200',
    ],
    [{}, 'Cannot log in to etcd as "gee": it answered 200'],
  ];
  const login = { "auth/authenticate": () => ({ token: "t" }) };
  const grants: [unknown, string][] = [
    [{}, "Cannot list the server in etcd: a lease has no ID"],
    [
      new Response("null"),
      'Cannot read the answer of etcd to "lease/grant": it is no object',
    ],
    [new Response(), 'Cannot ask etcd for "lease/grant": the answer is empty'],
    [
      new Response('{"error":{"message":"no leader"}}\n'),
      'Cannot ask etcd for "lease/grant": {"message":"no leader"}',
    ],
    [
      new Response("x".repeat((16 << 20) + 1)),
      "Cannot read the answer of etcd: it is longer than 16777216 bytes",
    ],
  ];
  for (const [answer, message] of grants) {
    cases.push([{ ...login, "lease/grant": () => answer }, message]);
  }
  for (const [answers, message] of cases) {
    await using etcd = double(answers);
    const errors: unknown[] = [];
    await using _ = new EtcdHeartbeat("tcp@a:1", {
      endpoints: [etcd.url],
      user: { name: "gee", password: "wrong" },
      onError: (error) => errors.push(error),
    });
    await until(`not said: ${message}`, () => errors.length > 0);
    assertEquals((errors[0] as Error).message, message);
  }
});

Deno.test("Etcd's classes refuse what is no server, no member and no time", () => {
  assertThrows(() => new EtcdHeartbeat("a:1"), SyntaxError, "Cannot parse");
  assertThrows(
    () => new EtcdHeartbeat("tcp@a:1", { ttl: 0.5 }),
    RangeError,
    "Cannot use ttl 0.5",
  );
  assertThrows(
    () => new EtcdDiscovery({ endpoints: [] }),
    TypeError,
    "Cannot use etcd: no endpoint is given",
  );
  assertThrows(
    () => new EtcdDiscovery({ prefix: "" }),
    TypeError,
    "Cannot discover servers: the prefix is empty",
  );
});

Deno.test("EtcdDiscovery.getAll() rejects after close() where no list is known", async () => {
  const discovery = new EtcdDiscovery();
  await discovery.close();
  await assertRejects(
    async () => await discovery.getAll(),
    Error,
    "Cannot discover servers: the discovery was closed",
  );
  await discovery.close();
});
