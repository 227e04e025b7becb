// Copyright 2026 the Gee authors. MIT license.
import {
  assertEquals,
  assertInstanceOf,
  assertMatch,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { rawHtml } from "./html_value.ts";
import { TemplateError } from "./template_error.ts";
import { Templates, type TemplatesOptions } from "./templates.ts";

const functions = {
  upper: (text: string) => text.toUpperCase(),
  join: (separator: string, list: readonly string[]) => list.join(separator),
  now: () => "now",
  raw: rawHtml,
};

function render(text: string, data?: unknown): string {
  return new Templates({ "x.html": text }, { functions })
    .render("x.html", data);
}

class Person {
  age = 20;
  #name = "Tom";
  get name() {
    return this.#name;
  }
  greet() {
    return "hi";
  }
}

const CASES: readonly [
  name: string,
  text: string,
  data: unknown,
  want: string,
][] = [
  ["text alone", "<p>a</p>", undefined, "<p>a</p>"],
  ["nothing", "", undefined, ""],
  ["a field", "{{ .a }}", { a: "b" }, "b"],
  ["a field without spaces", "{{.a}}", { a: "b" }, "b"],
  ["fields of fields", "{{ .a.b.c }}", { a: { b: { c: 1 } } }, "1"],
  ["the dot", "{{ . }}", "a", "a"],
  ["a Map", "{{ .a }}", new Map([["a", 1]]), "1"],
  ["a getter of a class", "{{ .name }} {{ .age }}", new Person(), "Tom 20"],
  ["null and undefined as nothing", "[{{ .a }}{{ .b }}]", {
    a: null,
    b: undefined,
  }, "[]"],
  ["a field of null as nothing", "[{{ .a.b }}]", { a: null }, "[]"],
  ["numbers and booleans", "{{ .a }} {{ .b }} {{ .c }}", {
    a: 0,
    b: false,
    c: 2n,
  }, "0 false 2"],
  ["a date as ISO 8601", "{{ . }}", new Date(0), "1970-01-01T00:00:00.000Z"],
  ["an invalid date as nothing", "[{{ . }}]", new Date(NaN), "[]"],
  [
    "a class with a text",
    "{{ . }}",
    new URL("https://a.test/?b&c"),
    "https://a.test/?b&amp;c",
  ],
  [
    "literals",
    '{{ "a\\n\\"\\\\\\t\\u0041" }}{{ `\\n` }}{{ -1.5e1 }}{{ true }}{{ nil }}',
    0,
    "a\n&quot;\\\tA\\n-15true",
  ],
  ["braces as text", '{{ "{{" }}', 0, "{{"],
  ["a comment", "a{{/* }} */}}b{{- /* c */ -}} d", 0, "abd"],
  ["trimming", "a \n {{- .x -}} \n b", { x: 1 }, "a1b"],
  ["no trimming of a number", "a {{-1}} b", 0, "a -1 b"],
  ["if", "{{ if .a }}1{{ end }}", { a: true }, "1"],
  ["else", "{{ if .a }}1{{ else }}2{{ end }}", { a: 0 }, "2"],
  [
    "else if",
    "{{ if .a }}1{{ else if .b }}2{{ else }}3{{ end }}",
    { b: 1 },
    "2",
  ],
  [
    "the last else",
    "{{ if .a }}1{{ else if .b }}2{{ else }}3{{ end }}",
    {},
    "3",
  ],
  ["an empty list as false", "{{ if . }}1{{ else }}2{{ end }}", [], "2"],
  ["an empty Map as false", "{{ if . }}1{{ else }}2{{ end }}", new Map(), "2"],
  ["an empty object as true", "{{ if . }}1{{ end }}", {}, "1"],
  ["a missing field in a test", "{{ if .a.b }}1{{ else }}2{{ end }}", {}, "2"],
  ["a default", '{{ or .title "Gee" }}', {}, "Gee"],
  ["and", "{{ and .a .b }}", { a: 1, b: 2 }, "2"],
  ["not", "{{ not .a }}", {}, "true"],
  ["with", "{{ with .a }}{{ .b }}{{ else }}{{ .c }}{{ end }}", {
    a: { b: 1 },
    c: 2,
  }, "1"],
  ["with and else", "{{ with .a }}{{ .b }}{{ else }}{{ .c }}{{ end }}", {
    a: null,
    c: 2,
  }, "2"],
  [
    "with and a variable",
    "{{ with $x := .a }}{{ $x }}{{ . }}{{ $.b }}{{ end }}",
    { a: 1, b: 2 },
    "112",
  ],
  ["else with", "{{ with .a }}1{{ else with .b }}{{ . }}{{ end }}", {
    a: 0,
    b: 3,
  }, "3"],
  [
    "range",
    "{{ range .a }}[{{ . }}]{{ end }}{{ .b }}",
    { a: [1, 2], b: 3 },
    "[1][2]3",
  ],
  [
    "range and an item",
    "{{ range $x := . }}{{ $x }}{{ end }}",
    ["a", "b"],
    "ab",
  ],
  ["range and an index", "{{ range $i, $x := . }}{{ $i }}{{ $x }}{{ end }}", [
    "a",
    "b",
  ], "0a1b"],
  [
    "range over an object",
    "{{ range $k, $v := . }}{{ $k }}={{ $v }};{{ end }}",
    { a: 1, b: 2 },
    "a=1;b=2;",
  ],
  [
    "range over a Map",
    "{{ range $k, $v := . }}{{ $k }}={{ $v }};{{ end }}",
    new Map([["a", 1]]),
    "a=1;",
  ],
  [
    "range over a Set",
    "{{ range $i, $v := . }}{{ $i }}{{ $v }}{{ end }}",
    new Set(["a"]),
    "0a",
  ],
  [
    "range over nothing",
    "{{ range .a }}1{{ else }}none{{ end }}",
    { a: [] },
    "none",
  ],
  [
    "range over null",
    "{{ range .a }}1{{ else }}none{{ end }}",
    { a: null },
    "none",
  ],
  [
    "ranges in ranges",
    "{{ range $r := . }}{{ range . }}{{ . }}{{ len $r }}{{ end }};{{ end }}",
    [[1, 2], [3]],
    "1222;31;",
  ],
  ["a variable", "{{ $x := .a }}{{ $x.b }}", { a: { b: 1 } }, "1"],
  [
    "a variable of an inner block",
    "{{ $x := 1 }}{{ if true }}{{ $x := 2 }}{{ $x }}{{ end }}{{ $x }}",
    0,
    "21",
  ],
  ["a call", '{{ upper "a" }}{{ now }}', 0, "Anow"],
  ["a pipe", "{{ .a | upper }}", { a: "b" }, "B"],
  ["a piped value as the last one", '{{ .a | join "-" | upper }}', {
    a: ["b", "c"],
  }, "B-C"],
  ["parentheses", '{{ upper (join "-" .a) }}{{ (index . "a").length }}', {
    a: ["b"],
  }, "B1"],
  [
    "eq",
    '{{ eq .a "x" "b" }}{{ eq .a "c" }}{{ ne .a "b" }}',
    { a: "b" },
    "truefalsefalse",
  ],
  [
    "order",
    "{{ lt 1 2 }}{{ le 2 2 }}{{ gt 1 2 }}{{ ge 1 2 }}",
    0,
    "truetruefalsefalse",
  ],
  ["order of texts", '{{ lt "a" "b" }}', 0, "true"],
  ["equal dates", "{{ eq .a .b }}", { a: new Date(5), b: new Date(5) }, "true"],
  ["len", '{{ len .a }}{{ len "ab" }}{{ len nil }}', { a: [1] }, "120"],
  ["index", '{{ index .a 1 }}{{ index .m "k" 0 }}[{{ index .a 9 }}]', {
    a: [1, 2],
    m: { k: [3] },
  }, "23[]"],
  ["Html as it is", '{{ raw "<b>" }}', 0, "<b>"],
  [
    "Html as text in an attribute",
    `<p title="{{ raw "<b>" }}">`,
    0,
    '<p title="&lt;b&gt;">',
  ],
  ["a define", '{{ template "x" .a }}{{ define "x" }}[{{ . }}]{{ end }}', {
    a: 1,
  }, "[1]"],
  [
    "the dot by default",
    '{{ template "x" }}{{ define "x" }}{{ .a }}{{ end }}',
    { a: 1 },
    "1",
  ],
  ["a block", '{{ block "x" .a }}[{{ . }}]{{ end }}', { a: 1 }, "[1]"],
  [
    "dict",
    '{{ template "x" dict "n" .a "m" 2 }}{{ define "x" }}{{ .n }}{{ .m }}{{ end }}',
    { a: 1 },
    "12",
  ],
  [
    "recursion",
    '{{ template "t" . }}{{ define "t" }}<li>{{ .n }}{{ range .c }}{{ template "t" . }}{{ end }}</li>{{ end }}',
    { n: 1, c: [{ n: 2, c: [] }] },
    "<li>1<li>2</li></li>",
  ],
  ["an attribute by a branch", "<input {{ if .on }}checked{{ end }}>", {
    on: 1,
  }, "<input checked>"],
  [
    "attributes by branches",
    '<a {{ if .x }}href="{{ .x }}"{{ else }}id="b"{{ end }}>',
    { x: "y" },
    '<a href="y">',
  ],
  ["quotes that were left out", "<a id=a{{ .x }} href={{ .x }}>b</a>", {
    x: '"',
  }, '<a id="a&quot;" href="%22">b</a>'],
  ["quotes in a value without", '<a id=a"b>', {}, '<a id="a&quot;b">'],
  [
    "a static script URL",
    '<a href="javascript:void(0)">',
    {},
    '<a href="javascript:void(0)">',
  ],
  [
    "a comment of HTML",
    "<!-- a > b --><p>{{ .x }}",
    { x: "<" },
    "<!-- a > b --><p>&lt;",
  ],
  ["a doctype", "<!doctype html>{{ .x }}", { x: "<" }, "<!doctype html>&lt;"],
  ["a lone less-than", "a < {{ .x }}", { x: "<" }, "a < &lt;"],
];

for (const [name, text, data, want] of CASES) {
  Deno.test(`render() knows ${name}`, () => {
    assertEquals(render(text, data), want);
  });
}

const PARSE_ERRORS: readonly [text: string, problem: string, place: string][] =
  [
    ["a\n {{ .x", '"{{" has no "}}"', "2:7"],
    ["{{ }}", "a value is missing", "1:3"],
    ["{{ if .x }}a", '"if" has no "{{ end }}"', "1:1"],
    ["{{ range .x }}a{{ else }}b", '"range" has no "{{ end }}"', "1:1"],
    ['{{ define "a" }}', '"a" has no "{{ end }}"', "1:1"],
    ["a{{ end }}", '"{{ end }}" has nothing to end', "1:2"],
    ["a{{ else }}", '"{{ else }}" has nothing to else', "1:2"],
    [
      "{{ if 1 }}{{ else }}{{ else }}{{ end }}",
      'a second "{{ else }}"',
      "1:21",
    ],
    [
      "{{ uper .x }}",
      'no function is named "uper" (did you mean "upper"?); a field is written ".uper"',
      "1:4",
    ],
    [
      "{{ name }}",
      'no function is named "name"; a field is written ".name"',
      "1:4",
    ],
    ["{{ $x }}", '"$x" is not declared', "1:4"],
    [
      "{{ if 1 }}{{ $xy := 1 }}{{ end }}{{ $xy }}",
      '"$xy" is not declared',
      "1:37",
    ],
    ["{{ .a .b }}", "only a function takes arguments", "1:4"],
    ["{{ .a | .b }}", 'a function must follow "|"', "1:9"],
    ["{{ .a | (now) }}", 'a function must follow "|"', "1:9"],
    ["{{ (now }}", '")" is missing', "1:8"],
    ['{{ "a }}', "a string has no end", "1:4"],
    ['{{ "\\x" }}', '"\\x" is not an escape', "1:5"],
    ["{{ `a }}", "a string has no end", "1:4"],
    ["{{ 1x }}", '"1x" is not a number', "1:4"],
    ["{{ ; }}", '";" is not understood', "1:4"],
    ["{{/* a", '"/*" has no "*/"', "1:3"],
    ["{{/* a */ b }}", '"}}" must follow "*/"', "1:10"],
    ["{{ template }}", '"template" needs a quoted name', "1:13"],
    ['{{ template "b" }}', 'no template is named "b"', "1:1"],
    [
      '{{ template "y.html" }}',
      'no template is named "y.html" (did you mean "x.html"?)',
      "1:1",
    ],
    ['{{ define "a" }}{{ end }}', 'nothing calls "a"', "1:1"],
    [
      '{{ if 1 }}{{ define "a" }}{{ end }}{{ end }}',
      '"define" must not stand in a block',
      "1:11",
    ],
    [
      '{{ block "a" . }}{{ end }}{{ define "a" }}{{ end }}',
      '"a" is defined twice',
      "1:27",
    ],
    ['a{{ extends "b" }}', '"extends" must come first in the file', "1:2"],
    ['{{ extends "b" }}', 'no layout is named "b"', "1:1"],
    ['{{ extends "x.html" }}', "layouts extend each other", "1:1"],
    [
      '{{ extends "x.html" }}\n b',
      'a page that extends a layout holds nothing outside of "define"',
      "2:2",
    ],
    ["{{ .__proto__ }}", '".__proto__" is forbidden', "1:4"],
    ["{{ .a.constructor }}", '".constructor" is forbidden', "1:6"],
    ["{{ not .a .b }}", '"not" needs one value', "1:4"],
    [
      "<{{ .x }}",
      'a value must not follow "<": write "&lt;" for the character',
      "1:2",
    ],
    ["<a{{ .x }}>", "a value must not name a tag", "1:3"],
    ["</{{ .x }}>", "a value must not name a tag", "1:3"],
    ["<a {{ .x }}>", "a value must not name an attribute", "1:4"],
    ["<a on{{ .x }}=b>", "a value must not name an attribute", "1:6"],
    [
      "<!-- {{ .x }} -->",
      "a value must not stand in a comment: use {{/* */}}",
      "1:6",
    ],
    [
      "<!a {{ .x }}>",
      "a value must not stand in a comment: use {{/* */}}",
      "1:5",
    ],
    ["<p", "it ends inside a tag", "1:3"],
    ['<p a="b', 'it ends inside the attribute "a"', "1:8"],
    ["<script>a", "it ends inside <script>", "1:10"],
    ["<!-- a", "it ends inside a comment", "1:7"],
    [
      "{{ if .a }}<b{{ end }}",
      'the branches of "if" end inside a tag and inside text',
      "1:1",
    ],
    [
      '<a href="{{ if .a }}"{{ end }}',
      'the branches of "if" end inside a tag and inside the attribute "href"',
      "1:10",
    ],
    [
      "<{{ if .a }}b{{ else }}i{{ end }}>",
      'the branches of "if" end differently inside a tag',
      "1:2",
    ],
    [
      "{{ range . }}<b {{ end }}",
      'the branches of "range" end inside text and inside a tag',
      "1:1",
    ],
    [
      "<a {{ if .a }}on{{ end }}click=b>",
      "branches decide the name of this attribute",
      "1:26",
    ],
    [
      '<a {{ if .a }}a{{ else }}b{{ end }}="c">',
      "branches decide the name of this attribute",
      "1:36",
    ],
    [
      '<a href="javascript:{{ .x }}">',
      "a value must not follow a scheme that runs code",
      "1:21",
    ],
    [
      '<a href=" java&#115;cript&colon;{{ .x }}">',
      "a value must not follow a scheme that runs code",
      "1:33",
    ],
    [
      '<a href="{{ .a }}:{{ .b }}">',
      "the scheme of a URL must not come from a value",
      "1:18",
    ],
    [
      '<a href="/{{ if .a }}?{{ end }}{{ .x }}">',
      "branches before this value end in different parts of the URL",
      "1:32",
    ],
    [
      '<script src="{{ .a }}{{ .b }}"></script>',
      "a URL that code is loaded from takes one value before its path",
      "1:22",
    ],
    [
      "<script>/a{{ .x }}/</script>",
      "a value must not stand in a regular expression: use new RegExp()",
      "1:11",
    ],
    [
      "<script>// {{ .x }}\n</script>",
      "a value must not stand in a comment",
      "1:12",
    ],
    [
      "<script>/* {{ .x }} */</script>",
      "a value must not stand in a comment",
      "1:12",
    ],
    [
      '<script>"\\{{ .x }}"</script>',
      "a value must not follow a backslash",
      "1:11",
    ],
    [
      '<script>"a\n"</script>',
      "a string of JavaScript must end on its line",
      "1:11",
    ],
    [
      "<script>{{ if .a }}x{{ else }}={{ end }}/2</script>",
      "branches before this slash make it unclear",
      "1:42",
    ],
    [
      "<script><!-- a</script>",
      '"<!--" changes how a script ends: leave it out',
      "1:12",
    ],
    ["<script/>", 'write "</script>" in place of "/>"', "1:9"],
    [
      '<script type="{{ .x }}"></script>',
      "a value must not decide what a script is",
      "1:15",
    ],
    [
      '<script type="text/x-tmpl">{{ .x }}</script>',
      "a value must not stand in <script> of this type: it cannot be escaped there",
      "1:28",
    ],
    ["<script>'</scr{{ .x }}'</script>", 'a value must not follow "<"', "1:15"],
    ["<title>a <{{ .x }}</title>", 'a value must not follow "<"', "1:11"],
    [
      "<title><a href='{{ .x }}'></title>",
      '<title> holds text: write "&lt;"',
      "1:9",
    ],
    [
      "<xmp>{{ .x }}</xmp>",
      "a value must not stand in <xmp> of this type: it cannot be escaped there",
      "1:6",
    ],
    [
      '<p onclick="a&am{{ .x }}">',
      'a value must not follow "&": put a space between',
      "1:17",
    ],
    [
      "<style>/* {{ .x }} */</style>",
      "a value must not stand in a comment",
      "1:11",
    ],
    [
      '<style>@import "{{ .x }}";</style>',
      'a value must not stand in "@import"',
      "1:17",
    ],
    [
      "<style>p { a: {{ .x }}(1) }</style>",
      "the name of a function must not be a value",
      "1:23",
    ],
    [
      '<meta http-equiv="refresh" content="0;{{ .x }}">',
      'a value must not stand in "content" beside "http-equiv": send a header',
      "1:39",
    ],
    [
      '<meta content="{{ .x }}" http-equiv="refresh">',
      'a value must not stand in "content" beside "http-equiv": send a header',
      "1:36",
    ],
    [
      '<meta http-equiv="{{ .x }}">',
      'a value must not stand in "http-equiv"',
      "1:19",
    ],
    ["{{ if 1 }}".repeat(101), "it nests deeper than 100 levels", "1:1001"],
    [`{{ ${"(".repeat(102)}`, "it nests deeper than 100 levels", "1:104"],
    [
      `<p ${"a".repeat(101)}>`,
      "a name in a tag is longer than 100 characters",
      "1:104",
    ],
  ];

for (const [text, problem, place] of PARSE_ERRORS) {
  Deno.test(`new Templates() refuses ${JSON.stringify(text.slice(0, 60))}`, () => {
    const error = assertThrows(() => render(text), TemplateError);
    assertEquals(
      error.message,
      `Cannot parse template "x.html": ${problem} at x.html:${place}`,
    );
    assertEquals(error.name, "TemplateError");
  });
}

const RENDER_ERRORS: readonly [
  text: string,
  data: unknown,
  problem: string,
  place: string,
][] = [
  [
    "a\n{{ .nmae }}",
    { name: 1 },
    'the data has no ".nmae" (did you mean ".name"?)',
    "2:4",
  ],
  ["{{ .a.c }}", { a: { b: 1 } }, 'the data has no ".c"', "1:6"],
  [
    "{{ .nme }}",
    new Person(),
    'the data has no ".nme" (did you mean ".name"?)',
    "1:4",
  ],
  ["{{ .greet }}", new Person(), 'the data has no ".greet"', "1:4"],
  ["{{ .toString }}", {}, 'the data has no ".toString"', "1:4"],
  [
    "{{ .hasOwnProperty }}",
    new Map(),
    'the data has no ".hasOwnProperty"',
    "1:4",
  ],
  ["{{ .a.length }}", { a: "b" }, 'a string has no field ".length"', "1:6"],
  ["{{ .a }}", { a: [1] }, "a list has no text: use range", "1:1"],
  [
    "{{ .a }}",
    { a: {} },
    "an object has no text: name one of its fields",
    "1:1",
  ],
  [
    "{{ .a }}",
    { a: { toString: 1 } },
    "an object has no text: name one of its fields",
    "1:1",
  ],
  [
    "{{ .a }}",
    { a: Object.create(null) },
    "an object has no text: name one of its fields",
    "1:1",
  ],
  ["{{ .a }}", { a: () => 1 }, "a function has no text", "1:1"],
  [
    "{{ .a }}",
    { a: Promise.resolve() },
    "a promise has no text yet: await it before",
    "1:1",
  ],
  [
    "{{ if .a }}{{ end }}",
    { a: Promise.resolve() },
    "a promise cannot be tested: await it before",
    "1:1",
  ],
  [
    "<script>{{ .a }}</script>",
    { a: Promise.resolve() },
    "a promise cannot be put into a script: await it before",
    "1:9",
  ],
  ["{{ range .a }}{{ end }}", { a: 3 }, "a number is not a list", "1:1"],
  ["{{ range .b }}{{ end }}", {}, 'the data has no ".b"', "1:10"],
  [
    "{{ upper .a }}",
    { a: 1 },
    'function "upper" failed: text.toUpperCase is not a function',
    "1:4",
  ],
  [
    "{{ lt 1 .a }}",
    { a: "b" },
    'function "lt" failed: number and string cannot be compared',
    "1:4",
  ],
  ["{{ len 1 }}", {}, 'function "len" failed: a number has no length', "1:4"],
  [
    '{{ index .a "b" }}',
    { a: [] },
    'function "index" failed: a list has integers as index',
    "1:4",
  ],
  [
    '{{ template "t" . }}{{ define "t" }}{{ template "t" . }}{{ end }}',
    {},
    "templates call each other 100 deep",
    "1:37",
  ],
];

for (const [text, data, problem, place] of RENDER_ERRORS) {
  Deno.test(`render() refuses ${JSON.stringify(text)}: ${problem}`, () => {
    const error = assertThrows(() => render(text, data), TemplateError);
    assertEquals(
      error.message,
      `Cannot render template "x.html": ${problem} at x.html:${place}`,
    );
  });
}

Deno.test("render() names the page and the file of the mistake", () => {
  const templates = new Templates({
    "page.html": '{{ template "part.html" . }}',
    "part.html": "\n {{ .x }}",
  });
  const error = assertThrows(
    () => templates.render("page.html", {}),
    TemplateError,
  );
  assertEquals(
    error.message,
    'Cannot render template "page.html": the data has no ".x" at part.html:2:5',
  );
  assertEquals([error.file, error.line, error.column], ["part.html", 2, 5]);
});

Deno.test("render() keeps the error of a function or getter as its cause", () => {
  const cause = new Error("down");
  const data = {
    get x(): never {
      throw cause;
    },
  };
  const error = assertThrows(() => render("{{ .x }}", data), TemplateError);
  assertStrictEquals(error.cause, cause);
  const fail = () => {
    throw cause;
  };
  const templates = new Templates({ x: "{{ fail }}" }, { functions: { fail } });
  const second = assertThrows(() => templates.render("x"), TemplateError);
  assertStrictEquals(second.cause, cause);
});

Deno.test("render() refuses a name that no template has", () => {
  const templates = new Templates({ "students.html": "" });
  assertThrows(
    () => templates.render("student.html"),
    RangeError,
    'Cannot render template "student.html": there is none of this name (did you mean "students.html"?)',
  );
});

Deno.test("render() leaves nothing behind when it fails", () => {
  const templates = new Templates({
    "x": "{{ range . }}{{ with . }}{{ .a }}{{ end }}{{ end }}",
  });
  assertThrows(
    () => templates.render("x", [{ a: 1 }, { b: 1 }]),
    TemplateError,
  );
  assertEquals(templates.render("x", [{ a: 1 }, { a: 2 }]), "12");
});

Deno.test("new Templates() refuses functions and limits that make no sense", () => {
  const cases: [TemplatesOptions["functions"], string][] = [
    [{ eq: () => 1 }, 'Cannot use template function "eq": it is built in'],
    [{ or: () => 1 }, 'Cannot use template function "or": it is built in'],
    [
      { if: () => 1 },
      'Cannot use template function "if": the name must be a word',
    ],
    [
      { "a-b": () => 1 },
      'Cannot use template function "a-b": the name must be a word',
    ],
  ];
  for (const [functions = {}, message] of cases) {
    assertThrows(() => new Templates({}, { functions }), TypeError, message);
  }
  assertThrows(
    () => new Templates({}, { maxDepth: 0 }),
    RangeError,
    "Cannot use templates: got maxDepth 0, want 1 or more",
  );
});

Deno.test("a page takes its layout and gives its own definitions", () => {
  const templates = new Templates({
    "base.html":
      '<title>{{ block "title" . }}Gee{{ end }}</title>{{ block "body" . }}-{{ end }}',
    "layout.html":
      '{{ extends "base.html" }}{{ define "body" }}<main>{{ block "content" . }}empty{{ end }}</main>{{ end }}',
    "one.html":
      '{{ extends "layout.html" }}{{ define "content" }}1 {{ .x }}{{ template "row" .x }}{{ end }}{{ define "row" }}[{{ . }}]{{ end }}',
    "two.html":
      '{{/* two */}}\n{{ extends "layout.html" }}\n{{ define "title" }}Two {{ .x }}{{ end }}\n{{ define "content" }}2{{ end }}',
  });
  const data = { x: "<" };
  assertEquals(templates.names, [
    "base.html",
    "layout.html",
    "one.html",
    "two.html",
  ]);
  assertEquals(templates.render("base.html", data), "<title>Gee</title>-");
  assertEquals(
    templates.render("layout.html", data),
    "<title>Gee</title><main>empty</main>",
  );
  assertEquals(
    templates.render("one.html", data),
    "<title>Gee</title><main>1 &lt;[&lt;]</main>",
  );
  assertEquals(
    templates.render("two.html", data),
    "<title>Two &lt;</title><main>2</main>",
  );
});

Deno.test("a definition of a page that its layout has no place for is an error", () => {
  assertThrows(
    () =>
      new Templates({
        "layout.html": '{{ block "content" . }}{{ end }}',
        "page.html":
          '{{ extends "layout.html" }}\n{{ define "contnet" }}{{ end }}',
      }),
    TemplateError,
    'Cannot parse template "page.html": nothing calls "contnet" (did you mean "content"?) at page.html:2:1',
  );
});

Deno.test("a template is escaped for the place that calls it", () => {
  const templates = new Templates({
    "value.html": "{{ . }}",
    "page.html":
      '<a href="{{ template "value.html" .url }}">{{ template "value.html" .text }}</a>' +
      '<script>x = {{ template "value.html" .text }} / 2;</script>',
  });
  assertEquals(
    templates.render("page.html", { url: "javascript:1", text: "<" }),
    '<a href="about:invalid">&lt;</a><script>x = "\\u003c" / 2;</script>',
  );
});

Deno.test("a template that calls itself must end where it began", () => {
  assertThrows(
    () =>
      render(
        '{{ template "t" . }}">{{ define "t" }}{{ if .a }}{{ template "t" . }}{{ end }}<p a="{{ end }}',
      ),
    TemplateError,
  );
});

Deno.test("the demo of Gee, day 6, renders as in Go", () => {
  const templates = new Templates({
    "arr.tmpl":
      "<p>hello, {{.title}}</p>\n{{range $index, $ele := .stuArr }}\n<p>{{ $index }}: {{ $ele.Name }} is {{ $ele.Age }} years old</p>\n{{ end }}",
    "custom_func.tmpl":
      "<p>hello, {{.title}}</p>\n<p>Date: {{.now | FormatAsDate}}</p>",
  }, {
    functions: {
      FormatAsDate: (date: Date) =>
        [
          date.getUTCFullYear(),
          String(date.getUTCMonth() + 1).padStart(2, "0"),
          String(date.getUTCDate()).padStart(2, "0"),
        ].join("-"),
    },
  });
  const stuArr = [{ Name: "Geektutu", Age: 20 }, { Name: "Jack", Age: 22 }];
  assertEquals(
    templates.render("arr.tmpl", { title: "gee", stuArr }),
    "<p>hello, gee</p>\n\n<p>0: Geektutu is 20 years old</p>\n\n<p>1: Jack is 22 years old</p>\n",
  );
  const now = new Date(Date.UTC(2019, 7, 17));
  assertEquals(
    templates.render("custom_func.tmpl", { title: "gee", now }),
    "<p>hello, gee</p>\n<p>Date: 2019-08-17</p>",
  );
});

Deno.test("Templates.load() reads a folder and its subfolders", () => {
  const folder = Deno.makeTempDirSync();
  try {
    Deno.mkdirSync(`${folder}/a/b`, { recursive: true });
    Deno.writeTextFileSync(`${folder}/x.html`, '{{ template "a/b/y.tmpl" . }}');
    Deno.writeTextFileSync(`${folder}/a/b/y.tmpl`, "[{{ . }}]");
    Deno.writeTextFileSync(`${folder}/.hidden.html`, "{{");
    Deno.writeTextFileSync(`${folder}/note.txt`, "{{");
    const templates = Templates.load(folder);
    assertEquals(templates.names, ["a/b/y.tmpl", "x.html"]);
    assertEquals(templates.render("x.html", 1), "[1]");
    const url = new URL(`file://${folder}`);
    assertEquals(Templates.load(url, { extensions: [".tmpl"] }).names, [
      "a/b/y.tmpl",
    ]);
    Deno.writeTextFileSync(`${folder}/x.html`, "changed");
    assertEquals(templates.render("x.html", 1), "[1]");
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});

Deno.test("Templates.load() refuses a folder without templates, or none", () => {
  const folder = Deno.makeTempDirSync();
  try {
    const message =
      `Cannot load templates: "${folder}" has no file that ends in ".html" or ".tmpl"`;
    assertThrows(() => Templates.load(folder), Error, message);
    const missing = assertThrows(
      () => Templates.load(`${folder}/none`),
      Error,
      `Cannot load templates: "${folder}/none" cannot be read`,
    );
    assertInstanceOf(missing.cause, Deno.errors.NotFound);
    Deno.writeTextFileSync(`${folder}/x.html`, "a\n{{ if }}");
    const error = assertThrows(() => Templates.load(folder), TemplateError);
    assertMatch(error.message, /x\.html:2:/);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});

Deno.test("render() sees changed files with reload", () => {
  const folder = Deno.makeTempDirSync();
  try {
    Deno.writeTextFileSync(`${folder}/x.html`, "one");
    const templates = Templates.load(folder, { reload: true });
    assertEquals(templates.render("x.html"), "one");
    Deno.writeTextFileSync(`${folder}/x.html`, "second");
    assertEquals(templates.render("x.html"), "second");
    Deno.writeTextFileSync(`${folder}/x.html`, "{{");
    assertThrows(() => templates.render("x.html"), TemplateError);
    assertThrows(() => templates.render("x.html"), TemplateError);
    Deno.writeTextFileSync(`${folder}/x.html`, "third!");
    Deno.writeTextFileSync(`${folder}/y.html`, "new");
    assertEquals(templates.render("x.html"), "third!");
    assertEquals(templates.render("y.html"), "new");
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});

Deno.test("a hostile template of 1 MB is compiled or refused", () => {
  const pieces = [
    "{{ ",
    "{{/*",
    "{{ if 1 }}",
    "{{ (",
    '{{ "',
    "{{ .a",
    "{{ .a | ",
    "<",
    "<a ",
    "<a a",
    "<a a=",
    '<a href="',
    "<script>`${",
    "<script>/",
    "<style>url(",
    "<!--",
    "{{/**/}} ",
    "{{- 1 -}}",
    " \n\t",
    "&",
    "</",
    "<title>",
    "{{ $x := 1 }}",
    '<p title="{{ 1 }}',
    "<script>{{ 1 }}",
    '{{ block "a" . }}',
    "{{ and 1 ",
    "{{ if 1 }}{{ else }}{{ end }}",
    "<p {{ if 1 }}a{{ end }} ",
    "{{ range . }}<a ",
  ];
  for (const piece of pieces) {
    const text = piece.repeat((1 << 20) / piece.length);
    try {
      new Templates({ "x.html": text }).render("x.html", []);
    } catch (error) {
      assertInstanceOf(error, TemplateError);
    }
  }
});
