// Copyright 2026 the Gee authors. MIT license.
// The demo of GeeRPC: a registry, two servers that keep themselves listed, and a
// client that calls one of them, and then all of them.
//
//   deno run --allow-net=127.0.0.1 examples/rpc_registry.ts
import {
  Heartbeat,
  Registry,
  REGISTRY_PATH,
  RegistryDiscovery,
  Server,
  XClient,
} from "../rpc/mod.ts";

class Foo {
  sum({ num1, num2 }: { num1: number; num2: number }): number {
    return num1 + num2;
  }

  /** Takes as many seconds, in tenths, as the first number says. */
  async sleep({ num1, num2 }: { num1: number; num2: number }): Promise<number> {
    await new Promise((resolve) => setTimeout(resolve, num1 * 100));
    return num1 + num2;
  }
}

const registry = new Registry();
await using web = Deno.serve(
  { hostname: "127.0.0.1", port: 0, onListen() {} },
  registry.fetch,
);
const url = `http://127.0.0.1:${web.addr.port}${REGISTRY_PATH}`;

async function startServer() {
  const server = new Server();
  server.register(new Foo());
  const listener = server.listen();
  const heartbeat = new Heartbeat(url, listener.address);
  await heartbeat.listed;
  return { listener, heartbeat };
}
const servers = [await startServer(), await startServer()];

{
  await using client = new XClient(new RegistryDiscovery(url), {
    selector: "roundRobin",
  });
  const numbers = [0, 1, 2, 3, 4];
  const sums = await Promise.all(
    numbers.map((i) =>
      client.call<number>("Foo.sum", { num1: i, num2: i * i })
    ),
  );
  sums.forEach((sum, i) =>
    console.log(`call Foo.sum: ${i} + ${i * i} = ${sum}`)
  );

  const all = await client.broadcast<number>("Foo.sum", { num1: 2, num2: 4 });
  console.log(
    "broadcast Foo.sum:",
    all.map((one) => "reply" in one && one.reply),
  );

  const slow = await client.inform("Foo.sleep", { num1: 3, num2: 9 }, {
    timeout: 100,
  });
  for (const one of slow) {
    if ("error" in one) console.log("inform Foo.sleep:", `${one.error}`);
  }
}

// A server that leaves takes itself off the list.
for (const { heartbeat, listener } of servers) {
  await heartbeat.close();
  await listener.close();
}
console.log("listed in the end:", registry.servers().length);
await registry.close();
