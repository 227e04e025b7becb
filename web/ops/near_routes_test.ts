// Copyright 2026 the Gee authors. MIT license.
import { assertEquals } from "@std/assert";
import { nearRoutes } from "./near_routes.ts";

const routes = [
  ["GET", "/users"],
  ["GET", "/users/:id{int}"],
  ["POST", "/users/:id{int}"],
  ["GET", "/users/:id{int}/posts"],
  ["GET", "/files/*path"],
  ["GET", "/very/long/path/that/is/far/away"],
].map(([method = "", pattern = ""]) => ({
  method,
  pattern,
  group: "",
  middleware: [],
  place: "main.ts:1:1",
}));

function first(method: string, path: string): string | undefined {
  const [near] = nearRoutes(method, path, routes);
  return near && `${near.method} ${near.pattern}: ${near.reason}`;
}

Deno.test("nearRoutes() tells why the nearest route does not fit", () => {
  const table: [method: string, path: string, nearest: string][] = [
    ["GET", "/user", 'GET /users: "user" is not "users"'],
    ["GET", "/users/", "GET /users: the path has a slash too many"],
    ["PUT", "/users", "GET /users: the method is GET, not PUT"],
    ["GET", "/users/tom", 'GET /users/:id{int}: "tom" may not be {int}'],
    ["GET", "/users/7/post", 'GET /users/:id{int}/posts: "7" may not be {int}'],
    [
      "GET",
      "/files/",
      'GET /files/*path: "*path" takes at least one character',
    ],
  ];
  for (const [method, path, nearest] of table) {
    assertEquals(first(method, path), nearest, path);
  }
});

Deno.test("nearRoutes() tells five at most and none that is far", () => {
  const paths = nearRoutes("GET", "/users/x", routes).map((near) =>
    near.pattern
  );
  assertEquals(paths.includes("/very/long/path/that/is/far/away"), false);
  assertEquals(nearRoutes("GET", "/%zz", routes).length <= 5, true);
  const many = Array.from({ length: 50 }, () => routes[0]!);
  assertEquals(nearRoutes("GET", "/user", many).length, 5);
});
