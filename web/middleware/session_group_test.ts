// Copyright 2026 the Gee authors. MIT license.
import { assertEquals } from "@std/assert";
import { Group } from "@gee/std/cache";
import { Engine } from "../engine.ts";
import { session, type SessionState } from "./session.ts";

Deno.test("session() keeps sessions in a cache group", async () => {
  await using group = new Group("sessions", () => undefined, {
    negativeTtl: 0,
  });
  const app = new Engine<SessionState<{ user: string }>>();
  app.use(session({
    store: {
      get: (key) => group.peek(key)?.toString(),
      set(key, text, { mustExist }) {
        if (!mustExist || group.peek(key) !== undefined) group.set(key, text);
      },
      async delete(key) {
        const isThere = group.has(key);
        await group.remove(key);
        return isThere;
      },
    },
  }));
  app.get("/", (c) => c.json(c.state.session.data));
  app.get("/login", (c) => {
    c.state.session.data.user = "tom";
  });
  app.get("/logout", (c) => c.state.session.destroy());
  const { headers } = await app.request("/login");
  const cookie = headers.getSetCookie()[0]?.split(";")[0] ?? "";
  const ask = async (path: string) =>
    await (await app.request(path, { headers: { cookie } })).text();
  assertEquals(await ask("/"), '{"user":"tom"}');
  await ask("/logout");
  assertEquals(await ask("/"), "{}");
});
