// Copyright 2026 the Gee authors. MIT license.
// City search: suggestions over 135,000 cities, by all four modules.

import { parseArgs } from "node:util";
import { SingleBar } from "npm:cli-progress@3.12.0";
import type { Engine as Database } from "../../orm/mod.ts";
import { Registry, RegistryDiscovery } from "../../rpc/mod.ts";
import { Engine } from "../../web/mod.ts";
import { logger, recovery } from "../../web/middleware/mod.ts";
import { createApp, readDenied } from "./app.ts";
import {
  type Catalog,
  importedCount,
  openDatabase,
  readCatalog,
} from "./database.ts";
import { Gateway } from "./gateway.ts";
import { importCities, loadSource, toCities } from "./import.ts";
import {
  type RegistryAccess,
  startNode,
  startProcess,
  TOKEN_VARIABLE,
} from "./nodes.ts";
import type { ShardSource } from "./shard.ts";

const HELP = `City search: suggestions over 135,000 cities while you type.

Usage: deno task start [options]

  --port N    port of the page on 127.0.0.1 (default 8000; 0 takes a free one)
  --data DIR  folder of the database (default ./data)
  --nodes N   run the shards as N processes of their own (default: 3 in this one)
  --log       print a line for every request
  --help      print this
`;

/** What the user did wrong or the machine does not have: one line, exit code 1. */
class StartError extends Error {
  override readonly name = "StartError";
}

interface Options {
  readonly port: number;
  readonly data: string;
  readonly nodes: number | undefined;
  readonly isLogging: boolean;
  /** Set in the processes that `--nodes` starts. */
  readonly node:
    | {
      readonly shard: number;
      readonly shards: number;
      readonly registry: string;
    }
    | undefined;
}

function parseOptions(args: string[]): Options | undefined {
  const { values } = readArguments(args);
  if (values.help) return undefined;
  const whole = (name: string, text: string, low: number, high: number) => {
    const number = Number(text);
    if (/^\d+$/.test(text) && number >= low && number <= high) return number;
    throw new StartError(
      `Cannot use --${name} ${text}: want a whole number, ${low} to ${high}`,
    );
  };
  const place = values.shard?.split("/").map(Number);
  return {
    port: whole("port", values.port, 0, 65_535),
    data: values.data,
    nodes: values.nodes === undefined
      ? undefined
      : whole("nodes", values.nodes, 1, 16),
    isLogging: values.log,
    node: place === undefined ? undefined : {
      shard: place[0] ?? 0,
      shards: place[1] ?? 1,
      registry: values.registry ?? "",
    },
  };
}

function readArguments(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        port: { type: "string", default: "8000" },
        data: { type: "string", default: "./data" },
        nodes: { type: "string" },
        log: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
        shard: { type: "string" },
        registry: { type: "string" },
      },
    });
  } catch (error) {
    throw new StartError((error as Error).message); // node:util says which option
  }
}

/** Resolves when the program is to end: Ctrl-C, a TERM signal, or `input` closing. */
function ending(input?: ReadableStream<Uint8Array>): Promise<void> {
  return new Promise((resolve) => {
    Deno.addSignalListener("SIGINT", resolve);
    if (Deno.build.os !== "windows") Deno.addSignalListener("SIGTERM", resolve);
    input?.pipeTo(new WritableStream()).finally(resolve);
  });
}

async function open(data: string): Promise<Database> {
  try {
    return await openDatabase(data);
  } catch (error) {
    throw new StartError(
      `Cannot open the database in "${data}": ${(error as Error).message}`,
    );
  }
}

/** The first start brings the cities into the database. */
async function ensureImported(database: Database): Promise<number> {
  const session = database.session();
  const known = await importedCount(session);
  if (known !== undefined) return known;
  console.log("Importing the cities of GeoNames, once");
  const { source, otherNames } = await loadSource();
  const cities = toCities(source, otherNames);
  const bar = new SingleBar({
    format: "{bar} {percentage} %, {eta_formatted} left",
    noTTYOutput: true,
    notTTYSchedule: 1000,
  });
  bar.start(cities.length * 3, 0);
  await importCities(session, cities, (done) => bar.update(done));
  bar.stop();
  return cities.length;
}

/** Reads the catalog once for all who ask at the same time. */
function sourceOf(database: Database): ShardSource {
  let reading: Promise<Catalog> | undefined;
  return {
    catalog() {
      reading ??= readCatalog(database.session()).finally(() =>
        reading = undefined
      );
      return reading;
    },
    denied: () => readDenied(database),
  };
}

/** A process that `--nodes` started: one shard, until its parent ends. */
async function runNode(
  options: Options,
  node: NonNullable<Options["node"]>,
): Promise<void> {
  const end = ending(Deno.stdin.readable);
  await using database = await open(options.data);
  const token = Deno.env.get(TOKEN_VARIABLE) ?? "";
  await using _node = await startNode(node, sourceOf(database), {
    url: node.registry,
    token,
  });
  await end;
}

async function run({ port, data, nodes, isLogging }: Options): Promise<void> {
  const end = ending();
  checkPort(port);
  await using stack = new AsyncDisposableStack();
  const database = stack.use(await open(data));
  const count = await ensureImported(database);

  const registry = startRegistry(stack);
  const shards = nodes ?? 3;
  const discovery = new RegistryDiscovery(registry.url, { freshness: 1000 });
  const source = sourceOf(database);
  const places = Array.from(
    { length: shards },
    (_, shard) => ({ shard, shards }),
  );
  if (nodes === undefined) {
    const started = await Promise.all(
      places.map((place) => startNode(place, source, registry)),
    );
    for (const node of started) stack.use(node);
  } else {
    const nodes = places.map((place) =>
      stack.use(startProcess(place, data, registry))
    );
    const ended = Promise.race(nodes.map((node) => node.ended));
    const first = await Promise.race([
      listed(registry.registry, shards),
      end.then(() => "end"),
      ended.then(() => "ended"),
    ]);
    if (first === "end") return;
    if (first === "ended") {
      throw new StartError("Cannot start the shards: a process has ended");
    }
  }
  const gateway = stack.use(new Gateway(discovery, { shards }));
  const engine = isLogging ? new Engine().use(logger()) : new Engine();
  const app = await createApp({
    gateway,
    database,
    engine: engine.use(recovery()),
  });
  const server = stack.use(app.run({ port, drainTimeout: 500 }));
  console.log(
    `${
      count.toLocaleString("en")
    } cities on ${shards} shards at http://127.0.0.1:${server.addr.port}/`,
  );
  await end;
}

/** Learns early that the port is taken: the first import takes a while. */
function checkPort(port: number): void {
  try {
    Deno.listen({ hostname: "127.0.0.1", port }).close();
  } catch (error) {
    throw new StartError(
      `Cannot listen on port ${port}: ${
        error instanceof Deno.errors.AddrInUse
          ? "it is in use"
          : (error as Error).message
      }`,
    );
  }
}

function startRegistry(
  stack: AsyncDisposableStack,
): RegistryAccess & { readonly registry: Registry } {
  const token = crypto.getRandomValues(new Uint8Array(16)).toHex();
  const registry = new Registry({ timeout: 30_000, token });
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    registry.fetch,
  );
  stack.defer(() => server.shutdown());
  return {
    registry,
    token,
    url: `http://127.0.0.1:${server.addr.port}/_geerpc_/registry`,
  };
}

async function listed(registry: Registry, count: number): Promise<void> {
  while (registry.servers().length < count) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

if (import.meta.main) {
  try {
    const options = parseOptions(Deno.args);
    if (options === undefined) console.log(HELP);
    else if (options.node !== undefined) await runNode(options, options.node);
    else await run(options);
    Deno.exit(0);
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    console.error(`error: ${error.message}`);
    Deno.exit(1);
  }
}
