// Copyright 2026 the Gee authors. MIT license.
import { assertEquals, assertThrows } from "@std/assert";
import { Engine } from "../engine.ts";
import {
  methodOverride,
  type MethodOverrideOptions,
} from "./method_override.ts";

/** Answers with the method that routed and the field `a` of the form. */
function fetchWith(options?: MethodOverrideOptions) {
  const app = new Engine();
  for (const method of ["POST", "PUT", "PATCH", "DELETE", "GET"]) {
    app.handle(method, "/", async (c) => {
      const a = method === "GET"
        ? ""
        : await c.postForm("a").catch(() => "bad");
      return c.string(`${method} ${a ?? ""}`);
    });
  }
  return methodOverride(app.fetch, options);
}

async function ask(
  fetch: ReturnType<typeof fetchWith>,
  init: RequestInit,
): Promise<string> {
  const request = new Request("http://localhost/", { method: "POST", ...init });
  if (init.body !== undefined && !request.headers.has("content-length")) {
    const { byteLength } = await request.clone().arrayBuffer();
    request.headers.set("content-length", String(byteLength));
  }
  return await (await fetch(request)).text();
}

function urlForm(fields: Record<string, string>): RequestInit {
  return { body: new URLSearchParams(fields) };
}

Deno.test("methodOverride() takes the method from header or form, body included", async () => {
  const fetch = fetchWith();
  const multipart = new FormData();
  multipart.set("_method", "PATCH");
  multipart.set("a", "2");
  const header = (method: string) => ({ "x-http-method-override": method });
  const cases: [init: RequestInit, answer: string][] = [
    [{ headers: header("put") }, "PUT "],
    [{ ...urlForm({ a: "1" }), headers: header("DELETE") }, "DELETE 1"],
    [urlForm({ _method: "delete", a: "1" }), "DELETE 1"],
    [{ body: multipart }, "PATCH 2"],
    [urlForm({ a: "1" }), "POST 1"],
    [
      { ...urlForm({ _method: "PUT", a: "1" }), headers: header("DELETE") },
      "DELETE 1",
    ],
  ];
  for (const [init, answer] of cases) {
    assertEquals(await ask(fetch, init), answer);
  }
});

Deno.test("methodOverride() passes over what is not in the list, and other methods", async () => {
  const fetch = fetchWith();
  for (
    const name of [
      "GET",
      "HEAD",
      "TRACE",
      "CONNECT",
      "",
      "DELETE, PUT",
      "constructor",
    ]
  ) {
    assertEquals(
      await ask(fetch, urlForm({ _method: name, a: "1" })),
      "POST 1",
    );
    const headers = { "x-http-method-override": name };
    assertEquals(await ask(fetch, { headers }), "POST ");
  }
  const headers = { "x-http-method-override": "DELETE" };
  assertEquals(await ask(fetch, { method: "GET", headers }), "GET ");
  assertEquals(await ask(fetch, { method: "PUT", headers }), "PUT ");
});

Deno.test("methodOverride() can be narrowed", async () => {
  const headers = { "x-http-method-override": "DELETE" };
  const form = urlForm({ _method: "DELETE" });
  assertEquals(await ask(fetchWith({ header: "" }), { headers }), "POST ");
  assertEquals(await ask(fetchWith({ field: "" }), form), "POST ");
  assertEquals(await ask(fetchWith({ methods: ["PUT"] }), form), "POST ");
  assertEquals(
    await ask(fetchWith({ field: "m" }), urlForm({ m: "PUT" })),
    "PUT ",
  );
});

Deno.test("methodOverride() refuses methods that would go round csrf or never match", () => {
  for (const method of ["GET", "HEAD", "OPTIONS", "TRACE", "put", "", "A B"]) {
    assertThrows(
      () => fetchWith({ methods: ["PUT", method] }),
      TypeError,
      `Cannot override methods by "${method}"`,
    );
  }
});

Deno.test("methodOverride() does not read what is large, no form or malformed", async () => {
  const type = "application/x-www-form-urlencoded";
  const large = urlForm({ _method: "DELETE", a: "x".repeat(100) });
  assertEquals(
    await ask(fetchWith({ maxBytes: 50 }), large),
    `POST ${"x".repeat(100)}`,
  );
  const json = {
    body: "_method=DELETE",
    headers: { "content-type": "application/json" },
  };
  assertEquals(await ask(fetchWith(), json), "POST bad");
  const broken = {
    body: "_method=DELETE",
    headers: { "content-type": "multipart/form-data; boundary=x" },
  };
  assertEquals(await ask(fetchWith(), broken), "POST bad");
  const lying = {
    body: `a=${"x".repeat(100)}&_method=DELETE`,
    headers: { "content-type": type, "content-length": "5" },
  };
  assertEquals(
    await ask(fetchWith({ maxBytes: 50 }), lying),
    '{"message":"The body is larger than 50 bytes"}',
  );
});

Deno.test("methodOverride() does not wait for ever for a form", async () => {
  const request = new Request("http://localhost/", {
    method: "POST",
    body: new ReadableStream(),
    headers: {
      "content-type": "application/x-www-form-urlencoded",
      "content-length": "5",
    },
  });
  const response = await fetchWith({ timeout: 1 })(request);
  assertEquals(response.status, 408);
});

Deno.test("methodOverride() works over a socket, with the address of the client", async () => {
  const app = new Engine();
  app.delete(
    "/",
    async (c) => c.string(`${c.remoteAddress} ${await c.postForm("a")}`),
  );
  await using server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen() {} },
    methodOverride(app.fetch),
  );
  const response = await fetch(`http://127.0.0.1:${server.addr.port}/`, {
    method: "POST",
    body: new URLSearchParams({ _method: "DELETE", a: "1" }),
  });
  assertEquals(await response.text(), "127.0.0.1 1");
});
