// Copyright 2026 the Gee authors. MIT license.
// Sends hostile names where nobody can add to a prototype: what tries throws.
import { Engine } from "../mod.ts";
import { pollute } from "./pollution.ts";

// By then everything is loaded; what comes later is what requests cause.
for (
  const { prototype } of [Object, Array, Function, Map, Set, Promise, String]
) Object.freeze(prototype);

const failed = (await pollute()).filter(([, status]) => status >= 500);
if (failed.length > 0) throw new Error(JSON.stringify(failed));

const app = new Engine().templates({ "a.html": "<p>{{ .name }}</p>" });
app.get("/:name", (c) => {
  c.setCookie("a", "1").setHeader("x-a", "1");
  return c.html("a.html", { name: c.param("name") });
});
app.static("/files", new URL(".", import.meta.url));
await using server = app.run({ port: 0 });
for (const path of ["__proto__", "files/pollution.ts", "a/b"]) {
  const url = `http://127.0.0.1:${server.addr.port}/${path}`;
  const response = await fetch(url);
  await response.body?.cancel();
  if (response.status >= 500) throw new Error(path);
}
console.log("done");
