// Copyright 2026 the Gee authors. MIT license.

import { defineRoutes, Engine } from "@gee/std/web";
import { client } from "@gee/std/web/client";

const routes = defineRoutes({
  "GET /double/:number{int}": {
    handler: ({ params }) => ({ double: params.number * 2 }),
  },
});
const app = new Engine();
routes.register(app);
const api = client<typeof routes>("http://localhost", { fetch: app.fetch });
const { double } = await api("GET /double/:number{int}", {
  params: { number: 21 },
});
console.log(`web/client: ${double.toFixed(1)}`);
