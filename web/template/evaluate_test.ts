// Copyright 2026 the Gee authors. MIT license.
import { assertEquals, assertThrows } from "@std/assert";
import { TemplateError } from "./template_error.ts";
import { Templates } from "./templates.ts";
import { Person } from "./testdata/person.ts";

const functions = { upper: (text: string) => text.toUpperCase() };

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
    const error = assertThrows(
      () =>
        new Templates({ "x.html": text }, { functions }).render("x.html", data),
      TemplateError,
    );
    assertEquals(
      error.message,
      `Cannot render template "x.html": ${problem} at x.html:${place}`,
    );
  });
}
