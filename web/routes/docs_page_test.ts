// Copyright 2026 the Gee authors. MIT license.
// The page of docs in a real browser, with every foreign request refused.

import { assertEquals, assertMatch } from "@std/assert";
import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  it,
} from "@std/testing/bdd";
import type {
  Browser,
  BrowserContext,
  BrowserContextOptions,
  Page,
} from "npm:playwright-core@1.65.1";
import axe from "npm:axe-core@4.14.1";
import {
  isSkipped,
  launchChromium,
  titled,
} from "../../.dev/testing/chromium.ts";
import { z } from "npm:zod@4.6.7";
import { Engine } from "../engine.ts";
import type { RunningServer } from "../server.ts";
import { defineRoutes } from "./define_routes.ts";

const routes = defineRoutes({
  "GET /users/:id{int}": {
    summary: "One user",
    description: "First paragraph.\n\nSecond paragraph.",
    tags: ["users"],
    query: z.object({ greeting: z.string().optional() }),
    response: z.object({ id: z.number(), text: z.string() }),
    errors: { 404: "There is no such user" },
    handler: ({ params, query }) => ({
      id: params.id,
      text: `${query.greeting ?? "none"}`,
    }),
  },
  "POST /users": {
    summary: "Add a user",
    tags: ["users"],
    status: 201,
    body: z.object({ name: z.string().min(1), age: z.number().int() }),
    handler: ({ body, c }) => [body.name, c.header("authorization")],
  },
  "GET /files/:kind{a|b}/*rest": {
    tags: ["files"],
    deprecated: true,
    handler: ({ c }) => [c.param("kind"), c.segments("rest")],
  },
  // Fields by these names would hide members of the form itself.
  "GET /search": {
    query: z.object({
      dataset: z.string(),
      querySelectorAll: z.string(),
      hidden: z.string(),
      order: z.enum(["asc", "desc"]).optional(),
    }),
    handler: ({ query }) => query,
  },
  "DELETE /nothing": { handler: () => {} },
});

describe(titled("The page of docs"), { skip: isSkipped }, () => {
  let browser: Browser;
  let server: RunningServer;
  let origin: string;
  let context: BrowserContext;
  let page: Page;
  let problems: string[];

  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser.close());
  beforeEach(() => {
    const app = new Engine();
    const group = app.group("/v1");
    routes.register(group);
    routes.docs(group, "/docs", {
      title: "Users",
      version: "2.0.0",
      description: "What the tests try",
      securitySchemes: { token: { type: "http", scheme: "bearer" } },
      security: [{ token: [] }],
    });
    app.get("/favicon.ico", (c) => c.status(204).empty());
    server = app.run({ port: 0 });
    origin = `http://127.0.0.1:${server.addr.port}`;
    problems = [];
  });
  afterEach(async () => {
    await context.close();
    await server.close();
    assertEquals(problems, []);
  });

  async function open(options: BrowserContextOptions = {}): Promise<void> {
    context = await browser.newContext(options);
    await context.route((url) => url.origin !== origin, (route) => {
      problems.push(`asked for ${route.request().url()}`);
      return route.abort();
    });
    context.setDefaultTimeout(5_000);
    page = await context.newPage();
    page.on("pageerror", (error) => problems.push(error.message));
    page.on("console", (message) => {
      // What a test provokes itself.
      const isProvoked = /status of 422/.test(message.text());
      if (message.type() === "error" && !isProvoked) {
        problems.push(message.text());
      }
    });
    await page.goto(`${origin}/v1/docs`);
  }

  /** The article of an operation, its form open. */
  async function tried(id: string) {
    const article = page.locator(`#op-${id}`);
    await article.getByText("Try it").click();
    return article;
  }

  it("sends a request with parameters of path and query", async () => {
    await open();
    const article = await tried("getUsersId");
    await article.getByLabel("id").fill("7");
    await article.getByLabel("greeting").fill("a & b");
    await article.getByRole("button", { name: "Send" }).click();
    await article.getByText('"text": "a & b"').waitFor();
    assertMatch(
      await article.getByRole("status").textContent() ?? "",
      /^200 OK, application\/json, \d+ ms$/,
    );
  });

  it("sends a body that begins with an example, and the authorization", async () => {
    await open();
    await page.getByLabel("Authorization header").fill("Bearer x");
    const article = await tried("postUsers");
    const body = article.getByRole("textbox", { name: /^Body/ });
    assertEquals(JSON.parse(await body.inputValue()), {
      name: "",
      age: -9007199254740991,
    });
    await article.getByRole("button", { name: "Send" }).click();
    await article.getByText('"issues"').waitFor();
    await body.fill('{"name":"Tom","age":18}');
    await article.getByRole("button", { name: "Send" }).click();
    await article.getByText('"Bearer x"').waitFor();
  });

  it("keeps the slashes of a wildcard and offers choices", async () => {
    await open();
    const article = await tried("getFilesKindRest");
    await article.getByLabel("kind").selectOption("b");
    await article.getByLabel("rest").fill("x y/z");
    await article.getByRole("button", { name: "Send" }).click();
    await article.getByText('"x y"').waitFor();
    assertEquals(
      JSON.parse(await article.locator("pre").last().textContent() ?? ""),
      ["b", ["x y", "z"]],
    );
  });

  it("works with fields named like members of a form", async () => {
    await open();
    const article = await tried("getSearch");
    for (const name of ["dataset", "querySelectorAll", "hidden"]) {
      await article.getByLabel(name).fill(name);
    }
    await article.getByRole("button", { name: "Send" }).click();
    await article.getByText('"querySelectorAll": "querySelectorAll"').waitFor();
  });

  it("shows an answer without a body, and says when there is none at all", async () => {
    await open();
    const article = await tried("deleteNothing");
    await article.getByRole("button", { name: "Send" }).click();
    await article.getByText("204 No Content").waitFor();
    await context.setOffline(true);
    await article.getByRole("button", { name: "Send" }).click();
    await article.getByText("Failed: ").waitFor();
    problems = problems.filter((text) => !/INTERNET_DISCONNECTED/.test(text));
  });

  it("shows all there is without script, and sends what needs none", async () => {
    await open({ javaScriptEnabled: false });
    await page.getByRole("heading", { name: "Users 2.0.0" }).waitFor();
    const main = page.getByRole("main");
    for (const name of ["users", "files", "Other", "Schemas"]) {
      await main.getByRole("heading", { name, exact: true }).waitFor();
    }
    await page.getByText("Second paragraph.").waitFor();
    await page.getByText("There is no such user").waitFor();
    const hidden = page.locator("#op-postUsers").getByText("Try it");
    assertEquals(await hidden.isVisible(), false);
    const article = await tried("getSearch");
    for (const name of ["dataset", "querySelectorAll", "hidden"]) {
      await article.getByLabel(name).fill("x");
    }
    await article.getByLabel("order").selectOption("asc");
    await article.getByRole("button", { name: "Send" }).click();
    await page.waitForURL("**/v1/search?**");
    assertEquals(JSON.parse(await page.locator("body").textContent() ?? ""), {
      dataset: "x",
      querySelectorAll: "x",
      hidden: "x",
      order: "asc",
    });
  });

  it("has no violation that axe knows, by day and by night, wide and narrow", async () => {
    for (const colorScheme of ["light", "dark"] as const) {
      for (const width of [1200, 360]) {
        await context?.close();
        await open({ colorScheme, viewport: { width, height: 800 } });
        for (const summary of await page.locator("summary").all()) {
          await summary.click();
        }
        await page.locator("#op-deleteNothing button").click();
        await page.getByText("204 No Content").waitFor();
        await page.evaluate(axe.source);
        const violations = await page.evaluate(
          `axe.run().then(({ violations }) =>
            violations.map(({ id, nodes }) => id + ": " + nodes[0].html))`,
        );
        assertEquals(violations, [], `${colorScheme} ${width}`);
        const overflow = await page.evaluate(
          "document.documentElement.scrollWidth > innerWidth",
        );
        assertEquals(overflow, false, `${colorScheme} ${width}`);
      }
    }
  });
});
