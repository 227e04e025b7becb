// Copyright 2026 the Gee authors. MIT license.

import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { DnsDiscovery, type DnsResolver } from "./dns_discovery.ts";

const unused = () => Promise.reject(new Error("not asked for"));

Deno.test("DnsDiscovery lists the SRV records of a service with their weights and priorities", async () => {
  const asked: string[] = [];
  const resolver: DnsResolver = {
    resolveHost: unused,
    resolveService(name) {
      asked.push(name);
      return Promise.resolve([
        { priority: 10, weight: 60, port: 9999, target: "one.example.com." },
        { priority: 10, weight: 0, port: 9998, target: "two.example.com" },
        { priority: 20, weight: 1, port: 9997, target: "spare.example.com." },
        // "The service is decidedly not available" (RFC 2782).
        { priority: 0, weight: 0, port: 0, target: "." },
      ]);
    },
  };
  const discovery = new DnsDiscovery("_gee._tcp.example.com", { resolver });
  assertEquals(await discovery.getAll(), [
    {
      address: "tcp@one.example.com:9999",
      weight: 60,
      tags: [],
      priority: 10,
    },
    {
      address: "tcp@two.example.com:9998",
      weight: 0.01,
      tags: [],
      priority: 10,
    },
    {
      address: "tcp@spare.example.com:9997",
      weight: 1,
      tags: [],
      priority: 20,
    },
  ]);
  await discovery.getAll();
  assertEquals(asked, ["_gee._tcp.example.com"]);
});

Deno.test("DnsDiscovery lists the addresses of a host, of both versions", async () => {
  const discovery = new DnsDiscovery("servers.example.com", {
    port: 9999,
    resolver: {
      resolveHost: () => Promise.resolve(["10.0.0.1", "fe80::1", "bad host"]),
      resolveService: unused,
    },
  });
  const list = await discovery.getAll();
  assertEquals(list.map(({ address }) => address), [
    "tcp@10.0.0.1:9999",
    "tcp@[fe80::1]:9999",
  ]);
});

Deno.test("DnsDiscovery keeps its list while nobody answers or the name is empty", async () => {
  const errors: string[] = [];
  let hosts = ["10.0.0.1"];
  const discovery = new DnsDiscovery("servers.example.com", {
    port: 1,
    freshness: 0,
    resolver: {
      resolveHost: () => Promise.resolve(hosts),
      resolveService: unused,
    },
    onError: (error) => errors.push((error as Error).message),
  });
  const first = await discovery.getAll();
  hosts = [];
  await assertRejects(
    () => discovery.refresh(),
    Error,
    'Cannot discover servers: "servers.example.com" has no records',
  );
  assertEquals(await discovery.getAll(), first);
  hosts = ["10.0.0.2"];
  await discovery.refresh().catch(() => discovery.refresh());
  await discovery.refresh();
  const [server] = await discovery.getAll();
  assertEquals(server?.address, "tcp@10.0.0.2:1");
  await discovery.refresh();
});

Deno.test("DnsDiscovery.getAll() rejects while it never knew a list, and refuses a port that is none", async () => {
  const discovery = new DnsDiscovery("nowhere.example.com", {
    resolver: { resolveHost: unused, resolveService: unused },
  });
  await assertRejects(
    async () => await discovery.getAll(),
    Error,
    "not asked for",
  );
  assertThrows(
    () => new DnsDiscovery("a", { port: 65_536 }),
    RangeError,
    "Cannot use port 65536: a whole number from 1 to 65535 is wanted",
  );
});

Deno.test("DnsDiscovery waits no longer than its timeout for a resolver that does not heed it", async () => {
  const never = () => new Promise<never>(() => {});
  const discovery = new DnsDiscovery("servers.example.com", {
    port: 1,
    timeout: 1,
    resolver: { resolveHost: never, resolveService: never },
  });
  const error = await assertRejects(
    async () => await discovery.getAll(),
    DOMException,
  );
  assertEquals(error.name, "TimeoutError");
});

/** `Deno.resolveDns` for the length of a test: what it is asked, and what it answers. */
function stubDns(
  answer: (name: string, type: string) => unknown[],
): Disposable & { readonly asked: string[] } {
  const { resolveDns } = Deno;
  const asked: string[] = [];
  Object.assign(Deno, {
    async resolveDns(name: string, type: string) {
      asked.push(`${type} ${name}`);
      return await answer(name, type);
    },
  });
  return {
    asked,
    [Symbol.dispose]: () => void Object.assign(Deno, { resolveDns }),
  };
}

Deno.test("DnsDiscovery asks Deno, and takes a host of one version for well", async () => {
  using dns = stubDns((_, type) => {
    if (type === "A") return ["10.0.0.1"];
    if (type === "SRV") {
      return [{ priority: 0, weight: 1, port: 5, target: "one." }];
    }
    throw new Deno.errors.NotFound("no records");
  });
  const [host] = await new DnsDiscovery("host", { port: 1 }).getAll();
  const [service] = await new DnsDiscovery("service").getAll();
  assertEquals([host?.address, service?.address], [
    "tcp@10.0.0.1:1",
    "tcp@one:5",
  ]);
  assertEquals(dns.asked, ["A host", "AAAA host", "SRV service"]);
});

Deno.test("DnsDiscovery passes on why Deno knows no address at all", async () => {
  using _ = stubDns(() => {
    throw new Deno.errors.NotFound("no records");
  });
  await assertRejects(
    async () => await new DnsDiscovery("host", { port: 1 }).getAll(),
    Deno.errors.NotFound,
    "no records",
  );
});
