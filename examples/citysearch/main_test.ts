// Copyright 2026 the Gee authors. MIT license.
// The program as a user starts it. It imports all cities once; the tests share
// the folder.

import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";

const MAIN = new URL("main.ts", import.meta.url).href;

interface Output {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

interface Started {
  /** Resolves with the address of the page once it is served. */
  readonly url: Promise<string>;
  /** Sends the signal of Ctrl-C and waits for the end. */
  stop(): Promise<Output>;
  readonly output: Promise<Output>;
}

function start(...args: string[]): Started {
  const env = Deno.env.toObject();
  // Else the processes write into the coverage report of this run.
  delete env.DENO_COVERAGE_DIR;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", MAIN, ...args],
    clearEnv: true,
    env,
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const { promise: url, resolve, reject } = Promise.withResolvers<string>();
  url.catch(() => {}); // Tests of failures do not wait for it.
  const stdout = read(child.stdout, (text) => {
    const found = text.match(/http:\/\/127\.0\.0\.1:\d+\//);
    if (found !== null) resolve(found[0]);
  });
  const output = Promise.all([child.status, stdout, read(child.stderr)])
    .then(([{ code }, stdout, stderr]) => {
      reject(new Error(`It ended: ${stdout}${stderr}`));
      return { code, stdout, stderr };
    });
  return {
    url,
    output,
    stop() {
      child.kill("SIGINT");
      return output;
    },
  };
}

async function read(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  onText: (text: string) => void = () => {},
): Promise<string> {
  let text = "";
  for await (const chunk of stream.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    onText(text);
  }
  return text;
}

async function json(url: string) {
  const response = await fetch(url);
  assertEquals(response.status, 200, url);
  return await response.json();
}

describe("citysearch, the program", () => {
  let data: string;

  beforeAll(async () => {
    data = await Deno.makeTempDir();
  });
  afterAll(() => Deno.remove(data, { recursive: true }));

  it("imports all cities with its progress, and serves them", async () => {
    const started = start("--port", "0", "--data", data);
    const url = await started.url;
    const { suggestions } = await json(`${url}api/suggest?q=mun&k=50`);
    const labels = suggestions.map(({ label }: { label: string }) => label);
    assert(labels.includes("Munich"), labels.join());
    const { suggestions: [first] } = await json(
      `${url}api/suggest?q=m%C3%BCnchen`,
    );
    assertEquals([first.label, first.country], ["Munich (München)", "Germany"]);
    const all = suggestions.map(({ population }: { population: number }) =>
      population
    );
    assertEquals(all, all.toSorted((a: number, b: number) => b - a));
    const { shards } = await json(`${url}api/stats`);
    assertEquals(shards.length, 3);
    const cities = shards.reduce(
      (sum: number, shard: { cities: number }) => sum + shard.cities,
      0,
    );
    assertEquals(cities, 135_233);
    const { code, stdout, stderr } = await started.stop();
    assertEquals(code, 0);
    assertMatch(stderr, /100 %, /);
    assertStringIncludes(
      stdout,
      "135,233 cities on 3 shards at http://127.0.0.1:",
    );
  });

  it("starts again without importing", async () => {
    const started = start("--port", "0", "--data", data, "--log");
    const url = await started.url;
    assertEquals(await (await fetch(`${url}healthz`)).text(), "ok");
    const { code, stdout } = await started.stop();
    assertEquals(code, 0);
    assertEquals(stdout.includes("Importing"), false);
  });

  it("ends with open streams and answers under way", async () => {
    const started = start("--port", "0", "--data", data);
    const url = await started.url;
    const stream = await fetch(`${url}api/events`);
    const { code } = await started.stop();
    assertEquals(code, 0);
    await stream.body?.cancel().catch(() => {});
  });

  it("runs shards as processes that end with it", async () => {
    const started = start("--port", "0", "--data", data, "--nodes", "2");
    const url = await started.url;
    const { shards } = await json(`${url}api/stats`);
    assertEquals(shards.map(({ shard }: { shard: number }) => shard), [0, 1]);
    const { suggestions, isPartial } = await json(`${url}api/suggest?q=berlin`);
    assertEquals([suggestions[0].name, isPartial], ["Berlin", false]);
    assertEquals((await started.stop()).code, 0);
    for (const { server } of shards) {
      const port = Number(server.split(":").at(-1));
      const isOpen = await Deno.connect({ hostname: "127.0.0.1", port })
        .then((conn) => {
          conn.close();
          return true;
        }, () => false);
      assertEquals(isOpen, false);
    }
  });

  it("says in one line what is wrong, and exits with 1", async () => {
    const busy = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = busy.addr;
    const file = `${data}/file`;
    await Deno.writeTextFile(file, "");
    const broken = `${data}/broken`;
    await Deno.mkdir(broken);
    await Deno.writeTextFile(
      `${broken}/cities.db`,
      "no database ".repeat(1000),
    );
    const known: [string[], RegExp][] = [
      [
        ["--port", String(port)],
        /^error: Cannot listen on port \d+: it is in use\n$/,
      ],
      [
        ["--port", "x"],
        /^error: Cannot use --port x: want a whole number, 0 to 65535\n$/,
      ],
      [
        ["--port", "0", "--data", file],
        /^error: Cannot open the database in ".*": .*\n$/,
      ],
      [
        ["--port", "0", "--data", broken],
        /^error: Cannot open the database in ".*": .*\n$/,
      ],
      [
        ["--nodes", "0"],
        /^error: Cannot use --nodes 0: want a whole number, 1 to 16\n$/,
      ],
      [["--nope"], /^error: .*--nope.*\n$/],
    ];
    for (const [args, message] of known) {
      const { code, stdout, stderr } = await start(...args).output;
      assertEquals([code, stdout], [1, ""], args.join(" "));
      assertMatch(stderr, message);
    }
    busy.close();
  });

  it("prints its options", async () => {
    const { code, stdout } = await start("--help").output;
    assertEquals(code, 0);
    for (const option of ["--port", "--data", "--nodes", "--help"]) {
      assertStringIncludes(stdout, option);
    }
  });
});
