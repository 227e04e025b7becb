// Copyright 2026 the Gee authors. MIT license.
import { assert, assertEquals, assertMatch } from "@std/assert";
import { parse as parseScript } from "npm:acorn@8.15.0";
import fc from "npm:fast-check@4.10.2";
import { parse as parseHtml } from "npm:parse5@8.0.0";
import { Templates } from "./templates.ts";

interface Node {
  readonly nodeName: string;
  readonly attrs?: readonly { readonly name: string; readonly value: string }[];
  readonly childNodes?: readonly Node[];
  readonly value?: string;
  readonly content?: Node;
}

function* nodesOf(node: Node): Iterable<Node> {
  yield node;
  for (const child of node.childNodes ?? []) yield* nodesOf(child);
  if (node.content !== undefined) yield* nodesOf(node.content);
}

function parsed(text: string): Node[] {
  // The tree of parse5 has these members; its own types name many more.
  return [...nodesOf(parseHtml(text) as unknown as Node)];
}

/** Tags and names of attributes in order: what a payload must not change. */
function structure(text: string): string[] {
  return parsed(text).filter(({ nodeName }) => nodeName !== "#text")
    .map(({ nodeName, attrs = [] }) =>
      [nodeName, ...attrs.map(({ name }) => name)].join(" ")
    );
}

/** The kinds of syntax in a script, in order; values of literals aside. */
function scriptShape(code: string): string[] {
  const kinds: string[] = [];
  const walk = (value: unknown) => {
    if (Array.isArray(value)) return value.forEach(walk);
    if (typeof value !== "object" || value === null) return;
    if ("type" in value) kinds.push(String(value.type));
    if ("type" in value && value.type === "Identifier" && "name" in value) {
      kinds.push(String(value.name));
    }
    Object.values(value).forEach(walk);
  };
  walk(parseScript(code, { ecmaVersion: "latest" }));
  return kinds;
}

function attribute(text: string, name: string): string {
  const found = parsed(text).flatMap(({ attrs = [] }) => attrs)
    .find((attr) => attr.name === name);
  assert(found !== undefined, `no ${name} in ${text}`);
  return found.value;
}

/** The code of the page: of script elements, handlers and srcdoc too. */
function scripts(text: string): string[] {
  return parsed(text).flatMap(({ nodeName, attrs = [], childNodes = [] }) => [
    ...nodeName === "script" ? childNodes.map(({ value = "" }) => value) : [],
    ...attrs.filter(({ name }) => name.startsWith("on"))
      .map(({ value }) => value),
  ]);
}

const PAYLOADS = [
  "<script>alert(1)</script>",
  "</script><script>alert(1)</script>",
  "</SCRIPT ><img src=x onerror=alert(1)>",
  "<img src=x onerror=alert(1)>",
  "<svg onload=alert(1)>",
  "</title><svg/onload=alert(1)>",
  "</textarea><script>alert(1)</script>",
  "</style><script>alert(1)</script>",
  "--><script>alert(1)</script>",
  "--!><script>alert(1)</script>",
  "<!--<script>",
  "]]><script>alert(1)</script>",
  '"><script>alert(1)</script>',
  "'><script>alert(1)</script>",
  '" onmouseover="alert(1)',
  "' onmouseover='alert(1)",
  " onmouseover=alert(1) ",
  "x onfocus=alert(1) autofocus",
  "\tonfocus=alert(1)\n",
  "`onfocus=alert(1)`",
  "/onfocus=alert(1)/",
  "x/><script>alert(1)</script>",
  "javascript:alert(1)",
  "JaVaScRiPt:alert(1)",
  " javascript:alert(1)",
  "\u0001javascript:alert(1)",
  "java\tscript:alert(1)",
  "java\nscript:alert(1)",
  "java\r\nscript:alert(1)",
  "java\0script:alert(1)",
  "javascript&colon;alert(1)",
  "&#106;avascript:alert(1)",
  "javascript\u00a0:alert(1)",
  "\u200bjavascript:alert(1)",
  "javascript://%0aalert(1)",
  "vbscript:msgbox(1)",
  "data:text/html,<script>alert(1)</script>",
  "data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==",
  "blob:https://evil.test/1",
  "filesystem:x",
  "view-source:javascript:alert(1)",
  "//evil.test/x.js",
  "\\\\evil.test/x.js",
  "/\\evil.test/x.js",
  "https:evil.test",
  "?q=1&admin=1#x",
  "';alert(1);//",
  '";alert(1);//',
  "\\';alert(1);//",
  '\\";alert(1);//',
  "\\",
  "\\\\",
  "`;alert(1);`",
  "${alert(1)}",
  "`+alert(1)+`",
  "*/alert(1)/*",
  "//",
  "/*",
  "\nalert(1)\n",
  "\u2028alert(1)\u2029",
  "\ralert(1)",
  "alert(1)",
  "alert`1`",
  "[].constructor.constructor('alert(1)')()",
  "});alert(1);({",
  "]};alert(1);[{",
  "&quot;);alert(1);//",
  "&#39;);alert(1);//",
  "&lt;script&gt;",
  "&",
  "&amp;quot;",
  "red;background:url(javascript:alert(1))",
  "expression(alert(1))",
  "exp/**/ression(alert(1))",
  "red} body{display:none",
  "red;position:fixed",
  "url(//evil.test)",
  "@import '//evil.test'",
  "-moz-binding:url(x)",
  "behavior:url(x)",
  "\\65xpression(alert(1))",
  "');background:url('//evil.test",
  '");background:url("//evil.test',
  ")//evil.test",
  "x 1x, javascript:alert(1) 2x",
  "x, data:text/html,y 3x",
  "\ud800",
  "\udfff<b>",
  "\uff1cscript\uff1e",
  "\u00a0",
  "",
  " ",
  "a=b",
  "\0",
  "{{ .secret }}",
  "%0d%0aset-cookie:x",
  "%3Cscript%3E",
  "%00",
  "__proto__",
  "constructor",
];

const PLACES: Readonly<Record<string, string>> = {
  text: "<p>{{ .x }}</p>",
  twice: "<p>{{ .x }}{{ .x }}</p>",
  title: "<title>{{ .x }}</title><p>a</p>",
  textarea: "<textarea>{{ .x }}</textarea><p>a</p>",
  doubleQuoted: '<p title="{{ .x }}">a</p>',
  singleQuoted: "<p title='{{ .x }}'>a</p>",
  unquoted: "<p title={{ .x }}>a</p>",
  unquotedPart: "<p title=a{{ .x }}b class=c>a</p>",
  unquotedEmpty: "<p title={{ .x }} class={{ .x }}>a</p>",
  branch: "<p title={{ if .x }}{{ .x }}{{ end }} id=a>a</p>",
  href: '<a href="{{ .x }}">a</a>',
  hrefUnquoted: "<a href={{ .x }}>a</a>",
  hrefTwice: '<a href="{{ .x }}{{ .x }}">a</a>',
  path: '<a href="/a/{{ .x }}/b">a</a>',
  root: '<a href="/{{ .x }}">a</a>',
  query: '<a href="/a?q={{ .x }}&amp;r=1">a</a>',
  fragment: '<a href="#{{ .x }}">a</a>',
  relative: '<a href="a{{ .x }}">a</a>',
  src: '<img src="{{ .x }}" alt="">',
  scriptSrc: '<script src="{{ .x }}"></script>',
  formAction: '<form action="{{ .x }}"><button formaction="{{ .x }}"></form>',
  scriptPath: '<script src="https://own.test/{{ .x }}"></script>',
  xlink: '<svg><a xlink:href="{{ .x }}"><text>a</text></a></svg>',
  animate: '<svg><animate attributeName="href" to="{{ .x }}"/></svg>',
  srcset: '<img srcset="{{ .x }}" alt="">',
  srcsetPart: '<img srcset="{{ .x }} 1x, /a 2x" alt="">',
  script: "<script>f({{ .x }}, {{ .o }});</script>",
  scriptUnary: "<script>f(1 -{{ .x }}, a <{{ .x }});</script>",
  scriptDouble: '<script>f("a{{ .x }}b");</script>',
  scriptSingle: "<script>f('a{{ .x }}b');</script>",
  scriptTemplate: "<script>f(`a${ { a: `b{{ .x }}` } }{{ .x }}c`);</script>",
  scriptDivide: "<script>f((1) / 2, {{ .x }}, 3 / 4);</script>",
  scriptRegexp: "<script>f(/[/\"]'/, {{ .x }});</script>",
  json: '<script type="application/ld+json">{"a": {{ .o }}}</script>',
  handler: '<p onclick="f({{ .x }}, {{ .o }})">a</p>',
  handlerString: `<p onclick="f('{{ .x }}')">a</p>`,
  handlerEntity: '<p onclick="f(&quot;{{ .x }}&#34;)">a</p>',
  handlerUnquoted: "<p onclick=f('{{ .x }}')>a</p>",
  style: "<style>p { color: {{ .x }}; }</style><p>a</p>",
  styleString: '<style>p { content: "{{ .x }}"; }</style><p>a</p>',
  styleUrl: "<style>p { background: url({{ .x }}); }</style><p>a</p>",
  styleAttribute: '<p style="color: {{ .x }}">a</p>',
  styleUrlAttribute: `<p style="background: url('{{ .x }}')">a</p>`,
  srcdoc: '<iframe srcdoc="<p>{{ .x }}</p>"></iframe>',
};

/** Places where the author decided the origin, or code is loaded. */
const OWN_ORIGIN = [
  "path",
  "root",
  "query",
  "fragment",
  "relative",
  "scriptSrc",
  "scriptPath",
];

const templates = new Templates(PLACES);

/** Everything that must hold whatever the value is. */
function checkInert(place: string, value: string): void {
  const data = (x: string) => ({ x, o: { [x]: [x, { x }] } });
  const output = templates.render(place, data(value));
  const benign = templates.render(place, data("benign"));
  assertEquals(structure(output), structure(benign), output);
  if (place !== "json") {
    assertEquals(
      scripts(output).map(scriptShape),
      scripts(benign).map(scriptShape),
      output,
    );
  }
  if (place === "json") {
    const [text = ""] = scripts(output);
    assertEquals(JSON.parse(text), { a: data(value).o });
  }
  for (
    const name of ["href", "src", "action", "formaction", "to", "xlink:href"]
  ) {
    for (const { attrs = [] } of parsed(output)) {
      const url = attrs.find((attr) => attr.name === name)?.value;
      if (url !== undefined) {
        checkUrl(url, { isOwn: OWN_ORIGIN.includes(place) });
      }
    }
  }
  if (place.startsWith("style")) checkStyle(output, benign);
  if (place === "srcdoc") {
    const document = attribute(output, "srcdoc");
    assertEquals(
      structure(document),
      structure(attribute(benign, "srcdoc")),
    );
  }
  if (place.startsWith("srcset")) {
    for (const candidate of attribute(output, "srcset").split(",")) {
      checkUrl(candidate.trim().split(" ")[0] ?? "", { isOwn: false });
    }
  }
}

function checkUrl(url: string, { isOwn }: { readonly isOwn: boolean }): void {
  const base = "https://own.test/dir/";
  if (!URL.canParse(url, base)) return;
  const { protocol, host } = new URL(url, base);
  assertMatch(protocol, /^(?:https?|mailto|tel|about):$/, url);
  if (isOwn && protocol !== "about:") assertEquals(host, "own.test", url);
}

/** CSS outside of strings has the same punctuation, whatever is put in. */
function checkStyle(output: string, benign: string): void {
  const styles = (text: string) =>
    parsed(text).flatMap(({ nodeName, attrs = [], childNodes = [] }) => [
      ...nodeName === "style" ? childNodes.map(({ value = "" }) => value) : [],
      ...attrs.filter(({ name }) => name === "style").map((attr) => attr.value),
    ]).join("\n");
  const marks = (text: string) =>
    styles(text).replace(/"(?:[^"\\\n]|\\[^])*"/g, '"')
      .replace(/'(?:[^'\\\n]|\\[^])*'/g, "'")
      // Whatever stands in a bare url() is one token up to ")", "(", a quote,
      // white space or a backslash (CSS Syntax Module, section 4.3.6).
      .replace(/url\([^()"'\s\\]*\)/g, "url()")
      .match(/[^\w\s#%.,+\-\u0080-\uffff\/?=&@!~*$]/g) ?? [];
  assertEquals(marks(output), marks(benign), output);
}

for (const place of Object.keys(PLACES)) {
  Deno.test(`render() leaves ${PAYLOADS.length} attacks inert in "${place}"`, () => {
    for (const payload of PAYLOADS) checkInert(place, payload);
  });
}

Deno.test("render() keeps structure and code of a page for any data", () => {
  const piece = fc.constantFrom(...PAYLOADS, ..."<>\"'`&;:/\\(){}[]= \n\0$%#?");
  const text = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join("")),
  );
  fc.assert(
    fc.property(fc.constantFrom(...Object.keys(PLACES)), text, checkInert),
    { numRuns: 1500 },
  );
});

Deno.test("escaping keeps the value that a reader sees", () => {
  const value = `<b> "it's" & \\ \` \${x} é 漢 🎈`;
  const data = { x: value, o: value };
  const render = (place: string) => templates.render(place, data);
  assertEquals(attribute(render("doubleQuoted"), "title"), value);
  assertEquals(attribute(render("unquoted"), "title"), value);
  const query = new URL(attribute(render("query"), "href"), "https://a.test");
  assertEquals(query.searchParams.get("q"), value);
  assertEquals(query.searchParams.get("r"), "1");
  const [code = ""] = scripts(render("scriptDouble"));
  const literal = /"(.*)"/.exec(code)?.[1] ?? "";
  assertEquals(JSON.parse(`"${literal}"`), `a${value}b`);
  const [call = ""] = scripts(render("script"));
  assertEquals(JSON.parse(`[${call.slice(2, -2)}]`), [value, value]);
});

Deno.test("a script gets JSON, apart from its neighbors", () => {
  const set = new Templates({ "x": "<script>a-{{ .v }}</script>" });
  const cases: [unknown, string][] = [
    [-1, " -1 "],
    [undefined, " null "],
    [null, " null "],
    [true, " true "],
    [NaN, " null "],
    [9007199254740993n, " 9007199254740993 "],
    ["it's", '"it\\u0027s"'],
    [new Date(0), '"1970-01-01T00:00:00.000Z"'],
    [[1, { a: "</" }], '[1,{"a":"\\u003c\\u002f"}]'],
  ];
  for (const [value, code] of cases) {
    assertEquals(set.render("x", { v: value }), `<script>a-${code}</script>`);
  }
});

Deno.test("URLs are kept as far as they are safe", () => {
  const set = new Templates({
    "x": `<a href="{{ . }}">`,
    "base": `<a href="{{ .base }}{{ .path }}?q={{ .q }}">`,
  });
  const cases: [string, string][] = [
    ["https://a.test/b?c=d&e=f#g", "https://a.test/b?c=d&amp;e=f#g"],
    ["/a b/é", "/a%20b/%C3%A9"],
    ["/a%20b", "/a%20b"],
    ["mailto:a@b.test", "mailto:a@b.test"],
    ["a/b:c", "a/b:c"],
    ["?a:b", "?a:b"],
    ["ftp://a.test", "about:invalid"],
    ["a:b", "about:invalid"],
    ["//a.test/b", "//a.test/b"],
  ];
  for (const [url, href] of cases) {
    assertEquals(set.render("x", url), `<a href="${href}">`);
  }
  assertEquals(
    set.render("base", { base: "https://a.test", path: "/b:c", q: "d&e" }),
    '<a href="https://a.test/b%3ac?q=d%26e">',
  );
});

Deno.test("branches before a slash leave the parts of a URL that are clear to values", () => {
  const pages = new Templates({
    segment: '<a href="/{{ if .a }}v{{ end }}/items/{{ .b }}">',
    word: '<script src="/{{ if .a }}v{{ end }}x/{{ .b }}"></script>',
    query: '<a href="/{{ if .a }}v{{ end }}/?{{ .b }}">',
  });
  const data = { a: false, b: "/evil.test" };
  assertEquals(
    pages.render("segment", data),
    '<a href="//items//evil.test">',
  );
  assertEquals(
    pages.render("word", data),
    '<script src="/x/%2Fevil.test"></script>',
  );
  assertEquals(pages.render("query", data), '<a href="//?%2Fevil.test">');
});

Deno.test("values before and after a slash do not name a host together", () => {
  const set = new Templates({
    "x": '<script src="{{ .a }}/{{ .b }}"></script>',
    "y": '<a href="/{{ .a }}{{ .b }}">a</a>',
  });
  const parts = ["", "/", "//", "\\", "own", "evil.test/x.js", "/evil.test"];
  for (const a of parts) {
    for (const b of parts) {
      checkUrl(attribute(set.render("x", { a, b }), "src"), { isOwn: true });
      checkUrl(attribute(set.render("y", { a, b }), "href"), { isOwn: true });
    }
  }
});
