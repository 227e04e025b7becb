// Copyright 2026 the Gee authors. MIT license.

import { assertEquals, assertRejects } from "@std/assert";
import type { Link } from "./link.ts";
import { TcpTransport } from "./tcp_transport.ts";
import {
  connect,
  drain,
  echo,
  get,
  HOST,
  proxy,
  SECRET,
  textOf,
} from "./testdata/tcp.ts";

Deno.test("TcpLink and TcpServer prove to each other that they know the secret", async () => {
  await using node = connect({ secret: SECRET }, { secret: SECRET });
  assertEquals(textOf(await node.link.send(get("k"))), "<k>");
  const wrong = new TcpTransport({ secret: `${SECRET}!` }).link(node.name);
  await assertRejects(
    () => wrong.send(get("k")),
    Error,
    "Cannot greet the peer: it does not know the secret",
  );
  const none = new TcpTransport().link(node.name);
  await assertRejects(
    () => none.send(get("k")),
    Error,
    "Cannot greet the peer: it wants a secret",
  );
  wrong.close();
  none.close();
});

Deno.test("TcpLink with a secret sends no question to a server without one", async () => {
  let asked = 0;
  await using node = connect({
    answer: (question) => {
      asked++;
      return echo(question);
    },
  }, { secret: SECRET });
  await assertRejects(
    () => node.link.send(get("k")),
    Error,
    "Cannot greet the peer: it does not have a secret where this node has one",
  );
  assertEquals(asked, 0);
});

Deno.test("TcpServer refuses a proof that was repeated or reflected", async () => {
  await using node = connect({ secret: SECRET, timeout: 500 });
  const sent: Uint8Array[] = [];
  await using wire = proxy(node.name, (bytes, isToTarget) => {
    if (isToTarget) sent.push(bytes);
    return [bytes];
  });
  const link = new TcpTransport({ secret: SECRET }).link(wire.name);
  await link.send(get("k"));
  link.close();
  const { port } = node.server.addr;
  using repeat = await Deno.connect({ hostname: HOST, port });
  for (const bytes of sent) await repeat.write(bytes);
  // Its hello and its proof, and no answer.
  assertEquals(await drain(repeat).catch(() => 70), 70);
  using reflect = await Deno.connect({ hostname: HOST, port });
  await reflect.write(sent[0]!); // the hello
  const theirs = new Uint8Array(70);
  for (let at = 0; at < 70;) {
    at += await reflect.read(theirs.subarray(at)) ?? 70;
  }
  await reflect.write(theirs.subarray(38));
  await reflect.write(Uint8Array.of(5, 0, 0, 0, 1, 0, 0, 0, 4)).catch(() => {});
  assertEquals(await drain(reflect).catch(() => 0), 0);
});

Deno.test("TcpLink and TcpServer speak over TLS", async () => {
  const at = new URL("./testdata/", import.meta.url);
  const [cert, key] = await Promise.all(
    ["peer.crt", "peer.key"].map((file) =>
      Deno.readTextFile(new URL(file, at))
    ),
  ) as [string, string]; // two files
  await using node = connect(
    { tls: { cert, key }, secret: SECRET },
    { tls: { caCerts: [cert] }, secret: SECRET },
  );
  const answers = await Promise.all(
    Array.from({ length: 100 }, (_, index) => node.link.send(get(`${index}`))),
  );
  assertEquals(answers.map(textOf), [...answers.keys()].map((i) => `<${i}>`));
  assertEquals(node.server.connections, 1);
  const untrusting = new TcpTransport({ tls: {}, secret: SECRET });
  const link: Link = untrusting.link(node.name);
  await assertRejects(() => link.send(get("k")), Error, "certificate");
  const plain = new TcpTransport({ secret: SECRET, timeout: 500 });
  const open: Link = plain.link(node.name);
  await assertRejects(() => open.send(get("k")), Error);
  link.close();
  open.close();
});
