// Copyright 2026 the Gee authors. MIT license.

import { Group } from "@gee/std/cache";

const database = new Map([["Tom", "630"]]);
await using scores = new Group("scores", (key) => database.get(key));
console.log(`cache: ${await scores.get("Tom")} ${await scores.get("Sam")}`);
