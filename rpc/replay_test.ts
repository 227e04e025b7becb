// Copyright 2026 the Gee authors. MIT license.
// Exchanges between Go programs, played again with this module on either side, one
// byte at a time.

import { assert, assertEquals, assertRejects } from "@std/assert";
import { Client } from "./client.ts";
import type { CodecFactory } from "./codec/codec.ts";
import { gobCodec, netRpcCodec } from "./codec/gob_codec.ts";
import { jsonRpcCodec } from "./codec/json_rpc.ts";
import { RemoteError } from "./errors.ts";
import * as gob from "./gob/mod.ts";
import { CLIENT_LIMITS } from "./limits.ts";
import { Registry } from "./registry.ts";
import { Server } from "./server.ts";
import { Exchange } from "./testdata/exchange.ts";
import { pipe, type PipeEnd } from "./testdata/pipe.ts";

const args = gob.struct("Args", { Num1: gob.int, Num2: gob.int });
const BRACE = 0x7b;
const quotient = gob.struct("Quotient", { Quo: gob.int, Rem: gob.int });
const geeRpc = gobCodec({
  methods: {
    "Foo.Sum": { args, reply: gob.int },
    "Foo.Sleep": { args, reply: gob.int },
    "Foo.Nope": { args },
    "Arith.Divide": { args, reply: gob.int },
  },
});
const netRpc = netRpcCodec({
  methods: {
    "Arith.Sum": { args, reply: gob.int },
    "Arith.Divide": { args, reply: quotient },
  },
});

interface Numbers {
  readonly Num1: number;
  readonly Num2: number;
}

class Foo {
  sum({ Num1, Num2 }: Numbers) {
    return Num1 + Num2;
  }
  sleep() {
    return new Promise(() => {});
  }
}

class Arith {
  sum({ Num1, Num2 }: Numbers) {
    return Num1 + Num2;
  }
  divide({ Num1, Num2 }: Numbers) {
    if (Num2 === 0) throw new Error("divide by zero");
    return { Quo: Math.trunc(Num1 / Num2), Rem: Num1 % Num2 };
  }
}

async function read(end: PipeEnd, length: number): Promise<string> {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length;) {
    const count = await end.read(bytes.subarray(at));
    if (count === null) return bytes.subarray(0, at).toHex();
    at += count;
  }
  return bytes.toHex();
}

async function dribble(end: PipeEnd, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length; at++) {
    await end.write(bytes.subarray(at, at + 1));
  }
}

const SERVED: Readonly<Record<string, CodecFactory>> = {
  "geerpc-gob-call-ok": geeRpc,
  "geerpc-gob-call-error": geeRpc,
  "geerpc-gob-handle-timeout": geeRpc,
  "geerpc-gob-unknown-method": geeRpc,
  "geerpc-padded-option": geeRpc,
  "netrpc-gob": netRpc,
  "netrpc-jsonrpc": jsonRpcCodec,
};
/** Chunks of net/rpc before a method that is not there, which it words differently. */
const ALIKE = 4;

for (const [name, codec] of Object.entries(SERVED)) {
  Deno.test(`Server answers the client of ${name} with the very bytes of Go's server`, async () => {
    const server = new Server({ codecs: [codec] });
    server.register(new Foo());
    server.register(new Arith());
    const [near, far] = pipe();
    const serving = server.serve(far);
    const all = new Exchange(name).all();
    const alike = name.startsWith("netrpc") ? all.slice(0, ALIKE) : all;
    for (const { direction, bytes } of alike) {
      if (direction === "c2s") await dribble(near, bytes);
      else assertEquals(await read(near, bytes.length), bytes.toHex());
    }
    near.close();
    await serving;
    await server.close();
  });
}

Deno.test("Server answers what Go's server lost behind an option without padding", async () => {
  const server = new Server({ codecs: [geeRpc] });
  server.register(new Foo());
  const [near, far] = pipe();
  const serving = server.serve(far);
  const [request] = new Exchange("geerpc-unpadded-option").all();
  const [, reply] = new Exchange("geerpc-padded-option").all();
  assert(request !== undefined && reply !== undefined);
  await near.write(request.bytes);
  assertEquals(await read(near, reply.bytes.length), reply.bytes.toHex());
  near.close();
  await serving;
  await server.close();
});

for (
  const name of [
    "geerpc-gob-call-ok",
    "geerpc-gob-call-error",
    "geerpc-gob-handle-timeout",
    "geerpc-gob-unknown-method",
  ]
) {
  Deno.test(`Client sends the very bytes of Go's client in ${name}, and reads the answers`, async () => {
    const [near, far] = pipe();
    const client = new Client(near, { codec: geeRpc });
    const asked = geeRpc.create("server", CLIENT_LIMITS);
    const told = geeRpc.create("client", CLIENT_LIMITS);
    let isFirst = true;
    let call: Promise<unknown> | undefined;
    for (const { direction, bytes } of new Exchange(name).all()) {
      if (bytes[0] === BRACE) continue; // the option
      if (direction === "s2c") {
        await dribble(far, bytes);
        told.decode(bytes, ({ error, body }) => {
          call = error === ""
            ? call?.then((reply) => assertEquals(reply, body))
            : assertRejects(
              () => call ?? Promise.resolve(),
              RemoteError,
              error,
            );
        });
        await call;
        continue;
      }
      asked.decode(bytes, ({ serviceMethod, body }) => {
        call = client.call(serviceMethod, body);
      });
      // Padded, as the original's server wants it before the first call.
      if (isFirst) await read(far, 512);
      isFirst = false;
      assertEquals(await read(far, bytes.length), bytes.toHex());
    }
    await client.close();
  });
}

Deno.test("Registry answers Go's programs and curl as the original did", async () => {
  const registry = new Registry();
  for (
    const name of [
      "registry-post",
      "registry-get",
      "registry-get-curl",
      "registry-post-missing-header",
      "registry-put",
    ]
  ) {
    const [request, answer] = new Exchange(name).all().map(({ bytes }) =>
      new TextDecoder().decode(bytes).split("\r\n")
    );
    assert(request?.[0] !== undefined && answer?.[0] !== undefined);
    const headers = (lines: readonly string[]) =>
      new Headers(
        lines.slice(1).filter((line) => line !== "").map((line) => {
          const at = line.indexOf(": ");
          return [line.slice(0, at), line.slice(at + 2)];
        }),
      );
    const [method = "", path = ""] = request[0].split(" ");
    const response = await registry.fetch(
      new Request(`http://127.0.0.1${path}`, {
        method,
        headers: headers(request),
      }),
    );
    const wanted = headers(answer).get("x-geerpc-servers");
    assertEquals(response.status, Number(answer[0].split(" ")[1]), name);
    assertEquals(response.headers.get("x-geerpc-servers"), wanted, name);
    assertEquals(await response.text(), "", name);
  }
});
