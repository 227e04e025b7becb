// Copyright 2026 the Gee authors. MIT license.

import { Engine } from "@gee/std/orm";
import { libsql } from "@gee/std/orm/libsql";

await using engine = await Engine.open(libsql());
const [row] = await engine.session().raw("SELECT 1 + ? AS sum", 2);
console.log(`orm/libsql: ${row?.sum}`);
