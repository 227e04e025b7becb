// Copyright 2026 the Gee authors. MIT license.
// The smallest server: routes with parameters, the logger, recovery.
//
//   deno run --allow-net=127.0.0.1 examples/web_hello.ts
//
// Then: curl http://127.0.0.1:8000/hello/gee
import { Engine, formatRoutes } from "../web/mod.ts";

const app = Engine.default();
app.get("/", (c) => c.string("Hello Gee"));
app.get("/hello/:name", (c) => c.string(`Hello ${c.param("name")}`));
app.get("/double/:n{int}", (c) => c.json({ double: c.param("n") * 2 }));
app.post("/login", async (c) => c.json({ user: await c.postForm("user") }));
app.get("/panic", () => {
  throw new Error("The client reads a plain 500, the log reads this");
});

// `deno serve examples/web_hello.ts` needs no more than this.
export default app;

if (import.meta.main) {
  const server = app.run({
    port: Number(Deno.args[0] ?? 8000),
    closeOn: ["SIGINT", "SIGTERM"],
  });
  console.log(formatRoutes(app.routes()));
  console.log(`${server.url}/`);
}
