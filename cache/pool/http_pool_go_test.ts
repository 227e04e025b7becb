// Copyright 2026 the Gee authors. MIT license.
// A ring with nodes of the Go original: its requests and answers here are the
// bytes that were captured from one.

import { assert, assertEquals } from "@std/assert";
import { Group } from "../group.ts";
import { HttpPool, type HttpPoolOptions } from "./http_pool.ts";

const DATE = "Date: Sun, 22 Nov 2026 08:22:58 GMT\r\n";
const NOSNIFF =
  "Content-Type: text/plain; charset=utf-8\r\nX-Content-Type-Options: nosniff\r\n";

function good(body: string): string {
  return `HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\n${DATE}` +
    `Content-Length: ${body.length}\r\n\r\n${body}`;
}

function bad(status: string, body: string): string {
  return `HTTP/1.1 ${status}\r\n${NOSNIFF}${DATE}` +
    `Content-Length: ${body.length}\r\n\r\n${body}`;
}

/** What the original answers, by path; to all others it hangs up. */
const ANSWERS = new Map([
  ["/_geecache/", bad("400 Bad Request", "bad request\n")],
  ["/_geecache/scores/Tom", good("\n\x03630")],
  ["/_geecache/scores/a%2Bb", good("\n\x04plus")],
  ["/_geecache/scores/a%20b", good("\n\x05space")],
  ["/_geecache/scores/x%2Fy", good("\n\x05slash")],
  ["/_geecache/scores/%C3%BC%C3%B1", good("\n\x04utf8")],
  ["/_geecache/scores/100%25", good("\n\x03pct")],
  ["/_geecache/scores/empty", good("")],
  [
    "/_geecache/scores/nobody",
    bad("500 Internal Server Error", "nobody not exist\n"),
  ],
]);

/** What the keys of those paths have. */
const VALUES = new Map([
  ["Tom", "630"],
  ["a+b", "plus"],
  ["a b", "space"],
  ["x/y", "slash"],
  ["üñ", "utf8"],
  ["100%", "pct"],
  ["empty", ""],
]);

/** A node that answers with what was captured. */
function goNode() {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const requests: string[] = [];
  const serve = async (socket: Deno.TcpConn) => {
    using _ = socket;
    const decoder = new TextDecoder("latin1"); // a byte, a letter
    let text = "";
    for await (const chunk of socket.readable.values({ preventCancel: true })) {
      text += decoder.decode(chunk, { stream: true });
      const end = text.indexOf("\r\n\r\n");
      if (end === -1) continue;
      const [head, rest] = [text.slice(0, end), text.slice(end + 4)];
      const size = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
      if (rest.length < size) continue;
      const [method, path = ""] = head.split(" ");
      requests.push(`${method} ${path}`);
      const answer = ANSWERS.get(path);
      if (answer === undefined) return;
      await socket.write(new TextEncoder().encode(answer));
      text = "";
    }
  };
  const serving = (async () => {
    const connections: Promise<void>[] = [];
    for await (const socket of listener) {
      connections.push(serve(socket).catch(() => {}));
    }
    await Promise.all(connections);
  })();
  return {
    name: `http://127.0.0.1:${listener.addr.port}`,
    requests,
    async [Symbol.asyncDispose]() {
      listener.close();
      await serving.catch(() => {});
    },
  };
}

/** A node of ours, whose connections end with it. */
function ourNode(options: HttpPoolOptions = {}) {
  const client = Deno.createHttpClient({});
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    (request): Promise<Response> => pool.fetch(request),
  );
  const name = `http://127.0.0.1:${server.addr.port}`;
  const pool: HttpPool = new HttpPool(name, {
    ring: "crc32x50",
    fetch: (request) => fetch(request, { client }),
    ...options,
  });
  const loads: string[] = [];
  const group = new Group("scores", (key) => {
    loads.push(key);
    return VALUES.get(key);
  }, { copies: { after: 1 } });
  pool.register(group);
  return {
    name,
    pool,
    group,
    loads,
    async [Symbol.asyncDispose]() {
      await pool.close();
      await group.close();
      client.close();
      await server.shutdown();
    },
  };
}

Deno.test("HttpPool asks a Go node in its own words and keeps none of its values", async () => {
  await using go = goNode();
  await using node = ourNode();
  node.pool.set(go.name);
  for (let round = 0; round < 3; round++) {
    const values = await node.group.getMany([...VALUES.keys()]);
    assertEquals(
      new Map([...values].map(([key, view]) => [key, String(view)])),
      VALUES,
    );
  }
  assertEquals(node.loads, []);
  const { copies, entries } = node.group.stats();
  assertEquals([copies, entries], [0, 0]);
  assertEquals(node.pool.stats().peers[go.name]?.state, "go");
  // It was found out once.
  assertEquals(go.requests.filter((one) => one.startsWith("POST")).length, 1);
  // Of a Go node 500 may mean anything, so the source is asked.
  assertEquals(await node.group.get("nobody"), undefined);
  assertEquals(node.loads, ["nobody"]);
});

Deno.test("HttpPool shares a ring with a Go node: each key is loaded by its owner", async () => {
  await using go = goNode();
  await using one = ourNode();
  await using other = ourNode();
  for (const { pool } of [one, other]) pool.set(go.name, one.name, other.name);
  for (const { group } of [one, other, one]) {
    for (const [key, value] of VALUES) {
      assertEquals(String(await group.get(key)), value);
    }
  }
  const owned = [...VALUES.keys()].map((key) => one.pool.owner(key));
  const count = (name: string) =>
    owned.filter((owner) => owner === name).length;
  assertEquals(one.loads.length, count(one.name));
  assertEquals(other.loads.length, count(other.name));

  const gets = go.requests.filter((text) => text.startsWith("GET"));
  assertEquals(gets.length, count(go.name) * 3);
});

Deno.test("HttpPool takes a Go node for up that answers, whatever it answers", async () => {
  await using go = goNode();
  await using node = ourNode({ maxFailures: 1 });
  node.pool.set(go.name);
  await node.group.warmUp();
  assertEquals(node.pool.stats().peers[go.name]?.state, "go");
  assertEquals(await node.group.get("nobody"), undefined);
  assertEquals(node.loads, ["nobody"]);
  assertEquals(node.pool.stats().peers[go.name]?.state, "go");
});

Deno.test("HttpPool says that a Go node could not be told of a change", async () => {
  await using go = goNode();
  await using one = ourNode();
  await using other = ourNode();
  for (const { pool } of [one, other]) pool.set(go.name, one.name, other.name);
  assertEquals(await one.group.remove("Tom"), { missed: [go.name] });
  await one.group.set("k", "new");
  if (one.pool.owner("k") !== go.name) {
    assertEquals(String(await other.group.get("k")), "new");
  }
  assertEquals(await one.group.reset(), { missed: [go.name] });
});

Deno.test("HttpPool tells once of a Go node on a ring that is not its own", async () => {
  await using go = goNode();
  const errors: unknown[] = [];
  await using node = ourNode({
    ring: "balanced",
    onError: (error) => errors.push(error),
  });
  node.pool.set(go.name);
  await node.group.getMany(["Tom", "x/y"]);
  await node.group.getMany(["Tom", "x/y"]);
  assertEquals(errors.length, 1);
  assert(String(errors[0]).includes("crc32x50"), String(errors[0]));
});

Deno.test("HttpPool.fetch() answers what a Go node asks, over its own bytes", async () => {
  await using node = ourNode();
  node.pool.set(node.name);
  const wanted: [path: string, status: number, body: string][] = [
    ["/_geecache/scores/Tom", 200, "\n\x03630"],
    // The original asks so for "a b", and answers with what "a+b" has.
    ["/_geecache/scores/a+b", 200, "\n\x05space"],
    ["/_geecache/scores/a%2Bb", 200, "\n\x04plus"],
    ["/_geecache/scores/x%2Fy", 200, "\n\x05slash"],
    ["/_geecache/scores/%C3%BC%C3%B1", 200, "\n\x04utf8"],
    ["/_geecache/scores/100%25", 200, "\n\x03pct"],
    ["/_geecache/scores/empty", 200, ""],
    ["/_geecache/scores/nobody", 404, "no such key\n"],
    ["/_geecache/nogroup/Tom", 404, "no such group: nogroup\n"],
    ["/_geecache/scores", 400, "bad request\n"],
    ["/_geecache/scores/", 500, "key is required\n"],
  ];
  const { hostname, port } = new URL(node.name);
  for (const [path, status, body] of wanted) {
    using socket = await Deno.connect({ hostname, port: Number(port) });
    await socket.write(new TextEncoder().encode(
      `GET ${path} HTTP/1.1\r\nHost: ${hostname}:${port}\r\n` +
        "User-Agent: Go-http-client/1.1\r\nAccept-Encoding: gzip\r\n" +
        "Connection: close\r\n\r\n",
    ));
    const answer = await new Response(socket.readable).text();
    assert(answer.startsWith(`HTTP/1.1 ${status} `), `${path}: ${answer}`);
    assert(answer.endsWith(`\r\n\r\n${body}`), `${path}: ${answer}`);
  }
});
