// Copyright 2026 the Gee authors. MIT license.

import { Engine } from "@gee/std/orm";
import { sqlite } from "@gee/std/orm/sqlite";

await using engine = await Engine.open(sqlite());
const [row] = await engine.session().raw("SELECT 1 + ? AS sum", 2);
console.log(`orm/sqlite: ${row?.sum}`);
