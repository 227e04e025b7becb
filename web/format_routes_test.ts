// Copyright 2026 the Gee authors. MIT license.
import { assertEquals } from "@std/assert";
import { formatRoutes } from "./format_routes.ts";

Deno.test("formatRoutes() lines the columns up", () => {
  const place = "file:///srv/app/main.ts:3:5";
  assertEquals(
    formatRoutes([
      { method: "GET", pattern: "/", group: "", middleware: [], place },
      {
        method: "DELETE",
        pattern: "/users/:id",
        group: "/users",
        middleware: ["logger", "guard"],
        place,
      },
    ]),
    [
      "GET     /           -               main.ts:3:5",
      "DELETE  /users/:id  logger > guard  main.ts:3:5",
    ].join("\n"),
  );
  assertEquals(formatRoutes([]), "");
});
