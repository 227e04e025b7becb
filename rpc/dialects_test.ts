// Copyright 2026 the Gee authors. MIT license.
// What every call keeps to, whatever the codec between.

import { assert, assertEquals, assertRejects } from "@std/assert";
import type { Code } from "./code.ts";
import type { CodecFactory } from "./codec/codec.ts";
import { frameCodec, framesCodec } from "./codec/frame_codec.ts";
import { jsonCodec } from "./codec/json_codec.ts";
import type { CallContext } from "./context.ts";
import { dial } from "./dial.ts";
import { RemoteError, RpcError, ShutdownError } from "./errors.ts";
import { Server } from "./server.ts";

class Arith {
  readonly contexts: CallContext[] = [];
  readonly release = Promise.withResolvers<string>();
  sum({ a, b }: { a: number; b: number }) {
    return a + b;
  }
  echo(value: unknown) {
    return Promise.resolve(value);
  }
  nothing() {}
  fail(text: string) {
    throw new RpcError("not_found", text, { details: { id: 7 } });
  }
  odd() {
    throw new Error("100%d");
  }
  big() {
    return 1n;
  }
  wait(_args: unknown, context: CallContext) {
    this.contexts.push(context);
    return this.release.promise;
  }
}

interface Rig extends AsyncDisposable {
  readonly arith: Arith;
  readonly server: Server;
  readonly client: Awaited<ReturnType<typeof dial>>;
}

async function rig(codec: CodecFactory): Promise<Rig> {
  const arith = new Arith();
  const server = new Server({ codecs: [codec], maxBufferedBytes: 10_000 });
  server.register(arith);
  const client = await dial(server.listen().address, { codec });
  return {
    arith,
    server,
    client,
    async [Symbol.asyncDispose]() {
      await client.close();
      await server.close({ timeout: 0 });
    },
  };
}

const CODECS: Record<string, CodecFactory> = {
  frames: frameCodec,
  "frames, deflated": framesCodec({ compress: 100 }),
  JSON: jsonCodec,
};

for (const [name, codec] of Object.entries(CODECS)) {
  const isFramed = name !== "JSON";

  Deno.test(`Client.call() in ${name} returns values of every kind`, async () => {
    await using subject = await rig(codec);
    const { client } = subject;
    assertEquals(await client.call("Arith.sum", { a: 1, b: 2 }), 3);
    assertEquals(await client.call("Arith.Sum", { a: 1, b: 2 }), 3);
    assertEquals(await client.call("Arith.nothing"), null);
    const values = [null, 0, "", "São \n😀", "\ufeff\ufffd", [], {}, [{
      a: [1.5, true],
    }], "x".repeat(5000)];
    const calls = values.map((value) => client.call("Arith.echo", value));
    assertEquals(await Promise.all(calls), values);
    const large = "é".repeat(3 << 20);
    const [first, second] = await Promise.all([
      client.call("Arith.echo", large),
      client.call("Arith.sum", { a: 1, b: 2 }),
    ]);
    assert(first === large);
    assertEquals(second, 3);
    assertEquals(subject.server.stats().errors, 0);
  });

  Deno.test(`Client.call() in ${name} settles 1,000 calls at once, each with its reply`, async () => {
    await using subject = await rig(codec);
    const calls = Array.from(
      { length: 1000 },
      (_, a) =>
        a % 2 === 0
          ? subject.client.call("Arith.sum", { a, b: 1 })
          : subject.client.call("Arith.echo", a + 1),
    );
    assertEquals(
      await Promise.all(calls),
      Array.from({ length: 1000 }, (_, a) => a + 1),
    );
  });

  Deno.test(`Client.call() in ${name} rejects with text and code, and the connection lives on`, async () => {
    await using subject = await rig(codec);
    const { client } = subject;
    const coded: Code = isFramed ? "not_found" : "unknown";
    const rows: readonly (readonly [string, unknown, string, Code])[] = [
      ["Arith.fail", "100%d", "100%d", coded],
      ["Arith.odd", null, "100%d", "unknown"],
      ["Arith.no", 1, "rpc server: can't find method no", "unimplemented"],
      ["No.no", 1, "rpc server: can't find service No", "unimplemented"],
      [
        "__proto__.toString",
        1,
        "rpc server: can't find service __proto__",
        "unimplemented",
      ],
      [
        "Arith.constructor",
        1,
        "rpc server: can't find method constructor",
        "unimplemented",
      ],
      [
        "sum",
        1,
        "rpc server: service/method request ill-formed: sum",
        "unimplemented",
      ],
      [
        "Arith.fail",
        "",
        "rpc server: the method failed without a message",
        coded,
      ],
    ];
    for (const [method, args, text, code] of rows) {
      const error = await assertRejects(
        () => client.call(method, args),
        RemoteError,
      );
      assertEquals([error.message, error.code, error.serviceMethod], [
        text,
        code,
        method,
      ]);
      const details = code === "not_found" ? { id: 7 } : undefined;
      assertEquals(error.details, details);
    }
    await assertRejects(() => client.call("Arith.big"), RemoteError, "BigInt");
    await assertRejects(
      () => client.call("Arith.echo", 1n),
      TypeError,
      "BigInt",
    );
    assertEquals(await client.call("Arith.sum", { a: 1, b: 2 }), 3);
  });

  Deno.test(`Client.call() in ${name} ends by timeout, signal, and close`, async () => {
    await using subject = await rig(codec);
    const { client, arith, server } = subject;
    const timeout = await assertRejects(
      () => client.call("Arith.wait", 1, { timeout: 1 }),
      DOMException,
      'Cannot finish "Arith.wait": no reply within 1 ms',
    );
    assertEquals(timeout.name, "TimeoutError");
    const controller = new AbortController();
    const call = client.call("Arith.wait", 2, { signal: controller.signal });
    const reason = new Error("changed my mind");
    controller.abort(reason);
    assertEquals(await call.catch((error) => error), reason);
    await client.call("Arith.sum", { a: 1, b: 2 });
    if (isFramed) {
      assertEquals(arith.contexts.map(({ signal }) => signal.aborted), [
        true,
        true,
      ]);
    }
    // What was given up counts until it has ended.
    assertEquals(server.stats().inFlight, 2);
    const last = client.call("Arith.wait", 3);
    await client.close();
    await assertRejects(
      () => last,
      ShutdownError,
      "Cannot finish the call: the client was closed",
    );
    arith.release.resolve("late");
  });

  Deno.test(`Server.close() in ${name} lets calls end and turns further ones away`, async () => {
    await using subject = await rig(codec);
    const { client, arith, server } = subject;
    const early = client.call("Arith.wait");
    await client.call("Arith.nothing");
    const closing = server.close();
    const refused = await assertRejects(
      () => client.call("Arith.nothing"),
      RemoteError,
      "rpc server: the server is closing",
    );
    assertEquals(refused.code, "unavailable");
    arith.release.resolve("done");
    assertEquals(await early, "done");
    await closing;
    assertEquals(server.stats().connections, 0);
  });
}
