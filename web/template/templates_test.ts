// Copyright 2026 the Gee authors. MIT license.
import {
  assertEquals,
  assertInstanceOf,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { TemplateError } from "./template_error.ts";
import { Templates, type TemplatesOptions } from "./templates.ts";

function render(text: string, data?: unknown): string {
  return new Templates({ "x.html": text }).render("x.html", data);
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

Deno.test("render() without data knows no field", () => {
  assertEquals(render("a{{ if .x }}b{{ end }}"), "a");
  assertThrows(() => render("{{ .x }}"), TemplateError, 'the data has no ".x"');
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
