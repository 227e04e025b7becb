// Copyright 2026 the Gee authors. MIT license.

import { cache, orm, rpc, web } from "@gee/std";

const app = new web.Engine();
app.get("/", (c) => c.string("Hello"));
const { status } = await app.request("/");
await using group = new cache.Group("letters", (key) => key.toUpperCase());
const { name } = orm.table("users", { id: orm.integer().primaryKey() });
await using listener = new rpc.Server().listen();
const { protocol } = rpc.parseAddress(listener.address);
console.log(`.: ${status} ${await group.get("a")} ${name} ${protocol}`);
