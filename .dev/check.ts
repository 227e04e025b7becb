// Copyright 2026 the Gee authors. MIT license.
// Looks at the import graph of the published entries as Deno itself resolves
// it, types included: no circles, no module that reaches into another, no
// source that no entry reaches.

interface Graph {
  readonly modules: {
    readonly specifier: string;
    readonly dependencies?: {
      readonly code?: { readonly specifier: string };
      readonly type?: { readonly specifier: string };
    }[];
  }[];
}

const root = new URL("../", import.meta.url);
const config = JSON.parse(
  await Deno.readTextFile(new URL("deno.json", root)),
) as {
  exports: Record<string, string>;
};

/** The graph below the entries: file -> files it imports, both relative to the root. */
async function importGraph(entries: string[]): Promise<Map<string, string[]>> {
  const graph = new Map<string, string[]>();
  for (const entry of entries) {
    const { stdout, success } = await new Deno.Command(Deno.execPath(), {
      args: ["info", "--json", entry],
      cwd: root,
      stderr: "inherit",
    }).output();
    if (!success) throw new Error(`Cannot read the imports of "${entry}"`);
    const { modules } = JSON.parse(new TextDecoder().decode(stdout)) as Graph;
    for (const { specifier, dependencies = [] } of modules) {
      if (!specifier.startsWith(root.href)) continue;
      const targets = dependencies.flatMap(({ code, type }) => [code, type])
        .map((target) => target?.specifier)
        .filter((target) => target?.startsWith(root.href))
        .map((target) => target!.slice(root.href.length)); // the filter left no undefined
      graph.set(specifier.slice(root.href.length), targets);
    }
  }
  return graph;
}

/** Every circle once, as the path that closes it. */
function circles(graph: Map<string, string[]>): string[][] {
  const found: string[][] = [];
  const done = new Set<string>();
  const path: string[] = [];
  const walk = (file: string) => {
    const at = path.indexOf(file);
    if (at !== -1) found.push([...path.slice(at), file]);
    if (at !== -1 || done.has(file)) return;
    path.push(file);
    for (const target of graph.get(file) ?? []) walk(target);
    path.pop();
    done.add(file);
  };
  for (const file of graph.keys()) walk(file);
  return found;
}

/** Sources of the four modules, tests and test data left out. */
async function* sources(folder: string): AsyncIterable<string> {
  for await (
    const { name, isDirectory } of Deno.readDir(new URL(folder, root))
  ) {
    if (isDirectory && name !== "testdata") yield* sources(`${folder}${name}/`);
    if (
      name.endsWith(".ts") && !/_(test|bench)\.ts$/.test(name)
    ) yield `${folder}${name}`;
  }
}

const MODULES = ["web/", "cache/", "orm/", "rpc/"];
const graph = await importGraph(Object.values(config.exports));
const problems = circles(graph).map((path) => `Circle: ${path.join(" -> ")}`);
for (const [file, targets] of graph) {
  const from = MODULES.find((module) => file.startsWith(module));
  if (from === undefined) continue;
  for (const target of targets) {
    if (!target.startsWith(from)) {
      problems.push(`Boundary: ${file} imports ${target}`);
    }
  }
}
for (const module of MODULES) {
  for await (const file of sources(module)) {
    if (!graph.has(file)) {
      problems.push(`Unreachable: no entry imports ${file}`);
    }
  }
}
for (const problem of problems) console.error(problem);
console.log(`${graph.size} files checked, ${problems.length} problems`);
if (problems.length > 0) Deno.exit(1);
