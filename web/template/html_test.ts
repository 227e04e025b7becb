// Copyright 2026 the Gee authors. MIT license.
import { assertEquals, assertThrows } from "@std/assert";
import { html, type HtmlValue } from "./html.ts";
import { rawHtml } from "./html_value.ts";

const ATTACK = `"'><script>&`;
const ESCAPED = "&quot;&#39;&gt;&lt;script&gt;&amp;";

Deno.test("html escapes text and quoted attributes", () => {
  assertEquals(String(html`<p>${ATTACK}</p>`), `<p>${ESCAPED}</p>`);
  assertEquals(String(html`<p title="${ATTACK}">`), `<p title="${ESCAPED}">`);
  assertEquals(String(html`<p title='${ATTACK}'>`), `<p title='${ESCAPED}'>`);
  assertEquals(
    String(html`<title>${ATTACK}</title>`),
    `<title>${ESCAPED}</title>`,
  );
});

Deno.test("html joins lists, keeps Html and drops what is no value", () => {
  const items = ["<", html`<b>${"&"}</b>`, [1, [null, rawHtml("<i>")]]];
  assertEquals(String(html`<p>${items}`), "<p>&lt;<b>&amp;</b>1<i>");
  assertEquals(
    String(html`[${null}${undefined}${false}${true}${0}${2n}${""}]`),
    "[true02]",
  );
  assertEquals(String(html`<p title="${false}${undefined}">`), '<p title="">');
  assertEquals(String(html`<p title="${html`<b>`}">`), '<p title="&lt;b&gt;">');
  assertEquals(JSON.stringify({ page: html`<p>` }), '{"page":"<p>"}');
  assertEquals(String(html``), "");
});

Deno.test("html checks URLs", () => {
  const link = (url: HtmlValue) => String(html`<a href="${url}">a</a>`);
  assertEquals(link("/a b?c&d"), '<a href="/a%20b?c&amp;d">a</a>');
  assertEquals(
    link(new URL("https://a.test")),
    '<a href="https://a.test/">a</a>',
  );
  for (
    const url of ["javascript:alert(1)", " JAVA\nSCRIPT:x", "data:text/html,x"]
  ) {
    assertThrows(() => link(url), TypeError, "is not a safe URL here");
  }
  assertEquals(
    String(html`<a href="/a?q=${"b&c=d"}">`),
    '<a href="/a?q=b%26c%3Dd">',
  );
});

Deno.test("html refuses values where none is safe", () => {
  const value = "x";
  const cases: [() => unknown, string][] = [
    [
      () => html`<p title=${value}>`,
      "Cannot make HTML: a value needs quotes around the attribute at value 1",
    ],
    [
      () => html`<p title=a${value}>`,
      "Cannot make HTML: a value needs quotes around the attribute at value 1",
    ],
    [
      () => html`<script>${value}</script>`,
      "Cannot make HTML: a value must not stand in <script> at value 1",
    ],
    [
      () => html`<style>${value}</style>`,
      "Cannot make HTML: a value must not stand in <style> at value 1",
    ],
    [
      () => html`<p>${value}<p onclick="${value}">`,
      'Cannot make HTML: a value must not stand in "onclick" at value 2',
    ],
    [
      () => html`<p style="${value}">`,
      'Cannot make HTML: a value must not stand in "style" at value 1',
    ],
    [
      () => html`<${value}>`,
      'Cannot make HTML: a value must not follow "<": write "&lt;" for the character at value 1',
    ],
    [
      () => html`<a ${value}>`,
      "Cannot make HTML: a value must not name an attribute at value 1",
    ],
    [
      () => html`<!-- ${value} -->`,
      "Cannot make HTML: a value must not stand in a comment: use {{/* */}} at value 1",
    ],
    [
      () => html`<p title="${value}`,
      'Cannot make HTML: it ends inside the attribute "title"',
    ],
    [() => html`<p`, "Cannot make HTML: it ends inside a tag"],
    [
      () => html`<p title="${["a"]}">`,
      "Cannot make HTML: a list has no text: use range",
    ],
  ];
  for (const [make, message] of cases) {
    assertThrows(make, TypeError, message);
  }
});

Deno.test("html escapes the same literal anew for each value", () => {
  const item = (value: string) => String(html`<li>${value}</li>`);
  assertEquals(["<", ">", "a"].map(item), [
    "<li>&lt;</li>",
    "<li>&gt;</li>",
    "<li>a</li>",
  ]);
});
