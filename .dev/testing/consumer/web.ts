// Copyright 2026 the Gee authors. MIT license.

import { Engine } from "@gee/std/web";

const app = new Engine();
app.get("/hello/:name", (c) => c.string(`Hello ${c.param("name")}`));
const response = await app.request("/hello/gee");
console.log(`web: ${response.status} ${await response.text()}`);
