// Copyright 2026 the Gee authors. MIT license.
// Templates with a layout and own functions, and static files: the last demo of
// the original, day 6.
//
//   deno run --allow-net=127.0.0.1 --allow-read=examples/web_templates examples/web_templates.ts
//
// Then open http://127.0.0.1:8000/students
import { Engine } from "../web/mod.ts";

const folder = new URL("web_templates/", import.meta.url);
const app = Engine.default().templates(folder, {
  functions: {
    formatAsDate: (date: Date) => date.toISOString().slice(0, 10),
    upper: (text: string) => text.toUpperCase(),
  },
});
app.static("/assets", new URL("static/", folder));

const students = [
  { name: "Geektutu", age: 20 },
  { name: "<b>Jack</b>", age: 22 }, // comes out as text
];

app.get("/", (c) => c.redirect("/students"));
app.get(
  "/students",
  (c) => c.html("students.html", { title: "gee", students }),
);
app.get("/date", (c) => {
  const now = new Date("2019-08-17T00:00:00Z");
  return c.html("date.html", { title: "gee", now });
});

const server = app.run({
  port: Number(Deno.args[0] ?? 8000),
  closeOn: ["SIGINT", "SIGTERM"],
});
console.log(`${server.url}/students`);
