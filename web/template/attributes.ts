// Copyright 2026 the Gee authors. MIT license.
import { type Content, PlainContent } from "./content.ts";
import { escapeText, filterImageSet, textOf } from "./escape.ts";
import { ScriptContent } from "./script_content.ts";
import { StyleContent } from "./style_content.ts";
import { UrlContent } from "./url_content.ts";

/** Attributes that hold one URL, on whatever element. */
const URLS = new Set(
  "action archive background cite classid codebase data formaction href icon longdesc manifest poster profile src usemap xmlns ping lowsrc dynsrc"
    .split(" "),
);

/** Where a URL is code: it runs with the rights of the page. */
const CODE_URLS = new Set([
  "script src",
  "script href",
  "embed src",
  "object data",
  "object codebase",
  "applet code",
  "applet archive",
  "applet codebase",
  "base href",
]);

/** SVG animations write these values into any attribute, `href` too. */
const ANIMATIONS = new Set([
  "animate",
  "set",
  "animatemotion",
  "animatetransform",
]);
const ANIMATED = new Set(["to", "from", "by", "values"]);

/** What Alpine, Vue, htmx and Angular run as JavaScript. */
const EXPRESSIONS = /^(?:[@:]|x-|v-|ng-|hx-on)/;
/** Attributes that scripts commonly copy into a URL, such as `data-src`. */
const COPIED_URL = /-(?:href|src|ur[il])(?:-|$)/;

const PLAIN = new PlainContent("attribute", textOf);
const IMAGES = new PlainContent("images", filterImageSet);
// Its text is parsed as a document once more, so it is escaped once more.
const DOCUMENT = new PlainContent("document", escapeText);

/** The language of an attribute; both names are in lower case. */
export function contentOfAttribute(element: string, name: string): Content {
  const local = name.slice(name.lastIndexOf(":") + 1);
  if (CODE_URLS.has(`${element} ${local}`)) {
    return new UrlContent({ isCode: true });
  }
  if (local.startsWith("on") || EXPRESSIONS.test(name)) {
    return new ScriptContent();
  }
  if (local === "style") return new StyleContent();
  if (local === "srcset" || local === "imagesrcset") return IMAGES;
  if (local === "srcdoc") return DOCUMENT;
  if (ANIMATIONS.has(element) && ANIMATED.has(local)) {
    // One letter in front: no value makes a scheme of it.
    const content = new UrlContent();
    content.read("x");
    return content;
  }
  const isUrl = URLS.has(local) || name.startsWith("xmlns:") ||
    name.startsWith("data-") && COPIED_URL.test(name);
  return isUrl ? new UrlContent() : PLAIN;
}

/** What ASCII characters are called in HTML; other entities are no syntax. */
const ENTITIES: Readonly<Record<string, string>> = {
  amp: "&",
  apos: "'",
  ast: "*",
  bsol: "\\",
  colon: ":",
  comma: ",",
  commat: "@",
  dollar: "$",
  equals: "=",
  excl: "!",
  grave: "`",
  gt: ">",
  hat: "^",
  lbrace: "{",
  lbrack: "[",
  lcub: "{",
  lowbar: "_",
  lpar: "(",
  lsqb: "[",
  lt: "<",
  midast: "*",
  newline: "\n",
  num: "#",
  percnt: "%",
  period: ".",
  plus: "+",
  quest: "?",
  quot: '"',
  rbrace: "}",
  rbrack: "]",
  rcub: "}",
  rpar: ")",
  rsqb: "]",
  semi: ";",
  sol: "/",
  tab: "\t",
  verbar: "|",
  vert: "|",
};

/** The text of an entity such as `&#39;`, as far as syntax is concerned. */
export function decodeEntity(entity: string): string {
  const number = /^&#(?:x([0-9a-f]{1,6})|(\d{1,7}));?$/i.exec(entity);
  if (number !== null) {
    const code = number[1] === undefined
      ? Number(number[2])
      : parseInt(number[1], 16);
    return code > 0x10ffff ? "\ufffd" : String.fromCodePoint(code);
  }
  const name = entity.slice(1).replace(";", "").toLowerCase();
  const isKnown = entity.endsWith(";") || /^(?:amp|lt|gt|quot)$/.test(name);
  if (!isKnown) return entity;
  return Object.hasOwn(ENTITIES, name) ? ENTITIES[name] ?? "" : "\ufffd";
}
