// Copyright 2026 the Gee authors. MIT license.
import { assertEquals } from "@std/assert";
import { rawHtml } from "./html_value.ts";
import { Templates } from "./templates.ts";
import { Person } from "./testdata/person.ts";

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
