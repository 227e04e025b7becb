// Copyright 2026 the Gee authors. MIT license.
import {
  assertEquals,
  assertInstanceOf,
  assertMatch,
  assertThrows,
} from "@std/assert";
import { TemplateError } from "./template_error.ts";
import { Templates } from "./templates.ts";

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
