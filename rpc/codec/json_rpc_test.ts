// Copyright 2026 the Gee authors. MIT license.

import { assertEquals, assertThrows } from "@std/assert";
import { WireError } from "../errors.ts";
import { Server } from "../server.ts";
import { Exchange } from "../testdata/exchange.ts";
import { pipe } from "../testdata/pipe.ts";
import { jsonRpcCodec } from "./json_rpc.ts";
import { InvalidBody, type Message } from "./codec.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

/** What a side makes of a text, and how many of its bytes it takes. */
function read(text: string, side: "client" | "server" = "server") {
  const messages: Message[] = [];
  const codec = jsonRpcCodec.create(side);
  const used = codec.decode(bytes(text), (message) => messages.push(message));
  return { messages, used };
}

class Arith {
  sum({ Num1, Num2 }: { Num1: number; Num2: number }) {
    return Num1 + Num2;
  }

  divide({ Num1, Num2 }: { Num1: number; Num2: number }) {
    if (Num2 === 0) throw new Error("divide by zero");
    return { Quo: Math.trunc(Num1 / Num2), Rem: Num1 % Num2 };
  }
}

/** The lines that a server answers to chunks, which come a byte at a time. */
async function answers(
  chunks: readonly Uint8Array[],
  count: number,
): Promise<string[]> {
  await using server = new Server();
  server.register(new Arith());
  const [end, other] = pipe();
  const running = server.serve(other);
  for (const byte of chunks.flatMap((chunk) => [...chunk])) {
    await end.write(new Uint8Array([byte]));
  }
  let text = "";
  const buffer = new Uint8Array(1000);
  while (text.split("\n").length <= count) {
    const length = await end.read(buffer);
    if (length === null) throw new Error(`Cannot read on: got ${text}`);
    text += new TextDecoder().decode(buffer.subarray(0, length));
  }
  end.close();
  await running;
  return text.split("\n").slice(0, -1);
}

for (const name of ["netrpc-jsonrpc", "netrpc-jsonrpc-error"]) {
  Deno.test(`a server answers ${name} as Go does, a byte at a time`, async () => {
    const exchange = new Exchange(name);
    const told = exchange.chunks("s2c").flatMap((chunk) =>
      new TextDecoder().decode(chunk).split("\n").filter(Boolean)
    );
    const ours = await answers(exchange.chunks("c2s"), told.length);
    assertEquals(
      ours.map((line) =>
        line.replace(
          "rpc server: can't find service Foo",
          "rpc: can't find method Foo.Nope",
        )
      ),
      told,
    );
  });
}

Deno.test("jsonRpcCodec answers under the id of the request, whatever that is", async () => {
  const asked = [
    ...['"a"', "1.5", "[1]", "null", "0"].map((id) =>
      `{"method":"Arith.sum","params":[{"Num1":1,"Num2":1}],"id":${id}}`
    ),
    '{"id":9,"method":"Arith.sum","params":{"Num1":1}}',
    '{"params":[],"id":10}',
  ].map((line) => bytes(line));
  const wrong = '"want \\"method\\" and an array of one in \\"params\\""';
  assertEquals(await answers(asked, 6), [
    '{"id":"a","result":2,"error":null}',
    '{"id":1.5,"result":2,"error":null}',
    '{"id":[1],"result":2,"error":null}',
    '{"id":0,"result":2,"error":null}',
    `{"id":9,"result":null,"error":${
      wrong.replace('"want', '"rpc server: read body err: want')
    }}`,
    '{"id":10,"result":null,"error":"rpc server: service/method request ill-formed: "}',
  ]);
});

Deno.test("jsonRpcCodec takes whole objects, and refuses what is none", () => {
  const one = '{"method":"A.b","params":[{"x":"}\\"{"}],"id":1}';
  assertEquals(read(`${one}\n${one} {"me`).used, 2 * one.length + 1);
  assertEquals(read(one).messages, [
    { serviceMethod: "A.b", seq: 1, error: "", body: { x: '}"{' } },
  ]);
  const [wrong] = read('{"method":"A.b","params":[1,2],"id":1}').messages;
  assertEquals(wrong?.body instanceof InvalidBody, true);
  for (const text of ["[1]", "x", '"{}"', "5"]) {
    assertThrows(
      () => read(text),
      WireError,
      "Cannot read a message: got byte",
    );
  }
  for (const text of ["{x}", '{"a":1}}']) {
    assertThrows(() => read(text), WireError, "it is not JSON");
  }
  assertThrows(
    () => read('{"id":"1","result":1,"error":null}', "client"),
    WireError,
    'Cannot read a reply: its "id" is "1", want a number',
  );
  const failures = ['"text"', '{"code":1}', '""'].map((error) =>
    read(`{"id":1,"result":null,"error":${error}}`, "client").messages[0]?.error
  );
  assertEquals(failures, ["text", '{"code":1}', "unspecified error"]);
});
