// Copyright 2026 the Gee authors. MIT license.
// For each parser of what strangers send: texts of any size that are hard for
// parsers of its kind, such as those that look again at every byte.
import { AddressList, parseAddress } from "../address_list.ts";
import { contentDisposition } from "../content_disposition.ts";
import { formatCookie, parseCookies } from "../cookies.ts";
import { errorResponse } from "../error_response.ts";
import { clientAddress } from "../forwarded.ts";
import { Engine, HttpError } from "../mod.ts";
import { parseJson } from "../json.ts";
import { canonicalPath, isHost, normalPath } from "../path.ts";
import { locationOf } from "../redirect.ts";
import { Router } from "../router.ts";
import { encodeEvent } from "../sse.ts";
import { acceptedCodings } from "../static/content_coding.ts";
import { parseHttpDate } from "../static/http_date.ts";
import { mediaType } from "../static/media_type.ts";
import { allowsRanges, failedPrecondition } from "../static/precondition.ts";
import { parseRanges } from "../static/range.ts";
import { Templates } from "../template/templates.ts";

/** Work on a text; what it throws is an answer like any other. */
type Parser = (text: string) => unknown;

/** A parser and the pieces that, repeated, are hard for it. */
export interface HardInput {
  readonly name: string;
  /** What stands before and after the repeated piece. */
  readonly around: readonly [before: string, after: string];
  readonly piece: string;
  readonly parse: Parser;
}

const router = new Router<null>();
for (const first of ["a", ":p", ":n{int}", ":w{alpha}", ":c{a|b}"]) {
  for (const second of ["a", ":q", ":m{int}", "*r"]) {
    router.add("GET", `/${first}/${second}`, null);
    if (second !== "*r") router.add("GET", `/${first}/${second}/a`, null);
  }
}
const trusted = new AddressList(["10.0.0.0/8"]);
const validators = { etag: '"x"', lastModified: "x", isStrong: true };

const app = new Engine({ bodyLimit: Infinity });
app.post("/", async (c) => c.json([...await c.body.form()].length));

function form(type: string): Parser {
  const headers = { "content-type": type };
  return async (body) => {
    const init = { method: "POST", headers, body };
    await (await app.request("/", init)).text();
  };
}

function header(name: string, value: string): Request {
  return new Request("http://localhost/", { headers: { [name]: value } });
}

function conditions(name: string): Parser {
  return (text) => {
    const request = {
      header: (asked: string) => asked === name ? text : undefined,
    };
    failedPrecondition(request, validators);
    allowsRanges(request, validators);
  };
}

const refused = new HttpError(400);
const multipart = form("multipart/form-data; boundary=b");
const PART = '--b\r\ncontent-disposition: form-data; name="';

type Row = readonly [
  name: string,
  parse: Parser,
  pieces: readonly string[],
  around?: readonly [before: string, after: string],
];

const ROWS: readonly Row[] = [
  ["path", (text) => router.match("GET", text), [
    "/a",
    "/",
    "/%61",
    "/7",
    "/a%2F",
    "//a",
    "%41",
  ]],
  ["one segment", (text) => router.match("GET", text), ["a", "7", "%41"], [
    "/a/",
    "/x",
  ]],
  ["allowed methods", (text) => router.allowed(text), ["/a", "/"]],
  ["canonical path", canonicalPath, ["/%2F", "%C3%A9", "/", "%", "%2"]],
  ["normal path", normalPath, ["/%2F", "%C3%A9", "\u00e9", "%41/", "%"]],
  ["host", isHost, ["a.", "a", "[", "1:", "%", ":1"], ["a", "\\"]],
  ["cookies", parseCookies, [
    ";",
    "a=",
    "a;",
    '"',
    " ",
    "%",
    "%41",
    "a=b; ",
    'a="',
  ], ["a=", ""]],
  ["cookie to set", (text) => formatCookie("a", "b", { domain: text }), [
    "a",
    "a.",
    "-",
    ".a",
  ], ["a", "!"]],
  ["accept", (text) => errorResponse(refused, header("accept", text)), [
    "application/",
    "application/json",
    "json",
    "application/problem+",
    "*/*, ",
  ]],
  ["range", (text) => parseRanges(text, 1000), [
    "0-,",
    "-",
    "1",
    " ",
    ",",
    "1-2,",
  ], ["bytes=", "x"]],
  ["if-none-match", conditions("if-none-match"), [
    '"a",',
    "W/",
    '"',
    ",",
    " ",
    '\\"',
    'W/"',
  ]],
  ["if-match", conditions("if-match"), ['"a",', '"', " ", ", "]],
  ["if-range", conditions("if-range"), ['"a"', "W/"]],
  ["date", parseHttpDate, ["1", " ", "Mon, ", "a"], ["Mon, ", " GMT"]],
  ["accept-encoding", acceptedCodings, [
    "gzip,",
    "gzip;q=0.",
    ";",
    ",",
    " ",
    ";q=1",
    "0",
  ], ["gzip;q=", ""]],
  ["media type", mediaType, [".", "a", ".html"]],
  [
    "x-forwarded-for",
    (text) => clientAddress("10.0.0.1", text, trusted),
    ["10.0.0.1,", ",", "[", "1.", "1:", "::", " ", "10.0.0.1:1,"],
  ],
  ["address", parseAddress, ["1.", ":", "1:", "::", "f", "%", "1"]],
  ["redirect", (text) => locationOf(text, { external: true }), [
    "\u00e9",
    " ",
    "a",
    "%",
    "../",
    "@",
  ], ["/", ""]],
  ["redirect elsewhere", (text) => locationOf(text, { external: true }), [
    "a",
    "@",
    "/",
    ":",
  ], ["https://", ""]],
  ["file name", (text) => contentDisposition("attachment", text), [
    "a",
    '"',
    "\\",
    "\u00e9",
    ".",
    " ",
    "%",
  ]],
  ["event", (text) => encodeEvent({ data: text }), ["\r\n", "\r", "a", " "]],
  ["JSON", parseJson, [
    "[",
    '{"a":',
    '"\\',
    "[],",
    '"\\u0061",',
    '{"__proto":1},',
    "1",
    " ",
  ], ["[", ""]],
  ["form", form("application/x-www-form-urlencoded"), [
    "a=b&",
    "&",
    "%",
    "+",
    "=",
    "%C3",
  ]],
  ["parts", multipart, [
    `${PART}a"\r\n\r\nx\r\n`,
    "--b\r\n",
    "\r\n",
    "--b",
    "\r\n--",
  ], ["", "--b--\r\n"]],
  ["name of a part", multipart, ['\\"', "a", '"', ";", '"; name="', "%22"], [
    PART,
    '"\r\n\r\nx\r\n--b--\r\n',
  ]],
  ["headers of a part", multipart, ["a: b\r\n", "a", ": ", ";"], [
    `${PART}a"\r\n`,
    "\r\n\r\nx\r\n--b--\r\n",
  ]],
  ["form type", (text) => form(text)("a=b"), [";", " ", "a", ' ;a="'], [
    "multipart/form-data; boundary=",
    "",
  ]],
  ["template", (text) => new Templates({ a: text }), [
    "{{",
    "{{ .a }}",
    "{{ if .a }}",
    "<a ",
    "<",
    "<!--",
    "<script>",
    "{{ (",
    '<a b="',
    "\\",
  ]],
  ["template data", (text) => escapes.render("a", { text }), [
    "<",
    "&",
    "'",
    "\\",
    "</script>",
    "\u2028",
    "javascript:",
    "%",
    "/*",
  ]],
];
const escapes = new Templates({
  a: `<p title="{{ .text }}">{{ .text }}</p><a href="{{ .text }}">x</a>` +
    `<script>const text = {{ .text }};</script>`,
});

/** All of them. */
export const HARD_INPUTS: readonly HardInput[] = ROWS.flatMap((
  [name, parse, pieces, around = ["", ""]],
) => pieces.map((piece) => ({ name, around, piece, parse })));

/** Makes a text of a size. */
export function textOf({ around, piece }: HardInput, size: number): string {
  return around[0] + piece.repeat(Math.ceil(size / piece.length)) + around[1];
}

/**
 * Lets a parser work on a text of a size; a throw is an answer too. Gives the
 * length of the text.
 */
export async function work(input: HardInput, size: number): Promise<number> {
  const text = textOf(input, size);
  try {
    await input.parse(text);
  } catch (error) {
    // A stack that overflows would be a depth that nobody limits.
    if (error instanceof RangeError && /stack/.test(error.message)) throw error;
  }
  return text.length;
}
