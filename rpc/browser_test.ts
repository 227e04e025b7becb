// Copyright 2026 the Gee authors. MIT license.
// The client and the debug page in a real browser, with every foreign request
// refused.

import { assert, assertEquals, assertMatch } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { stripTypeScriptTypes } from "node:module";
import type { Browser, BrowserContext, Page } from "npm:playwright-core@1.65.1";
import axe from "npm:axe-core@4.14.1";
import { isSkipped, launchChromium, titled } from "../.dev/testing/chromium.ts";
import { dial } from "./dial.ts";
import { RpcError } from "./errors.ts";
import { Server } from "./server.ts";
import { schemaOf } from "./testdata/schema.ts";

class Things {
  sum({ a, b }: { a: number; b: number }) {
    return a + b;
  }
  echo(value: unknown) {
    return value;
  }
  fail() {
    throw new RpcError("not_found", "100%d", { details: { id: 7 } });
  }
  async *count(to: number) {
    for (let n = 1; n <= to; n++) yield await Promise.resolve(n);
  }
  async *forever() {
    yield 1;
    await new Promise(() => {});
  }
}

const root = new URL("../", import.meta.url);

/** The module as a browser takes it: without its types. */
function source(pathname: string): Response {
  const text = Deno.readTextFileSync(new URL(`.${pathname}`, root));
  return new Response(stripTypeScriptTypes(text), {
    headers: { "content-type": "text/javascript" },
  });
}

const CLIENT = `async () => {
  const { dial } = await import("/rpc/mod.ts");
  const client = await dial("ws://" + location.host + "/ws");
  const things = client.service("Things");
  const items = [];
  for await (const item of things.count(3)) items.push(item);
  const large = new Uint8Array(3 << 20).fill(7);
  const echoed = await client.call("Things.echo", large);
  const error = await client.call("Things.fail").catch((error) => error);
  const many = await Promise.all(
    Array.from({ length: 300 }, (_, a) => things.sum({ a, b: 1 })),
  );
  await client.close();
  const after = await client.call("Things.sum").catch((error) => error.name);
  return {
    items,
    echoed: [echoed.constructor.name, echoed.length, echoed[99]],
    error: [error.name, error.code, error.message, error.details],
    many: many.every((sum, index) => sum === index + 1),
    after,
  };
}`;

const FOREIGN = `async (origin) => {
  const tries = {
    socket: async () => {
      const socket = new WebSocket(origin.replace("http", "ws") + "/ws");
      await new Promise((resolve, reject) => {
        socket.onopen = resolve;
        socket.onerror = () => reject(new Error("refused"));
      });
    },
    text: () => fetch(origin + "/Things.sum", {
      method: "POST", mode: "no-cors", body: '{"a":1,"b":2}',
    }),
    json: () => fetch(origin + "/Things.sum", {
      method: "POST",
      body: '{"a":1,"b":2}',
      headers: { "content-type": "application/json" },
    }),
  };
  const said = {};
  for (const [name, attempt] of Object.entries(tries)) {
    said[name] = await attempt().then((answer) => answer?.type ?? "open", () => "refused");
  }
  return said;
}`;

describe(titled("rpc in a browser"), { skip: isSkipped }, () => {
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let server: Server;
  let web: Deno.HttpServer<Deno.NetAddr>;
  let origin: string;
  const problems: string[] = [];

  beforeAll(async () => {
    server = new Server({ debug: true });
    server.register(new Things(), {
      schema: {
        sum: {
          args: schemaOf<{ a: number; b: number }>(
            (value) => ({ value: value as { a: number; b: number } }), // unchecked
            {
              input: () => ({
                type: "object",
                properties: { a: { default: 20 }, b: { default: 22 } },
              }),
              output: () => ({}),
            },
          ),
        },
      },
    });
    web = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen() {} },
      (request, info) => {
        const { pathname } = new URL(request.url);
        if (pathname === "/ws") return server.webSocket(request);
        if (pathname.endsWith(".ts")) return source(pathname);
        if (pathname !== "/") return server.fetch(request, info);
        return new Response("<!doctype html><link rel=icon href='data:,'>", {
          headers: { "content-type": "text/html" },
        });
      },
    );
    origin = `http://127.0.0.1:${web.addr.port}`;
    browser = await launchChromium();
    context = await browser.newContext();
    context.setDefaultTimeout(10_000);
    page = await context.newPage();
    page.on("pageerror", (error) => problems.push(error.message));
    page.on("console", (message) => {
      if (message.type() === "error") problems.push(message.text());
    });
    page.on("request", (request) => {
      const { protocol, hostname } = new URL(request.url());
      if (protocol !== "data:" && hostname !== "127.0.0.1") {
        problems.push(`asked for ${request.url()}`);
      }
    });
  });
  afterAll(async () => {
    await browser.close();
    await server.close({ timeout: 0 }); // one stream never ends
    await web.shutdown();
  });

  it("calls, streams and hears errors by a WebSocket", async () => {
    await page.goto(origin);
    assertEquals(await page.evaluate(`(${CLIENT})()`), {
      items: [1, 2, 3],
      echoed: ["Uint8Array", 3 << 20, 7],
      error: ["RemoteError", "not_found", "100%d", { id: 7 }],
      many: true,
      after: "ShutdownError",
    });
    assertEquals(problems, []);
  });

  it("cannot call from a page of another origin", async () => {
    const { calls } = server.stats();
    const { port } = server.listen().addr as Deno.NetAddr; // of TCP
    const other = await context.newPage();
    const foreign = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen() {} },
      () => new Response("", { headers: { "content-type": "text/html" } }),
    );
    await other.goto(`http://localhost:${foreign.addr.port}/`);
    for (const target of [origin, `http://127.0.0.1:${port}`]) {
      assertEquals(
        await other.evaluate(`(${FOREIGN})(${JSON.stringify(target)})`),
        {
          socket: "refused",
          text: "opaque", // it was sent, and answered by 403
          json: "refused",
        },
      );
    }
    await other.close();
    await foreign.shutdown();
    assertEquals(server.stats().calls, calls);
  });

  it("shows how the server stands, and calls methods, on the debug page", async () => {
    // On the port itself: our HTTP has to be good enough for a browser.
    const { address, addr } = server.listen();
    await using client = await dial(address);
    await client.call("Things.fail").catch(() => {});
    const { port } = addr as Deno.NetAddr; // of TCP
    await page.goto(`http://127.0.0.1:${port}/debug/rpc`);
    const methods = page.getByRole("table", { name: "Methods" });
    assertMatch(
      await methods.getByRole("row", { name: /Things\.fail/ }).innerText(),
      /not_found 2/,
    );
    await page.getByRole("table", { name: "Connections" })
      .getByRole("row", { name: /127\.0\.0\.1:\d+ application\/x-gee-frames/ })
      .waitFor();
    await page.getByText("Things.sum", { exact: true }).last().click();
    const args = page.getByLabel("Arguments of Things.sum, as JSON");
    assertEquals(JSON.parse(await args.inputValue()), { a: 20, b: 22 });
    const form = page.locator('form[data-method="Things.sum"]');
    await form.getByRole("button", { name: "Call" }).click();
    await form.getByText(/^200 in /).waitFor();
    assertEquals(
      await page.getByLabel("Reply of Things.sum").innerText(),
      "42",
    );
    await args.fill("{");
    await form.getByRole("button", { name: "Call" }).click();
    await form.getByText(/^400 in /).waitFor();
    problems.length = 0; // the browser reports the 400
    await page.locator("summary", { hasText: "Things.forever" }).click();
    const endless = page.locator('form[data-method="Things.forever"]');
    await endless.getByRole("button", { name: "Call" }).click();
    await page.getByLabel("Reply of Things.forever").getByText("1").waitFor();
    await endless.getByRole("button", { name: "Stop" }).click();
    await endless.getByText("Failed: stopped").waitFor();
    // By itself: nothing on the page is touched.
    await client.call("Things.sum", { a: 1, b: 2 });
    await methods.getByRole("row", { name: /Things\.sum 30[2-9]/ }).waitFor();
    const pause = page.getByRole("button", { name: "Pause" });
    await pause.click();
    assertEquals(await pause.getAttribute("aria-pressed"), "true");
    assertEquals(problems, []);
  });

  it("has a debug page without violations that axe knows, by day and by night", async () => {
    await page.setViewportSize({ width: 360, height: 800 });
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      await page.evaluate(axe.source);
      const violations = await page.evaluate(
        `axe.run().then(({ violations }) =>
          violations.map(({ id, nodes }) => id + ": " + nodes[0].html))`,
      );
      assertEquals(violations, [], colorScheme);
      const overflow = await page.evaluate(
        "document.documentElement.scrollWidth > innerWidth",
      );
      assertEquals(overflow, false);
    }
    assert(problems.length === 0, problems.join());
  });
});
