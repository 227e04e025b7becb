// Copyright 2026 the Gee authors. MIT license.
// One flat record of routes: validated input, an OpenAPI page, and a client that
// is typed by it, without generated code.
//
//   deno run --allow-net=127.0.0.1 examples/web_typed_api.ts
//
// Then open http://127.0.0.1:8000/docs
import { z } from "npm:zod@4.6.7";
import { defineRoutes, Engine, HttpError } from "../web/mod.ts";
import { client, ClientError } from "../web/client.ts";

const User = z.object({ id: z.number(), name: z.string() });
const users = new Map([[1, { id: 1, name: "Tom" }]]);

export const routes = defineRoutes({
  "GET /users": {
    summary: "All users, by name",
    tags: ["users"],
    query: z.object({ order: z.enum(["up", "down"]).default("up") }),
    response: z.array(User),
    handler: ({ query }) => {
      const sign = query.order === "up" ? 1 : -1;
      return [...users.values()].sort((a, b) => a.name < b.name ? -sign : sign);
    },
  },
  "GET /users/:id{int}": {
    summary: "One user",
    tags: ["users"],
    response: User,
    errors: { 404: "There is no such user" },
    handler: ({ params }) => {
      const user = users.get(params.id); // a number
      if (user === undefined) throw new HttpError(404, "No such user");
      return user;
    },
  },
  "POST /users": {
    summary: "Adds a user",
    tags: ["users"],
    status: 201,
    body: z.object({ name: z.string().min(1) }),
    response: User,
    handler: ({ body }) => {
      const user = { id: users.size + 1, name: body.name };
      users.set(user.id, user);
      return user;
    },
  },
});

const app = new Engine();
routes.register(app);
routes.docs(app, "/docs", { title: "Users", version: "1.0.0" });

const server = app.run({
  port: Number(Deno.args[0] ?? 8000),
  closeOn: ["SIGINT", "SIGTERM"],
});
const origin = server.url;

// Elsewhere, in a browser perhaps, the type of the routes is all it takes.
const api = client<typeof routes>(origin);
const added = await api("POST /users", { body: { name: "Sam" } });
const list = await api("GET /users", { query: { order: "down" } });
console.log(added.id, list.map(({ name }) => name).join(" "));
try {
  await api("POST /users", { body: { name: "" } });
} catch (error) {
  if (error instanceof ClientError) console.log(error.status, error.issues);
}
console.log(`${origin}/docs`);
