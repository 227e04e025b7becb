// Copyright 2026 the Gee authors. MIT license.
// The page in a real browser. Everything is found by its role and name, so a
// test that passes is a page that assistive technology can use.

import { assert, assertEquals, assertMatch } from "@std/assert";
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
  Locator,
  Page,
} from "npm:playwright-core@1.65.1";
import axe from "npm:axe-core@4.14.1";
import {
  isSkipped,
  launchChromium,
  titled,
} from "../../.dev/testing/chromium.ts";
import { type Rig, startRig } from "./testdata/rig.ts";

describe(titled("The page of citysearch"), { skip: isSkipped }, () => {
  let browser: Browser;
  let rig: Rig;
  let context: BrowserContext;
  let page: Page;
  let problems: string[];

  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser.close());
  beforeEach(async () => {
    rig = await startRig();
    problems = [];
    await open();
  });
  afterEach(async () => {
    await context.close();
    await rig[Symbol.asyncDispose]();
    assertEquals(problems, []);
  });

  /** A fresh page of a fresh context, with every other host refused. */
  async function open(
    options: BrowserContextOptions = {},
    path = "/",
  ): Promise<void> {
    await context?.close();
    context = await browser.newContext(options);
    await context.route((url) => url.origin !== rig.url, (route) => {
      problems.push(`asked for ${route.request().url()}`);
      return route.abort();
    });
    context.setDefaultTimeout(10_000);
    page = await context.newPage();
    page.on("pageerror", (error) => problems.push(error.message));
    page.on("console", (message) => {
      // What the tests of failures provoke themselves.
      const isProvoked = /status of 503|ERR_INTERNET_DISCONNECTED|ERR_FAILED/
        .test(message.text());
      if (message.type() === "error" && !isProvoked) {
        problems.push(message.text());
      }
    });
    await page.goto(`${rig.url}${path}`);
  }

  const input = () => page.getByRole("combobox", { name: "City" });
  const options = () => page.getByRole("option");
  const rows = () => page.getByRole("list").first().getByRole("listitem");
  const status = () => page.locator("#status");
  const active = () => page.locator("[role=option][aria-selected=true]");

  /** Types into the empty field at once, so that one answer comes: the last. */
  async function type(text: string): Promise<void> {
    await input().fill("");
    await input().fill(text);
    await options().first().waitFor();
  }

  async function waitForText(locator: Locator, text: string): Promise<void> {
    await locator.filter({ hasText: text }).waitFor();
  }

  async function isFocused(): Promise<boolean> {
    return await input().evaluate((element) =>
      element.ownerDocument.activeElement === element
    );
  }

  async function until(
    isTrue: () => boolean | Promise<boolean>,
  ): Promise<void> {
    const limit = AbortSignal.timeout(10_000);
    while (!await isTrue()) {
      limit.throwIfAborted();
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  /** Holds the answers to one query back until the returned function is called. */
  function hold(query: string): () => void {
    const gate = Promise.withResolvers<void>();
    rig.control.intercept = async (c) => {
      if (c.query("q") === query) await gate.promise;
      return undefined;
    };
    return gate.resolve;
  }

  it("1: is one file that asks no other host and fits 320 px, 200 % zoom and dark mode", async () => {
    const requests: string[] = [];
    page.on(
      "request",
      (request) => requests.push(new URL(request.url()).pathname),
    );
    await page.reload();
    assertEquals([...new Set(requests)].sort(), ["/", "/map.svg"]);
    const fits = () =>
      page.evaluate("document.documentElement.scrollWidth <= innerWidth");
    for (const width of [320, 640, 1280]) {
      await page.setViewportSize({ width, height: 700 });
      await type("par");
      assertEquals(await fits(), true, `${width} px`);
    }
    await open({ viewport: { width: 640, height: 400 }, deviceScaleFactor: 2 });
    assertEquals(await fits(), true);
    const paper = () =>
      page.evaluate("getComputedStyle(document.body).backgroundColor");
    const light = await paper();
    await page.emulateMedia({ colorScheme: "dark" });
    assert(await paper() !== light);
  });

  it("2: works without script as a form with results from the server", async () => {
    await open({ javaScriptEnabled: false });
    await input().fill("mun");
    await page.getByRole("button", { name: "Search" }).click();
    assertEquals(
      new URL(page.url()).pathname + new URL(page.url()).search,
      "/search?q=mun",
    );
    assertEquals(await rows().allTextContents(), [
      "Munich · Munich region, Germany, 1,260,391 people",
      "München Rand · Munich region, Germany, 5,000 people",
    ]);
    assertEquals(await status().textContent(), "2 results for “mun”");
    assertEquals(await page.locator("circle").count(), 2);
  });

  it("3: is a labelled combobox with a listbox of options", async () => {
    await type("mun");
    const field = await input().evaluate((element) => ({
      autocomplete: element.getAttribute("autocomplete"),
      list: element.getAttribute("aria-autocomplete"),
      isExpanded: element.getAttribute("aria-expanded"),
      controls: element.getAttribute("aria-controls"),
    }));
    assertEquals(field, {
      autocomplete: "off",
      list: "list",
      isExpanded: "true",
      controls: "suggestions",
    });
    assertEquals(
      await page.locator("#suggestions").getAttribute("role"),
      "listbox",
    );
    assertEquals(await options().allTextContents(), [
      "Munich · Munich region, Germany, 1,260,391 people",
      "München Rand · Munich region, Germany, 5,000 people",
    ]);
    await page.getByRole("search").getByRole("listbox", { name: "Suggestions" })
      .waitFor();
  });

  it("4: keeps the focus in the input and names the active option", async () => {
    await type("mun");
    await page.keyboard.press("ArrowDown");
    assertEquals(await isFocused(), true);
    const id = await input().getAttribute("aria-activedescendant");
    assertEquals(id, await active().getAttribute("id"));
    assertEquals(await active().count(), 1);
  });

  it("5: moves with Up and Down through the options and what was typed", async () => {
    await type("mun");
    const seen: (string | null)[] = [];
    for (
      const key of [
        "ArrowDown",
        "ArrowDown",
        "ArrowDown",
        "ArrowUp",
        "ArrowUp",
        "ArrowUp",
      ]
    ) {
      await page.keyboard.press(key);
      seen.push(await input().getAttribute("aria-activedescendant"));
    }
    assertEquals(seen, [
      "option-0",
      "option-1",
      null,
      "option-1",
      "option-0",
      null,
    ]);
    assertEquals(await input().inputValue(), "mun");
    await page.keyboard.press("Home");
    await page.keyboard.type("x");
    await page.keyboard.press("End");
    await page.keyboard.press("ArrowLeft");
    await page.keyboard.type("y");
    assertEquals(await input().inputValue(), "xmuyn");
  });

  it("6: takes, submits, closes, clears and opens by keys", async () => {
    await type("mun");
    await page.keyboard.press("Escape");
    assertEquals(await input().getAttribute("aria-expanded"), "false");
    assertEquals(await input().inputValue(), "mun");
    await page.keyboard.press("Alt+ArrowDown");
    assertEquals(await input().getAttribute("aria-expanded"), "true");
    assertEquals(await active().count(), 0);
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Tab");
    assertEquals(await input().inputValue(), "mun");
    assertEquals(await options().count(), 0);
    await input().focus();
    await page.keyboard.press("Enter");
    await rows().nth(1).waitFor();
    assertEquals(await rows().count(), 2);
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    assertEquals(await input().inputValue(), "Munich");
    assertEquals(await rows().count(), 1);
    await page.keyboard.press("Escape");
    assertEquals(await input().inputValue(), "");
  });

  it("7: picks by pointer, in rows that are large enough", async () => {
    await type("mun");
    assert((await options().first().boundingBox())!.height >= 24);
    await options().nth(1).click();
    assertEquals(await input().inputValue(), "München Rand");
    assertEquals(await isFocused(), true);
    await open({
      hasTouch: true,
      isMobile: true,
      viewport: { width: 390, height: 800 },
    });
    await type("mun");
    assert((await options().first().boundingBox())!.height >= 44);
    await options().first().tap();
    assertEquals(await input().inputValue(), "Munich");
  });

  it("8: asks nothing while an input method composes, and once after it", async () => {
    await input().focus();
    const session = await context.newCDPSession(page);
    for (const text of ["m", "mu", "mun"]) {
      await session.send("Input.imeSetComposition", {
        text,
        selectionStart: text.length,
        selectionEnd: text.length,
      });
    }
    await page.evaluate("new Promise((resolve) => setTimeout(resolve, 80))");
    assertEquals(rig.control.asked, []);
    await session.send("Input.insertText", { text: "mun" });
    await options().first().waitFor();
    assertEquals(rig.control.asked, ["mun"]);
  });

  it("9: waits 30 ms after the last key", async () => {
    await page.clock.install();
    await page.reload();
    await page.clock.pauseAt(Date.now() + 1000);
    await input().focus();
    await page.keyboard.type("mu");
    await page.clock.runFor(29);
    await page.keyboard.type("n");
    await page.clock.runFor(29);
    assertEquals(rig.control.asked, []);
    await page.clock.runFor(1);
    await until(() => rig.control.asked.length > 0);
    assertEquals(rig.control.asked, ["mun"]);
  });

  it("10: has one request in flight, and the server learns of the others' end", async () => {
    const release = hold("mu");
    await input().pressSequentially("mu", { delay: 40 });
    await until(() => rig.control.asked.includes("mu"));
    const before = rig.control.aborted;
    await page.keyboard.type("n");
    await options().first().waitFor();
    await until(() => rig.control.aborted > before);
    release();
  });

  it("11: never paints a late answer", async () => {
    const release = hold("pa");
    await input().focus();
    await page.keyboard.type("pa");
    await until(() => rig.control.asked.includes("pa"));
    await page.keyboard.type("rana");
    await options().first().waitFor();
    const wanted = await options().allTextContents();
    release();
    await page.evaluate("new Promise((resolve) => setTimeout(resolve, 100))");
    assertEquals(await options().allTextContents(), wanted);
    assertEquals(wanted.length, 1);
  });

  it("12: remembers answers, so that Backspace shows at once and asks nothing", async () => {
    for (const letter of "mun") {
      const seen = rig.control.asked.length;
      await page.keyboard.press("Tab");
      await input().focus();
      await page.keyboard.press("End");
      await page.keyboard.type(letter);
      await until(() => rig.control.asked.length > seen);
      await options().first().waitFor();
    }
    await page.route("**/api/suggest*", (route) => route.abort());
    await page.keyboard.press("Backspace");
    assertEquals(await options().count() > 0, true);
    await page.evaluate("new Promise((resolve) => setTimeout(resolve, 80))");
    assertEquals(rig.control.asked, ["m", "mu", "mun"]);
  });

  it("13: keeps the old suggestions until new ones come, and shows waiting after 300 ms", async () => {
    await type("mun");
    const release = hold("muni");
    const form = page.locator("form.search");
    await page.keyboard.type("i");
    await until(() => rig.control.asked.includes("muni"));
    assertEquals(await options().count(), 2);
    assertEquals(await form.getAttribute("class"), "search");
    await page.locator("form.search.busy").waitFor();
    assertEquals(await options().count(), 2);
    release();
    await until(async () => await options().count() === 1);
    assertEquals(await form.getAttribute("class"), "search");
  });

  it("14: marks the matched part as text, whatever it is", async () => {
    await type("b par");
    assertEquals(await options().locator("b").count(), 0);
    assertEquals(await options().locator("mark").allTextContents(), ["b>Par"]);
    const marks: [string, string][] = [["sao", "São"], [
      "parana",
      "Parana\u0303",
    ]];
    for (const [typed, marked] of marks) {
      await type(typed);
      assertEquals(
        await options().locator("mark").first().textContent(),
        marked,
      );
    }
    await type("par is");
    assertEquals(
      await options().first().locator("mark").textContent(),
      "Par😀is",
    );
  });

  it("15: shows at most eight cities and tells those of one name apart", async () => {
    await type("par");
    assertEquals(await options().count(), 8);
    await type("spring");
    const texts = await options().allTextContents();
    assertEquals(
      new Set(texts.map((text) => text.replace(/, [\d,]+ people/, ""))).size,
      3,
    );
    assertMatch(texts[1]!, /^Springfield · IL, United States, 114,230 people$/);
  });

  it("16: says how many there are, once per pause", async () => {
    await page.evaluate(`{
      window.said = [];
      const status = document.querySelector("#status");
      new MutationObserver(() => said.push(status.textContent)).observe(status, { childList: true });
    }`);
    await input().pressSequentially("par", { delay: 40 });
    await waitForText(status(), "8 suggestions");
    await input().fill("qqq");
    await waitForText(
      status(),
      "No cities found, try fewer letters or another spelling",
    );
    assertEquals(await page.evaluate("said"), [
      "8 suggestions",
      "No cities found, try fewer letters or another spelling",
    ]);
  });

  it("17: says so when it fails, stays usable and tries again", async () => {
    let isDown = true;
    rig.control.intercept = () =>
      isDown ? Promise.resolve(new Response(null, { status: 503 })) : undefined;
    await input().pressSequentially("mu");
    await waitForText(
      status(),
      "Suggestions are not available right now, the next key tries again",
    );
    isDown = false;
    await page.keyboard.type("n");
    await options().first().waitFor();
    await context.setOffline(true);
    await page.keyboard.type("i");
    await waitForText(status(), "You are offline, the next key tries again");
    await context.setOffline(false);
    await page.keyboard.type("c");
    await waitForText(status(), "1 suggestion");
  });

  it("18: tells how long this key took, and where", async () => {
    await type("mun");
    const latency = () => page.locator("#latency").textContent();
    const number = "[\\d.]+ ms";
    const session = `Session: p50 ${number}, p95 ${number}\\.`;
    assertMatch(
      await latency() ?? "",
      new RegExp(
        `^This key: ${number} \\(server ${number}: cache miss, rpc ${number}, trie ${number}\\)\\. ${session}$`,
      ),
    );
    await open();
    await type("mun");
    assertMatch(
      await latency() ?? "",
      /server [\d.]+ ms: cache hit\)/,
    );
  });

  it("19: keeps the search in the address, for reload, Back and links", async () => {
    await type("mun");
    assertEquals(new URL(page.url()).search, "?q=mun");
    await page.keyboard.press("Enter");
    await rows().nth(1).waitFor();
    await input().fill("sao");
    await options().first().waitFor();
    await page.keyboard.press("Enter");
    await until(async () => await rows().count() === 1);
    assertEquals(new URL(page.url()).search, "?q=sao");
    await page.reload();
    assertEquals(await input().inputValue(), "sao");
    assertEquals(await rows().count(), 1);
    await page.goBack();
    await until(async () => await rows().count() === 2);
    assertEquals(await input().inputValue(), "mun");
    assertEquals(new URL(page.url()).search, "?q=mun");
  });

  it("20: shows the results on a map whose dots and rows light up together", async () => {
    await type("mun");
    await page.keyboard.press("Enter");
    await rows().nth(1).waitFor();
    await page.getByRole("img", {
      name: "Map of the world with Munich in Germany, München Rand in Germany",
    }).waitFor();
    const lit = () => page.locator("circle.lit").count();
    assertEquals([await page.locator("circle").count(), await lit()], [2, 0]);
    await rows().nth(1).hover();
    assertEquals(await lit(), 1);
    const id = await page.locator("circle.lit").getAttribute("data-city");
    assertEquals(id, await page.locator("li.lit").getAttribute("data-city"));
    await page.locator("circle").first().hover();
    assertEquals(
      await page.locator("li.lit").textContent(),
      await rows().first().textContent(),
    );
  });

  it("21: shows live figures while somebody looks, and drops the stream after", async () => {
    await page.getByText("What happens behind it").click();
    const hits = page.locator("#hits");
    await waitForText(hits, "of 0");
    await type("mun");
    await page.getByText(/ % of [1-9]/).waitFor();
    assertEquals(await page.locator("#shards tbody tr").count(), 3);
    assertEquals(rig.control.streams, 1);
    await page.getByText("What happens behind it").click();
    await until(() => rig.control.streams === 0);
    await page.getByText("What happens behind it").click();
    await until(() => rig.control.streams === 1);
    await page.close();
    await until(() => rig.control.streams === 0);
  });

  it("22: has figures in tables with captions and units, read without color or motion", async () => {
    await open({ reducedMotion: "reduce" });
    await page.getByText("What happens behind it").click();
    await page.locator("#shards tbody tr").first().waitFor();
    for (const name of ["Cache", "Shards", "Slowest queries"]) {
      await page.getByRole("table", { name }).waitFor();
    }
    const shard = await page.locator("#shards tbody tr").first().textContent();
    assertMatch(
      shard ?? "",
      /^Shard 0 ?[\d.]+ %\d+[\d.]+ ms[\d.]+ ms1[\d,]+ names[\d.]+ MiB$/,
    );
    assertEquals(
      await page.locator("[aria-live], [role=status]").locator("table").count(),
      0,
    );
    assertEquals(
      await page.evaluate(
        "getComputedStyle(document.querySelector('#q')).animationName",
      ),
      "none",
    );
  });

  it("23: rebuilds the tries at the press of a button", async () => {
    await page.getByText("What happens behind it").click();
    await page.getByRole("button", { name: "Rebuild the tries" }).click();
    await waitForText(page.locator("#notice"), "Version 2 serves now");
    await type("mun");
  });

  it("24: denies at once and still shows eight", async () => {
    await type("paris");
    assertEquals(
      await options().first().textContent(),
      "Paris 1 · <b>Par</b> region, France, 600,000 people",
    );
    await page.getByText("What happens behind it").click();
    await page.getByRole("textbox", { name: "Deny a name" }).fill("paris 1*");
    await page.getByRole("button", { name: "Deny" }).click();
    await waitForText(page.locator("#notice"), "“paris 1*” is denied");
    await type("paris");
    assertEquals(await options().count(), 8);
    assertEquals(
      (await options().first().textContent())?.startsWith("Paris 2"),
      true,
    );
    await page.getByRole("button", { name: "Allow paris 1*" }).click();
    await waitForText(page.locator("#notice"), "“paris 1*” is allowed");
  });

  it("25: has no violation that axe knows, closed, open, empty and failed", async () => {
    const violations = async () => {
      await page.evaluate(axe.source);
      return await page.evaluate(
        `axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag22aa"] })
        .then(({ violations }) => violations.map(({ id, nodes }) => id + ": " + nodes[0].html))`,
      );
    };
    for (const colorScheme of ["light", "dark"] as const) {
      await open({ colorScheme });
      await page.getByText("What happens behind it").click();
      await page.locator("#shards tbody tr").first().waitFor();
      assertEquals(await violations(), [], `closed, ${colorScheme}`);
      await type("mun");
      await page.keyboard.press("ArrowDown");
      assertEquals(await violations(), [], `open, ${colorScheme}`);
      await page.keyboard.press("Enter");
      await rows().first().hover();
      assertEquals(await violations(), [], `results, ${colorScheme}`);
      await input().fill("qqq");
      await waitForText(status(), "No cities found");
      assertEquals(await violations(), [], `empty, ${colorScheme}`);
      rig.control.intercept = () =>
        Promise.resolve(new Response(null, { status: 503 }));
      await page.keyboard.type("q");
      await waitForText(status(), "not available");
      assertEquals(await violations(), [], `failed, ${colorScheme}`);
      rig.control.intercept = () => undefined;
    }
  });
});
