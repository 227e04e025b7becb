// Copyright 2026 the Gee authors. MIT license.
// A registry, servers that come and go, and clients of every kind, on one virtual
// clock and network. What every call became of is checked by a small model.
import {
  Client,
  ConnectError,
  dial,
  FixedDiscovery,
  gobCodec,
  Heartbeat,
  jsonCodec,
  LimitError,
  NoServersError,
  Registry,
  RegistryDiscovery,
  RemoteError,
  Server,
  ShutdownError,
  WireError,
  XClient,
} from "../../rpc/mod.ts";
import type { Caller, CallOptions } from "../../rpc/mod.ts";
import { randomOf } from "./report.ts";
import { numbers, Work } from "./rpc_work.ts";
import { type LinkFault, VirtualNetwork } from "./virtual_network.ts";
import { VirtualTime } from "./virtual_time.ts";

const URL_OF_REGISTRY = "http://10.0.0.9/_geerpc_/registry";
const PORTS = [7001, 7002, 7003];
/** How long calls and faults go on, in virtual ms. */
const SPAN = 4000;
/** Ticks of the wheel that a deadline may be late, and what timers add, in ms. */
const LATE = 100;
/** What the network brings may come so late, in ms. */
const ON_THE_WAY = 400;
const WATCH = { keepAlive: 500, keepAliveTimeout: 500 };

/** What a run came to. */
export interface Outcome {
  /** What was wrong; empty when all was well. */
  readonly wrong: readonly string[];
  readonly calls: number;
  readonly succeeded: number;
  readonly faults: number;
  readonly steps: number;
  /** Virtual ms. */
  readonly span: number;
}

/** One place where a server runs, or has run. */
interface Place {
  readonly port: number;
  server: Server | undefined;
  work: Work | undefined;
  heartbeat: Heartbeat | undefined;
}

const KINDS = ["quick", "slow", "fail", "count", "sum", "bytes"] as const;
/** Those that codecs other than frames carry. */
const PLAIN_KINDS = KINDS.slice(0, 3);

/** Who calls, and what it can. */
interface Role {
  readonly client: Client | XClient;
  readonly kinds: readonly typeof KINDS[number][];
}

class GivenUp extends Error {
  override readonly name = "GivenUp";
}

/** Runs one seed in virtual time. */
export class World {
  readonly #time: VirtualTime;
  readonly #network: VirtualNetwork;
  readonly #random: () => number;
  readonly #registry: Registry;
  readonly #places: Place[];
  readonly #wrong: string[] = [];
  /** How often the method of each call ran. */
  readonly #runs = new Map<number, number>();
  #isRegistryDown = false;
  #calls = 0;
  #settled = 0;
  #succeeded = 0;
  #faults = 0;

  private constructor(seed: number) {
    this.#random = randomOf(seed);
    this.#time = new VirtualTime(seed + 1);
    this.#network = new VirtualNetwork(this.#time, this.#random);
    this.#registry = new Registry({ timeout: 3000 });
    this.#places = PORTS.map((port) => ({
      port,
      server: undefined,
      work: undefined,
      heartbeat: undefined,
    }));
  }

  /** Runs one seed from the beginning to the end. */
  static async run(seed: number): Promise<Outcome> {
    const world = new World(seed);
    const { fetch } = globalThis;
    const onRejection = (event: PromiseRejectionEvent) => {
      event.preventDefault();
      world.#wrong.push(`unhandled: ${event.reason}`);
    };
    globalThis.addEventListener("unhandledrejection", onRejection);
    globalThis.fetch = (input, init) => world.#fetch(new Request(input, init));
    try {
      return await world.#run();
    } finally {
      globalThis.fetch = fetch;
      globalThis.removeEventListener("unhandledrejection", onRejection);
      world.#network[Symbol.dispose]();
      world.#time[Symbol.dispose]();
    }
  }

  async #run(): Promise<Outcome> {
    const live = this.#live().catch((error) =>
      this.#wrong.push(`the run failed: ${error?.stack ?? error}`)
    );
    const hasEnded = await this.#time.until(live, 120_000);
    const span = this.#time.now;
    if (!hasEnded) this.#wrong.push("the run never ends");
    // What is on its way, and what is left by mistake.
    await this.#time.until(new Promise(() => {}), ON_THE_WAY);
    const { pending } = this.#time;
    if (pending > 0) this.#wrong.push(`${pending} timers are left`);
    const { links, listeners } = this.#network;
    if (links.size > 0) this.#wrong.push(`${links.size} connections are left`);
    if (listeners.size > 0) this.#wrong.push("listeners are left");
    if (this.#settled !== this.#calls) {
      this.#wrong.push(`${this.#settled} of ${this.#calls} calls settled`);
    }
    return {
      wrong: this.#wrong,
      calls: this.#calls,
      succeeded: this.#succeeded,
      faults: this.#faults,
      steps: this.#time.steps,
      span,
    };
  }

  async #live(): Promise<void> {
    for (const place of this.#places) this.#start(place);
    const addresses = PORTS.map((port) => `tcp@10.0.0.1:${port}`);
    const found = new RegistryDiscovery(URL_OF_REGISTRY, {
      freshness: 300,
      timeout: 300,
      push: this.#random() < 0.5,
    });
    const fixed = new FixedDiscovery(addresses);
    const codec = this.#random() < 0.5 ? jsonCodec : gobCodec();
    const roles: Role[] = [
      new XClient(found, { ...WATCH, selector: "roundRobin" }),
      new XClient(fixed, { ...WATCH, policy: "failbackup", selector: "p2c" }),
      new XClient(fixed, { ...WATCH, policy: "failtry", connectTimeout: 500 }),
    ].map((client) => ({ client, kinds: KINDS }));
    roles.push({ client: new XClient(found, { codec }), kinds: PLAIN_KINDS });
    const first = await dial(addresses[0]!, WATCH).catch(() => undefined);
    if (first !== undefined) roles.push({ client: first, kinds: KINDS });
    const work = roles.flatMap((role) => [this.#load(role), this.#load(role)]);
    await Promise.all([...work, this.#disturb()]);
    for (const { client } of roles) await client.close();
    await found.close();
    for (const place of this.#places) await this.#stop(place, 1000);
    await this.#registry.close();
    for (const { client } of roles) {
      const { inFlight } = client instanceof Client
        ? client.stats()
        : { inFlight: 0 };
      if (inFlight > 0) this.#wrong.push(`${inFlight} calls are left`);
    }
  }

  /** One caller: a call, a pause, and so on. */
  async #load(role: Role): Promise<void> {
    while (this.#time.now < SPAN) {
      await this.#time.sleep(this.#random() * 900);
      await this.#call(role);
    }
  }

  async #call({ client, kinds }: Role): Promise<void> {
    const id = ++this.#calls;
    const kind = kinds[Math.floor(this.#random() * kinds.length)]!; // below it
    const timeout = 50 + Math.floor(this.#random() * 1500);
    const idempotent = this.#random() < 0.4;
    const controller = new AbortController();
    const isGivenUp = this.#random() < 0.1;
    if (isGivenUp) {
      const giveUp = () => controller.abort(new GivenUp());
      this.#time.after(this.#random() * timeout, giveUp, false);
    }
    const { signal } = controller;
    const start = this.#time.now;
    let error: unknown;
    try {
      const options = { timeout, idempotent, signal };
      await this.#perform(client, kind, id, options);
      this.#succeeded++;
    } catch (thrown) {
      error = thrown;
    }
    this.#settled++;
    // The time of a stream is that of each of its items.
    const isStream = kind === "count" || kind === "sum";
    const took = this.#time.now - start;
    if (!isStream && took > timeout + LATE) {
      this.#complain(id, `${kind} took ${took} of ${timeout} ms: ${error}`);
    }
    this.#judge(id, kind, idempotent, error);
  }

  async #perform(
    client: Caller,
    kind: typeof KINDS[number],
    id: number,
    options: CallOptions,
  ): Promise<void> {
    const method = `Work.${kind}`;
    if (kind === "count") {
      const items = await client.call<AsyncIterable<number>>(
        method,
        { id },
        options,
      );
      let next = id;
      for await (const item of items) {
        if (item !== next++) this.#complain(id, `item ${item}`);
      }
      if (next !== id + 20) this.#complain(id, `${next - id} items of 20`);
      return;
    }
    const args = kind === "sum"
      ? numbers(id, this.#time)
      : kind === "bytes"
      ? new Uint8Array(new Uint32Array(300).fill(id).buffer)
      : { id, ms: this.#random() * 400 };
    const reply = await client.call(method, args, options);
    const isRight = kind === "sum"
      ? reply === 10 * id + 45
      : kind === "bytes"
      ? reply instanceof Uint8Array && reply.length === 1200 &&
        new Uint32Array(reply.slice().buffer).every((one) => one === id)
      : reply === id * id;
    if (!isRight) this.#complain(id, `${kind} replied ${reply}`);
  }

  /** What may have become of a call that ended so. */
  #judge(
    id: number,
    kind: string,
    isIdempotent: boolean,
    error: unknown,
  ): void {
    const runs = this.#runs.get(id) ?? 0;
    if (runs > 1 && !isIdempotent) this.#complain(id, `${kind} ran twice`);
    if (error === undefined) {
      if (runs === 0) this.#complain(id, `${kind} never ran`);
      if (kind === "fail") this.#complain(id, "no error came");
      return;
    }
    const isTold = error instanceof RemoteError;
    if (isTold && error.message.startsWith("No ")) {
      if (error.message !== `No ${id}`) this.#complain(id, error.message);
      return;
    }
    const isNotRun = error instanceof ConnectError ||
      error instanceof LimitError;
    if (isNotRun && runs > 0 && !isIdempotent) {
      this.#complain(id, `${kind} ran, and ended with ${error}`);
    }
    const isKnown = isNotRun || error instanceof NoServersError ||
      error instanceof ShutdownError ||
      error instanceof GivenUp || isTold && error.code === "unavailable" ||
      error instanceof DOMException && error.name === "TimeoutError" ||
      // The registry was down before anything was known.
      error instanceof TypeError && error.message === "Connection refused";
    if (!isKnown) this.#complain(id, `${kind} ended with ${error}`);
    if (error instanceof WireError) this.#complain(id, `${error}`);
  }

  #complain(id: number, text: string): void {
    this.#wrong.push(`call ${id}: ${text}`);
  }

  async #disturb(): Promise<void> {
    while (this.#time.now < SPAN) {
      await this.#time.sleep(this.#random() * 1200);
      const place = this.#places[Math.floor(this.#random() * 3)]!; // of three
      const which = Math.floor(this.#random() * 7);
      this.#faults++;
      if (which === 0) await this.#crash(place);
      else if (which === 1) await this.#restart(place);
      else if (which === 2) {
        this.#isRegistryDown = true;
        await this.#time.sleep(this.#random() * 2000);
        this.#isRegistryDown = false;
      } else this.#break();
    }
  }

  /** Something happens to a connection. */
  #break(): void {
    const links = [...this.#network.links];
    const link = links[Math.floor(this.#random() * links.length)];
    const faults: readonly LinkFault[] = [
      "reset",
      "black hole",
      "one byte at a time",
    ];
    const fault = faults[Math.floor(this.#random() * 3)];
    if (link === undefined || fault === undefined) return;
    // What is lost stays lost: no TCP goes on behind a gap.
    if (link.fault === "black hole") return;
    if (fault === "reset") link.reset();
    else link.fault = fault;
  }

  async #crash(place: Place): Promise<void> {
    this.#network.kill(place.port);
    await this.#stop(place, 0, true);
    await this.#time.sleep(this.#random() * 1000);
    this.#start(place);
  }

  async #restart(place: Place): Promise<void> {
    await this.#stop(place, 1500);
    await this.#time.sleep(this.#random() * 500);
    this.#start(place);
  }

  #start(place: Place): void {
    const server = new Server({ ...WATCH, handleTimeout: 2000 });
    const work = new Work(this.#time, this.#runs);
    server.register(work);
    place.work = work;
    const { port } = place;
    server.listen({ hostname: "10.0.0.1", port });
    place.server = server;
    place.heartbeat = new Heartbeat(URL_OF_REGISTRY, `tcp@10.0.0.1:${port}`, {
      period: 1000,
      timeout: 500,
    });
  }

  async #stop(place: Place, timeout: number, isDead = false): Promise<void> {
    const { server, heartbeat, work } = place;
    place.server = place.heartbeat = undefined;
    if (!isDead) await heartbeat?.close();
    await server?.close({ timeout });
    if (isDead) await heartbeat?.close();
    for (const { serviceMethod, signal } of work?.running ?? []) {
      if (!signal.aborted) this.#wrong.push(`${serviceMethod} runs on`);
    }
    const inFlight = server?.stats().inFlight ?? 0;
    if (inFlight > 0) this.#wrong.push(`${inFlight} calls are being handled`);
  }

  async #fetch(request: Request): Promise<Response> {
    const { signal } = request;
    await this.#time.sleep(2 * this.#network.delay());
    signal.throwIfAborted();
    if (this.#isRegistryDown) throw new TypeError("Connection refused");
    const { promise, reject } = Promise.withResolvers<never>();
    promise.catch(() => {});
    signal.addEventListener("abort", () => reject(signal.reason));
    return await Promise.race([this.#registry.fetch(request), promise]);
  }
}
