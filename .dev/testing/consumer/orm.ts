// Copyright 2026 the Gee authors. MIT license.

import { Engine, integer, table, text } from "@gee/std/orm";
import { sqlite } from "@gee/std/orm/sqlite";

const users = table("users", { id: integer().primaryKey(), name: text() });
await using engine = await Engine.open(sqlite());
const session = engine.session();
await session.createTable(users);
await session.insert(users, { name: "Tom" }, { name: "Sam" });
const names = (await session.model(users).orderBy("name").find())
  .map(({ name }) => name);
console.log(`orm: ${names.join(" ")}`);
