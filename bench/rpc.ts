// Copyright 2026 the Gee authors. MIT license.
// Echo calls between two processes: deno task bench:rpc

import * as grpc from "npm:@grpc/grpc-js@1.14.1";
import { dial, Server } from "../rpc/mod.ts";
import { dialRawJson, serveRawJson } from "./raw_json.ts";
import { type Measure, runSuite } from "./suite.ts";

class Echo {
  say(body: unknown) {
    return body;
  }
}

type CallEcho = (body: unknown) => Promise<unknown>;

const json = {
  serialize: (value: unknown) => Buffer.from(JSON.stringify(value)),
  deserialize: (bytes: Uint8Array) =>
    JSON.parse(new TextDecoder().decode(bytes)) as unknown,
};
const grpcService = {
  say: {
    path: "/Echo/Say",
    requestStream: false,
    responseStream: false,
    requestSerialize: json.serialize,
    requestDeserialize: json.deserialize,
    responseSerialize: json.serialize,
    responseDeserialize: json.deserialize,
  },
};

/** Each candidate: a server that returns its port, and a client for it. */
const candidates: Record<
  string,
  {
    serve(): number | Promise<number>;
    connect(port: number): Promise<CallEcho> | CallEcho;
  }
> = {
  "raw-json": { serve: serveRawJson, connect: dialRawJson },
  "@gee/std/rpc": {
    serve() {
      const server = new Server();
      server.register(new Echo());
      return (server.listen().addr as Deno.NetAddr).port;
    },
    async connect(port) {
      const client = await dial(`tcp@127.0.0.1:${port}`);
      const echo = client.service<Echo>("Echo");
      return (body) => echo.say(body);
    },
  },
  "grpc-js": {
    serve() {
      const server = new grpc.Server();
      server.addService(grpcService, {
        say: (
          call: { request: unknown },
          done: (error: null, reply: unknown) => void,
        ) => done(null, call.request),
      });
      return new Promise((resolve, reject) =>
        server.bindAsync(
          "127.0.0.1:0",
          grpc.ServerCredentials.createInsecure(),
          (error: Error | null, port: number) =>
            error ? reject(error) : resolve(port),
        )
      );
    },
    connect(port) {
      const EchoClient = grpc.makeGenericClientConstructor(grpcService, "Echo");
      const client = new EchoClient(
        `127.0.0.1:${port}`,
        grpc.credentials.createInsecure(),
      );
      return (body) =>
        new Promise((resolve, reject) =>
          client["say"]!(
            body,
            (error: Error | null, reply: unknown) =>
              error ? reject(error) : resolve(reply),
          )
        );
    },
  },
  "fetch + Deno.serve": {
    serve() {
      const server = Deno.serve(
        { hostname: "127.0.0.1", port: 0, onListen() {} },
        async (request) => Response.json(await request.json()),
      );
      return server.addr.port;
    },
    connect: (port) => async (body) => {
      const response = await fetch(`http://127.0.0.1:${port}/Echo.say`, {
        method: "POST",
        body: JSON.stringify(body),
      });
      return await response.json();
    },
  },
};

/** Calls per second of a closed loop of callers. */
function echo(name: string, bytes: number, callers: number): Measure {
  return async () => {
    const server = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", import.meta.url, "--serve", name],
      stdout: "piped",
    }).spawn();
    const reader = server.stdout.pipeThrough(new TextDecoderStream())
      .getReader();
    const call = await candidates[name]!.connect(
      Number((await reader.read()).value),
    );
    const body = { text: "x".repeat(bytes - 11) };
    const run = async (ms: number) => {
      const start = performance.now();
      let calls = 0;
      const loop = async () => {
        while (performance.now() - start < ms) {
          await call(body);
          calls++;
        }
      };
      await Promise.all(Array.from({ length: callers }, loop));
      return calls / (performance.now() - start) * 1000;
    };
    await run(500);
    const speed = await run(1000);
    server.kill("SIGKILL");
    return speed;
  };
}

function cell(bytes: number, callers: number): Record<string, Measure> {
  const names = Object.keys(candidates);
  return Object.fromEntries(
    names.map((name) => [name, echo(name, bytes, callers)]),
  );
}

if (Deno.args[0] === "--serve") {
  console.log(await candidates[Deno.args[1]!]!.serve());
} else {
  await runSuite(import.meta, {
    name: "rpc",
    title: "Echo calls per second over loopback",
    baseline: "raw-json",
    command: "deno task bench:rpc",
    cells: {
      "52 B, 1 caller": cell(52, 1),
      "52 B, 16": cell(52, 16),
      "52 B, 256": cell(52, 256),
      "1 KB, 256": cell(1024, 256),
      "100 KB, 16": cell(102_400, 16),
    },
  });
}
