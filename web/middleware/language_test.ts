// Copyright 2026 the Gee authors. MIT license.
import { assertEquals, assertThrows } from "@std/assert";
import { Engine } from "../engine.ts";
import {
  language,
  type LanguageOptions,
  type LanguageState,
} from "./language.ts";

const supported = ["en", "de-CH", "de", "zh-Hant", "fr-x-old"];

async function chosen(
  header: string,
  options: Partial<LanguageOptions> = {},
  path = "/",
  cookie = "",
): Promise<string> {
  const app = new Engine<LanguageState>();
  app.use(language({ supported, ...options }));
  app.get("/", (c) => c.string(c.state.language));
  const headers = { "accept-language": header, cookie };
  return await (await app.request(path, { headers })).text();
}

Deno.test("language() looks up as RFC 4647 has it", async () => {
  const cases: [header: string, tag: string][] = [
    ["de", "de"],
    ["DE-ch-1996", "de-CH"],
    ["de-AT", "de"],
    ["zh-Hant-x-old", "zh-Hant"],
    ["zh", "en"], // a range never finds a longer tag
    ["fr-x-old-more", "fr-x-old"],
    ["it, de;q=0.5", "de"],
    ["en;q=0.5, de;q=0.8", "de"],
    ["de;q=0.8, en;q=0.8", "de"],
    ["de;q=0, *;q=0.5", "en"],
    ["en;q=0, *;q=0.5", "de-CH"],
    ["*, en;q=0, de-CH;q=0", "de"],
    ["en;q=0", "en"], // there has to be one
    ["en-GB;q=0, *", "en"], // refuses no more than it says
    ["de;q=0.001", "de"],
    ["*", "en"],
    ["", "en"],
    ["de;q=x", "en"],
    ["de ; q=1.000 , en;q=0.9", "de"],
    [";;;,,,=;q", "en"],
    ["toString, __proto__", "en"],
  ];
  for (const [header, tag] of cases) {
    assertEquals([header, await chosen(header)], [header, tag]);
  }
});

Deno.test("language() gives query and cookie the say, where they name a language", async () => {
  const options = { query: "lang", cookie: "lang", fallback: "de" };
  assertEquals(
    await chosen("en", options, "/?lang=zh-hant", "lang=de"),
    "zh-Hant",
  );
  assertEquals(await chosen("en", options, "/?lang=xx", "lang=de"), "de");
  assertEquals(await chosen("en", options, "/", "lang=<script>"), "en");
  assertEquals(await chosen("it", options), "de");
  assertEquals(await chosen("en", {}, "/?lang=de", "lang=de"), "en");
});

Deno.test("language() sets content-language and vary, also for errors", async () => {
  const app = new Engine().use(language({ supported, cookie: "lang" }));
  const response = await app.request("/nope");
  assertEquals(response.headers.get("content-language"), "en");
  assertEquals(response.headers.get("vary"), "accept-language, cookie");
});

Deno.test("language() reads a bounded part of what a stranger sends", async () => {
  const many = "xx, ".repeat(64) + "de";
  assertEquals(await chosen(many), "en");
  assertEquals(await chosen(`de${"-a".repeat(100)}`), "en");
  assertEquals(await chosen("de-".repeat(50_000)), "en");
  assertEquals(await chosen(`de;${"q=0;".repeat(50_000)}`), "en");
});

Deno.test("language() refuses tags it could not serve", () => {
  assertThrows(
    () => language({ supported: [] }),
    TypeError,
    "none is supported",
  );
  assertThrows(
    () => language({ supported: ["en_US"] }),
    SyntaxError,
    '"en_US" is not a language tag',
  );
  assertThrows(
    () => language({ supported: ["en"], fallback: "de" }),
    TypeError,
    'fallback "de" is not supported',
  );
});
