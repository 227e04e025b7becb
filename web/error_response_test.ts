// Copyright 2026 the Gee authors. MIT license.
import { assertEquals } from "@std/assert";
import { Engine } from "./engine.ts";
import { HttpError } from "./http_error.ts";

function app(): Engine {
  const engine = new Engine();
  engine.get("/crash", () => {
    throw new Error("secret of the house");
  });
  engine.get("/refuse", () => {
    throw new HttpError(409, "The pot is in use", {
      details: { pot: 7 },
      headers: { "retry-after": "5" },
    });
  });
  engine.get("/hidden", () => {
    throw new HttpError(503, "Database at 10.0.0.7 is down", {
      details: { host: "10.0.0.7" },
    });
  });
  return engine;
}

async function ask(path: string, accept?: string) {
  const headers: HeadersInit = accept === undefined ? {} : { accept };
  const response = await app().request(path, { headers });
  return [
    response.status,
    response.headers.get("content-type"),
    await response.json(),
  ];
}

Deno.test("errors are messages as in Gee unless the client asks for JSON", async () => {
  for (const accept of [undefined, "*/*", "text/html,*/*;q=0.8"]) {
    assertEquals(await ask("/refuse", accept), [409, "application/json", {
      message: "The pot is in use",
      pot: 7,
    }]);
  }
});

Deno.test("errors are problems of RFC 9457 for clients that ask for JSON", async () => {
  for (
    const accept of ["application/json", "text/x, application/problem+json"]
  ) {
    assertEquals(await ask("/refuse", accept), [
      409,
      "application/problem+json",
      { title: "Conflict", status: 409, detail: "The pot is in use", pot: 7 },
    ]);
    assertEquals(await ask("/nope", accept), [404, "application/problem+json", {
      title: "Not Found",
      status: 404,
    }]);
  }
});

Deno.test("errors tell nothing that was not exposed", async () => {
  for (const path of ["/crash", "/hidden"]) {
    for (const accept of ["*/*", "application/json"]) {
      const text = JSON.stringify(await ask(path, accept));
      assertEquals(/secret|10\.0|host/.test(text), false, text);
    }
  }
});

Deno.test("errors keep their headers", async () => {
  const response = await app().request("/refuse");
  assertEquals(response.headers.get("retry-after"), "5");
});

Deno.test("errors are answered without details that have no JSON form", async () => {
  const app = new Engine();
  app.get("/", () => {
    throw new HttpError(409, "In use", { details: { count: 1n } });
  });
  const response = await app.request("/");
  assertEquals(response.status, 409);
  assertEquals(await response.json(), { message: "In use" });
});
