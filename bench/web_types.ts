// Copyright 2026 the Gee authors. MIT license.
// What the types of routes cost the compiler: files of 125, 250 and 500 routes
// with schemas, handlers and one client call each, over a file with the same
// imports and nothing else. `deno run -A bench/web_types.ts`

const ROUNDS = 3;
const COUNTS = [125, 250, 500];
const MAIN = new URL("../web/mod.ts", import.meta.url).href;
const CLIENT = new URL("../web/client.ts", import.meta.url).href;
const MAIN_FILE = new URL(MAIN).pathname;
const CLIENT_FILE = new URL(CLIENT).pathname;

interface Candidate {
  readonly name: string;
  readonly head: string;
  /** The whole file after the imports, or "" for the baseline. */
  body(count: number): string;
}

const gee: Candidate = {
  name: "@gee/std",
  head: `import { defineRoutes } from "${MAIN}";
import { client } from "${CLIENT}";
import { z } from "npm:zod@4.6.7";
`,
  body(count) {
    const routes = range(count).map((index) =>
      index % 2 === 0
        ? `  "GET /area${index}/:id{int}/items/:item": {
    query: z.object({ verbose: z.string().optional(), page${index}: z.string() }),
    response: z.object({ id: z.number(), name${index}: z.string() }),
    summary: "Item ${index}",
    handler: ({ params, query }) => ({ id: params.id, name${index}: params.item + query.page${index} }),
  },`
        : `  "POST /area${index}": {
    body: z.object({ name${index}: z.string(), tags: z.array(z.string()) }),
    handler: ({ body }) => ({ name: body.name${index}, count: body.tags.length }),
  },`
    );
    const calls = range(count).map((index) =>
      index % 2 === 0
        ? `const r${index}: string = (await api("GET /area${index}/:id{int}/items/:item", { params: { id: 1, item: "x" }, query: { page${index}: "1" } })).name${index};`
        : `const r${index}: number = (await api("POST /area${index}", { body: { name${index}: "x", tags: [] } })).count;`
    );
    return `const routes = defineRoutes({\n${routes.join("\n")}\n});
const api = client<typeof routes>("http://localhost");
${calls.join("\n")}\n`;
  },
};

const hono: Candidate = {
  name: "hono hc",
  head: `import { Hono } from "npm:hono@4.13.19";
import { hc } from "npm:hono@4.13.19/client";
import { validator } from "npm:hono@4.13.19/validator";
import { z } from "npm:zod@4.6.7";
`,
  body(count) {
    const routes = range(count).map((index) =>
      index % 2 === 0
        ? `  .get("/area${index}/:id/items/:item", validator("query", (value) => z.object({ verbose: z.string().optional(), page${index}: z.string() }).parse(value)), (c) => c.json({ id: Number(c.req.param("id")), name${index}: c.req.param("item") + c.req.valid("query").page${index} }))`
        : `  .post("/area${index}", validator("json", (value) => z.object({ name${index}: z.string(), tags: z.array(z.string()) }).parse(value)), (c) => c.json({ name: c.req.valid("json").name${index}, count: c.req.valid("json").tags.length }))`
    );
    const calls = range(count).map((index) =>
      index % 2 === 0
        ? `const r${index}: string = (await (await api.area${index}[":id"].items[":item"].$get({ param: { id: "1", item: "x" }, query: { page${index}: "1" } })).json()).name${index};`
        : `const r${index}: number = (await (await api.area${index}.$post({ json: { name${index}: "x", tags: [] } })).json()).count;`
    );
    return `const routes = new Hono()\n${routes.join("\n")};
const api = hc<typeof routes>("http://localhost");
${calls.join("\n")}\n`;
  },
};

function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}

/** Seconds of the best of some runs: nothing but noise makes one slower. */
async function seconds(folder: string, text: string): Promise<number> {
  let best = Infinity;
  for (let round = 0; round < ROUNDS; round++) {
    // A new name each time: what was checked before is not checked again.
    const file = `${folder}/${crypto.randomUUID()}.ts`;
    await Deno.writeTextFile(file, text);
    const start = performance.now();
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["check", "--no-config", "--no-lock", file],
      stderr: "piped",
    }).output();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
    best = Math.min(best, (performance.now() - start) / 1000);
  }
  return best;
}

/**
 * Types the compiler instantiates for routes whose schemas are types alone, so that
 * all of them are ours: unlike seconds they are the same in every run.
 */
async function instantiations(folder: string, count: number): Promise<number> {
  const routes = range(count).map((index) =>
    `  "GET /area${index}/:id{int}": { query: schema<{ page${index}: string }>(), handler: ({ params, query }) => params.id + query.page${index} },`
  );
  const calls = range(count).map((index) =>
    `const r${index}: string = await api("GET /area${index}/:id{int}", { params: { id: 1 }, query: { page${index}: "" } });`
  );
  const file = `${folder}/types.ts`;
  await Deno.writeTextFile(
    file,
    `import { defineRoutes, type StandardSchema } from "${MAIN_FILE}";
import { client } from "${CLIENT_FILE}";
declare function schema<Value>(): StandardSchema<Value>;
const routes = defineRoutes({\n${routes.join("\n")}\n});
const api = client<typeof routes>("");
${calls.join("\n")}
export {};
`,
  );
  // It knows nothing of Deno and says so; what is counted is the same.
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-A", "npm:typescript@6.0.3/tsc", "--extendedDiagnostics"],
      ...["--strict", "--noEmit", "--allowImportingTsExtensions"],
      ...["--target", "esnext", "--module", "esnext"],
      ...["--moduleResolution", "bundler", "--ignoreConfig", file],
    ],
    cwd: folder,
  }).output();
  const text = new TextDecoder().decode(stdout);
  if (text.includes("types.ts(")) throw new Error(text);
  return Number(/^Instantiations: +(\d+)/m.exec(text)?.[1]);
}

const folder = await Deno.makeTempDir({ prefix: "gee_types_" });
try {
  console.log("| routes | instantiations of types, a route |\n|---|---|");
  const least = await instantiations(folder, 0);
  for (const count of COUNTS) {
    const made = await instantiations(folder, count) - least;
    console.log(`| ${count} | ${(made / count).toFixed(0)} |`);
  }
  console.log(
    "\n| routes | candidate | s over the imports alone | ms a route |",
  );
  console.log("|---|---|---|---|");
  for (const candidate of [gee, hono]) {
    const base = await seconds(folder, candidate.head);
    for (const count of COUNTS) {
      const text = candidate.head + candidate.body(count);
      const cost = await seconds(folder, text) - base;
      const each = (cost / count * 1000).toFixed(2);
      console.log(
        `| ${count} | ${candidate.name} | ${cost.toFixed(2)} | ${each} |`,
      );
    }
  }
} finally {
  await Deno.remove(folder, { recursive: true });
}
