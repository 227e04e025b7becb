// Copyright 2026 the Gee authors. MIT license.
// A whole citysearch in this process over a few made-up cities, for tests.

import { FixedDiscovery, Server } from "../../../rpc/mod.ts";
import { type Context, Engine } from "../../../web/mod.ts";
import { createApp, readDenied } from "../app.ts";
import { openDatabase, readCatalog } from "../database.ts";
import { Gateway } from "../gateway.ts";
import { importCities, type SourceCity, toCities } from "../import.ts";
import { CityShard } from "../shard.ts";

let nextId = 1;

function city(
  name: string,
  country: string,
  adminCode: string,
  population: number,
): SourceCity {
  const id = nextId++;
  const loc = { coordinates: [(id * 37) % 180, (id * 23) % 80] as const };
  return {
    cityId: id,
    name,
    country,
    featureCode: "PPL",
    adminCode,
    population,
    loc,
  };
}

/** The made-up cities: what the page has to get right is among them. */
function source(): { cities: SourceCity[]; names: Map<number, string[]> } {
  nextId = 1;
  const cities = [
    city("Munich", "DE", "02", 1_260_391),
    city("München Rand", "DE", "02", 5000),
    city("São Paulo", "BR", "27", 10_021_295),
    city("<b>Par</b>", "FR", "11", 900_000),
    city("Par😀is", "FR", "11", 800_000),
    city("Parana\u0303", "BR", "11", 700_000),
    city("Springfield", "US", "IL", 114_230),
    city("Springfield", "US", "MO", 166_810),
    city("Springfield", "US", "MO", 2000),
    ...Array.from(
      { length: 20 },
      (_, i) => city(`Paris ${i + 1}`, "FR", "11", 600_000 - i),
    ),
    ...Array.from(
      { length: 60 },
      (_, i) => city(`Zed ${i}`, "PL", "11", 3000 - i),
    ),
  ];
  const names = new Map([[1, ["München", "Muenchen", "Monaco di Baviera"]]]);
  return { cities, names };
}

/** What tests do to requests, and what they see of them. */
export interface Control {
  /** Paths with query of `/api/suggest`, in order. */
  readonly asked: string[];
  /** How many of them the browser gave up. */
  aborted: number;
  /** Event streams open now. */
  streams: number;
  /** Holds an answer back or replaces it. */
  intercept: (c: Context) => Promise<Response | undefined> | undefined;
}

/** A running citysearch. */
export interface Rig extends AsyncDisposable {
  readonly url: string;
  readonly control: Control;
  readonly gateway: Gateway;
  readonly servers: readonly Server[];
}

/** Starts one on a free port. */
export async function startRig(): Promise<Rig> {
  await using stack = new AsyncDisposableStack();
  const folder = await Deno.makeTempDir();
  stack.defer(() => Deno.remove(folder, { recursive: true }));
  const database = stack.use(await openDatabase(folder));
  const { cities, names } = source();
  await importCities(database.session(), toCities(cities, names), () => {});

  const shardSource = {
    catalog: () => readCatalog(database.session()),
    denied: () => readDenied(database),
  };
  const servers: Server[] = [];
  const addresses: string[] = [];
  for (const shard of [0, 1, 2]) {
    const server = stack.use(new Server());
    server.register(await CityShard.open(shard, 3, shardSource));
    addresses.push(server.listen().address);
    servers.push(server);
  }
  const gateway = stack.use(
    new Gateway(new FixedDiscovery(addresses), { shards: 3 }),
  );
  const control: Control = {
    asked: [],
    aborted: 0,
    streams: 0,
    intercept: () => undefined,
  };
  const engine = new Engine().use((c) => watch(c, control));
  const app = await createApp({ gateway, database, engine });
  const server = stack.use(app.run({ port: 0, drainTimeout: 200 }));
  const owned = stack.move();
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    control,
    gateway,
    servers,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

async function watch(c: Context, control: Control): Promise<Response> {
  if (c.path === "/api/events") {
    control.streams++;
    c.signal.addEventListener("abort", () => control.streams--);
  }
  if (c.path !== "/api/suggest") return await c.next();
  control.asked.push(c.query("q") ?? "");
  c.signal.addEventListener("abort", () => control.aborted++);
  return await control.intercept(c) ?? await c.next();
}
