// Copyright 2026 the Gee authors. MIT license.
import { assertEquals, assertThrows } from "@std/assert";
import { TemplateError } from "./template_error.ts";
import { Templates } from "./templates.ts";

const functions = { upper: (text: string) => text, now: () => "now" };

const PARSE_ERRORS: readonly [text: string, problem: string, place: string][] =
  [
    ["a\n {{ .x", '"{{" has no "}}"', "2:7"],
    ["{{ }}", "a value is missing", "1:4"],
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
    ["{{ (now }}", '")" is missing', "1:9"],
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
      "the scheme of a URL must not come from a value or a branch",
      "1:18",
    ],
    [
      '<a href="/{{ if .a }}?{{ end }}{{ .x }}">',
      "branches before this value end in different parts of the URL",
      "1:32",
    ],
    // Where the first branch is not taken, "//" begins a host.
    [
      '<script src="/{{ if .a }}v{{ end }}/{{ .b }}"></script>',
      "branches before this value end in different parts of the URL",
      "1:37",
    ],
    [
      '<script src="{{ if .a }}/{{ else }}b{{ end }}/x{{ .b }}"></script>',
      "branches before this value end in different parts of the URL",
      "1:48",
    ],
    [
      '<a href="{{ if .a }}https:{{ end }}/{{ .b }}">',
      "branches before this value end in different parts of the URL",
      "1:37",
    ],
    [
      '<a href="{{ range .a }}/{{ end }}/{{ .b }}">',
      "branches before this value end in different parts of the URL",
      "1:35",
    ],
    [
      '<script src="{{ .a }}{{ .b }}"></script>',
      "a URL that code is loaded from takes one value before its path",
      "1:22",
    ],
    [
      '<script src="https://a.test{{ .x }}"></script>',
      "a value must not name the host of code",
      "1:28",
    ],
    [
      '<script src="//{{ .x }}"></script>',
      "a value must not name the host of code",
      "1:16",
    ],
    [
      '<a href="{{ if .a }}javascript:{{ end }}?{{ .x }}">',
      "a value must not follow a scheme that runs code",
      "1:42",
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
    const error = assertThrows(
      () => new Templates({ "x.html": text }, { functions }),
      TemplateError,
    );
    assertEquals(
      error.message,
      `Cannot parse template "x.html": ${problem} at x.html:${place}`,
    );
    assertEquals(error.name, "TemplateError");
  });
}
