// Copyright 2026 the Gee authors. MIT license.

import { assert, assertEquals, assertObjectMatch } from "@std/assert";
import { Client } from "./client.ts";
import type { Code } from "./code.ts";
import { RpcError, WireError } from "./errors.ts";
import { encodeOption } from "./option.ts";
import { Server, type ServerOptions } from "./server.ts";
import { pipe, type PipeEnd, settle } from "./testdata/pipe.ts";

interface Rig extends AsyncDisposable {
  readonly server: Server;
  readonly end: PipeEnd;
  readonly running: Promise<void>;
}

/** A server on one end of a pipe. */
function rig(receiver: object, options?: ServerOptions): Rig {
  const server = new Server(options);
  server.register(receiver, { name: "Odd" });
  const [end, other] = pipe();
  return {
    server,
    end,
    running: server.serve(other),
    [Symbol.asyncDispose]: () => server.close({ timeout: 0 }),
  };
}

/** The option and some requests for `Odd.method`, as one chunk of bytes. */
function requests(method: string, count: number): Uint8Array {
  const option = encodeOption({
    codecType: "application/json",
    connectTimeout: 0,
    handleTimeout: 0,
  });
  let text = new TextDecoder().decode(option);
  for (let seq = 1; seq <= count; seq++) {
    text += `{"ServiceMethod":"Odd.${method}","Seq":${seq},"Error":""}\nnull\n`;
  }
  return new TextEncoder().encode(text);
}

Deno.test("Server answers whatever a method throws or returns, and the connection lives on", async () => {
  const revoked = Proxy.revocable({}, {});
  revoked.revoke();
  const thrown = [
    Object.create(null),
    revoked.proxy,
    Symbol("odd"),
    undefined,
    Object.assign(new Error(), { message: 5 }),
    Object.assign(new Error(), { message: undefined }),
    Object.defineProperty(new Error(), "message", {
      get: () => thrown.missing,
    }),
    Object.defineProperty(new Error(), "message", {
      get() {
        throw new Error("again");
      },
    }),
  ] as unknown[] & { missing?: unknown };
  await using odd = rig({
    throw: (index: number) => {
      throw thrown[index];
    },
    reject: (index: number) => Promise.reject(thrown[index]),
    then: () => ({
      get then() {
        throw new Error("no then");
      },
    }),
    json: () => ({
      toJSON() {
        throw Object.create(null);
      },
    }),
    revoked: () => revoked.proxy,
    fine: () => "fine",
  });
  await using client = new Client(odd.end);
  for (const method of ["throw", "reject"]) {
    for (const index of thrown.keys()) {
      const { error } = await client.go(`Odd.${method}`, index).done;
      assert(error instanceof Error, `${method} ${index}`);
      assertEquals(error.name, "RemoteError", `${method} ${index}`);
    }
  }
  for (const method of ["then", "json", "revoked"]) {
    const { error } = await client.go(`Odd.${method}`).done;
    assert(error instanceof Error, method);
    assertEquals(error.name, "RemoteError", method);
  }
  assertEquals(await client.call("Odd.fine"), "fine");
});

Deno.test("Server keeps to maxInFlight however many requests come in one read", async () => {
  const gate = Promise.withResolvers<void>();
  let called = 0;
  await using odd = rig({
    wait() {
      called++;
      return gate.promise;
    },
  }, { maxInFlight: 2 });
  const { server, end, running } = odd;
  await end.write(requests("wait", 5));
  await settle();
  assertEquals([called, server.stats().inFlight], [2, 2]);
  gate.resolve();
  await settle();
  assertEquals([called, server.stats().inFlight], [5, 0]);
  end.close();
  await running;
});

Deno.test("Server keeps to maxBufferedBytes however many requests come in one read", async () => {
  let called = 0;
  await using odd = rig({
    text() {
      called++;
      return "x".repeat(1000);
    },
  }, { maxBufferedBytes: 500 });
  const { end, running } = odd;
  const gate = Promise.withResolvers<void>();
  // deno-lint-ignore require-await
  const write = end.peer?.write.bind(end.peer) ?? (async () => 0);
  Object.assign(end.peer ?? {}, {
    write: (bytes: Uint8Array) => gate.promise.then(() => write(bytes)),
  });
  await end.write(requests("text", 5));
  await settle();
  assertEquals(called, 1);
  gate.resolve();
  await settle();
  assertEquals(called, 5);
  end.close();
  await running;
});

Deno.test("Server handles nothing of what waits behind a pause once the connection ended", async () => {
  let called = 0;
  await using odd = rig({
    wait() {
      called++;
      return new Promise(() => {});
    },
  }, { maxInFlight: 1 });
  const { server, end, running } = odd;
  await end.write(requests("wait", 3));
  await settle();
  await server.close({ timeout: 0 });
  await running;
  assertEquals(called, 1);
});

Deno.test("Server takes a message of maxMessageBytes and ends at one byte more", async () => {
  // Longer than the buffer that the option came in, as that is never cut.
  for (const maxMessageBytes of [5000, 100_000]) {
    const errors: unknown[] = [];
    await using odd = rig({
      size: (text: string) => text.length,
    }, {
      maxMessageBytes,
      onError: (error) => errors.push(error),
    });
    const { server, end, running } = odd;
    const header = '{"ServiceMethod":"Odd.size","Seq":1,"Error":""}\n';
    const body = (bytes: number) =>
      header + JSON.stringify("x".repeat(bytes - header.length - 3)) + "\n";
    await end.write(requests("", 0));
    await end.write(new TextEncoder().encode(body(maxMessageBytes)));
    await settle();
    assertObjectMatch(server.stats(), {
      connections: 1,
      calls: 1,
      errors: 0,
      inFlight: 0,
    });
    await end.write(new TextEncoder().encode(body(maxMessageBytes + 1)));
    await running;
    assertEquals(server.stats().calls, 1);
    assertEquals(errors.map((error) => (error as Error).message), [
      `Cannot read a message: it is longer than ${maxMessageBytes} bytes`,
    ]);
  }
});

Deno.test("Server answers what has no code by unknown, and the connection lives on", async () => {
  await using odd = rig({
    fail: (code: Code) => {
      throw new RpcError(code, "spelled as gRPC does");
    },
  });
  await using client = new Client(odd.end);
  const { error } = await client.go("Odd.fail", "NOT_FOUND").done;
  assertObjectMatch(error as object, { name: "RemoteError", code: "unknown" });
  assert(client.isAvailable);
});

Deno.test("Server waits for no more of an option than it reads", async () => {
  for (const begin of ["{", "G"]) {
    const errors: unknown[] = [];
    await using odd = rig({ a() {} }, { onError: (e) => errors.push(e) });
    await odd.end.write(new TextEncoder().encode(begin.padStart(4096)));
    await odd.running;
    assertObjectMatch(errors[0] as object, {
      name: "WireError",
      message: "Cannot read the option: it is longer than 4096 bytes",
    });
  }
});

Deno.test("Server tells onError why it gave a connection up, not that a peer left", async () => {
  const errors: unknown[] = [];
  const options = { onError: (error: unknown) => errors.push(error) };
  await using left = rig({ a() {} }, options);
  await left.end.write(requests("a", 1));
  await settle();
  left.end.close();
  await left.running;
  assertEquals(errors, []);
  await using garbled = rig({ a() {} }, options);
  await garbled.end.write(requests("a", 1));
  await garbled.end.write(new TextEncoder().encode("garbage\nnull\n"));
  await garbled.running;
  assertEquals(errors.length, 1);
  assert(errors[0] instanceof WireError);
  assertEquals(errors[0].message, "Cannot read a header: it is not JSON");
});

Deno.test("Server.serve() of a closed server closes the connection it was given", async () => {
  const server = new Server();
  await server.close();
  const [, other] = pipe();
  const error = await server.serve(other).catch((error) => error);
  assertEquals(error.message, "Cannot serve: the server is closed");
  assertEquals(other.isClosed, true);
});

Deno.test("Server.close() leaves no connection behind that was just being accepted", async () => {
  const errors: unknown[] = [];
  const server = new Server({ onError: (error) => errors.push(error) });
  const accepted = Promise.withResolvers<PipeEnd>();
  const { listen } = Deno;
  const addr = { transport: "tcp", hostname: "127.0.0.1", port: 1 };
  Object.assign(Deno, {
    listen: () => ({ addr, accept: () => accepted.promise, close() {} }),
  });
  try {
    const { finished } = server.listen();
    const [, conn] = pipe();
    accepted.resolve(conn);
    await server.close();
    await finished;
    assertEquals([conn.isClosed, errors], [true, []]);
  } finally {
    Object.assign(Deno, { listen });
  }
});
