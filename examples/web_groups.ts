// Copyright 2026 the Gee authors. MIT license.
// Nested groups, middleware before and after a handler, middleware that ends
// the chain, and the state it leaves for those after it. Ends by itself.
//
//   deno run examples/web_groups.ts
import { Engine } from "../web/mod.ts";

interface State {
  user: string;
}

const app = new Engine<State>();
const trail: string[] = [];

app.use(async (c) => {
  trail.push(`> ${c.method} ${c.path}`);
  const response = await c.next();
  trail.push(`< ${response.status}`);
  return response;
});
app.get("/", (c) => c.string("open to all"));

const v1 = app.group("/v1");
v1.use((c) => {
  const user = c.header("x-user");
  if (user === undefined) return c.fail(401, "Say who you are by x-user");
  c.state.user = user;
  return c.next();
});
v1.get("/me", (c) => c.string(`You are ${c.state.user}`));

// A group inside, with a parameter in its prefix.
const posts = v1.group("/users/:id{int}/posts");
posts.use(async (c) => {
  const response = await c.next();
  c.setHeader("x-owner", String(c.param("id")));
  return response;
});
posts.get("", (c) => c.json({ user: c.param("id"), posts: [] }));
posts.get("/:post", (c) => c.json(c.params));

async function ask(path: string, user?: string): Promise<void> {
  const headers: HeadersInit = user === undefined ? {} : { "x-user": user };
  const response = await app.request(path, { headers });
  const owner = response.headers.get("x-owner") ?? "-";
  console.log(`${response.status} ${path} ${owner} ${await response.text()}`);
}

await ask("/");
await ask("/v1/me");
await ask("/v1/me", "Tom");
await ask("/v1/users/7/posts", "Tom");
await ask("/v1/users/7/posts/9", "Tom");
await ask("/v1/users/Tom/posts", "Tom"); // not a number: 404, inside the guard
console.log(trail.join("\n"));
