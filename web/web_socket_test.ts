// Copyright 2026 the Gee authors. MIT license.
import { assertEquals, assertInstanceOf } from "@std/assert";
import { Engine } from "./engine.ts";
import type {
  WebSocketEnd,
  WebSocketHooks,
  WebSocketOptions,
} from "./web_socket.ts";

interface Rig extends AsyncDisposable {
  open(init?: { protocols?: string[]; origin?: string }): Promise<Client>;
  /** What onClose was called with, in order. */
  readonly ends: WebSocketEnd[];
  readonly closed: Promise<void>;
  close(): Promise<void>;
}

interface Client {
  readonly socket: WebSocket;
  next(): Promise<unknown>;
  readonly ended: Promise<CloseEvent>;
}

function rig(hooks: WebSocketHooks, options?: WebSocketOptions): Rig {
  const app = new Engine();
  app.use((c) => {
    c.setHeader("x-layer", "1"); // must not spoil the answer that upgrades
    return c.next();
  });
  const ends: WebSocketEnd[] = [];
  const { promise: closed, resolve } = Promise.withResolvers<void>();
  app.get("/ws", (c) =>
    c.webSocket({
      ...hooks,
      onClose: (_, end) => {
        ends.push(end);
        resolve();
      },
    }, options));
  const server = app.run({ port: 0 });
  return {
    ends,
    closed,
    close: () => server.close(),
    open: ({ protocols, origin } = {}) =>
      connect(`ws://127.0.0.1:${server.addr.port}/ws`, protocols, origin),
    [Symbol.asyncDispose]: () => server.close(),
  };
}

async function connect(
  url: string,
  protocols?: string[],
  origin?: string,
): Promise<Client> {
  const headers = origin === undefined ? {} : { origin };
  const socket = new WebSocket(url, { protocols: protocols ?? [], headers });
  socket.binaryType = "arraybuffer";
  const waiting: ((data: unknown) => void)[] = [];
  const arrived: unknown[] = [];
  socket.onmessage = ({ data }) => {
    const take = waiting.shift();
    if (take === undefined) arrived.push(data);
    else take(data);
  };
  const ended = new Promise<CloseEvent>((done) => socket.onclose = done);
  await new Promise<void>((done, fail) => {
    socket.onopen = () => done();
    socket.onerror = () => fail(new Error("No socket"));
  });
  socket.onerror = null;
  const next = () =>
    arrived.length > 0
      ? Promise.resolve(arrived.shift())
      : new Promise((take) => waiting.push(take));
  return { socket, next, ended };
}

async function refused(open: Promise<Client>): Promise<boolean> {
  try {
    await open;
    return false;
  } catch {
    return true;
  }
}

Deno.test("Context.webSocket() carries text and bytes and keeps their order", async () => {
  const gate = Promise.withResolvers<void>();
  await using server = rig({
    onOpen: (socket) => socket.send("open"),
    onMessage: async (socket, data) => {
      if (data === "slow") await gate.promise;
      socket.send(data);
    },
  });
  const { socket, next, ended } = await server.open();
  assertEquals(await next(), "open");
  socket.send("slow");
  socket.send(new Uint8Array([0, 255]));
  socket.send("last");
  gate.resolve();
  assertEquals(await next(), "slow");
  const bytes = await next();
  assertInstanceOf(bytes, ArrayBuffer);
  assertEquals([...new Uint8Array(bytes)], [0, 255]);
  assertEquals(await next(), "last");
  socket.close(1000, "bye");
  await ended;
  await server.closed;
  assertEquals(server.ends.map(({ code, reason }) => [code, reason]), [
    [1000, "bye"],
  ]);
});

Deno.test("Context.webSocket() refuses foreign pages", async () => {
  await using server = rig({ onOpen: (socket) => socket.close() }, {
    origins: ["https://example.com"],
  });
  for (
    const origin of ["https://evil.com", "https://example.com.evil", "null"]
  ) {
    assertEquals(await refused(server.open({ origin })), true, origin);
  }
  const client = await server.open({ origin: "https://example.com" });
  await client.ended;
  await server.closed;
});

Deno.test("Context.webSocket() answers 426 to a plain request", async () => {
  const app = new Engine();
  app.get("/", (c) => c.webSocket({}));
  const response = await app.request("/");
  assertEquals(response.status, 426);
  assertEquals(response.headers.get("upgrade"), "websocket");
});

Deno.test("Context.webSocket() closes with 1009 over the limit", async () => {
  const seen: unknown[] = [];
  await using server = rig({ onMessage: (_, data) => void seen.push(data) }, {
    maxMessageBytes: 4,
  });
  const { socket, ended } = await server.open();
  socket.send("four");
  socket.send("éé!");
  assertEquals((await ended).code, 1009);
  assertEquals(seen, ["four"]);
  await server.closed;
});

Deno.test("Context.webSocket() takes a message of 1 MiB and none larger by default", async () => {
  const sizes: number[] = [];
  await using server = rig({
    onMessage: (_, data) => void sizes.push((data as string).length),
  });
  const { socket, ended } = await server.open();
  socket.send("x".repeat(1 << 20));
  socket.send("x".repeat((1 << 20) + 1));
  assertEquals((await ended).code, 1009);
  assertEquals(sizes, [1 << 20]);
  await server.closed;
});

Deno.test("Context.webSocket() lets go of a client faster than the handler", async () => {
  const gate = Promise.withResolvers<void>();
  await using server = rig({ onMessage: () => gate.promise }, {
    maxMessageBytes: 10,
  });
  const { socket, ended } = await server.open();
  for (let count = 0; count < 18; count++) socket.send("0123456789");
  assertEquals((await ended).code, 1008);
  gate.resolve();
  await server.closed;
});

Deno.test("Context.webSocket() lets few messages wait, empty ones too", async () => {
  const gate = Promise.withResolvers<void>();
  await using server = rig({ onMessage: () => gate.promise });
  const { socket, ended } = await server.open();
  for (let count = 0; count < 4098; count++) socket.send("");
  assertEquals((await ended).code, 1008);
  gate.resolve();
  await server.closed;
});

Deno.test("Context.webSocket() closes with 1011 when a hook throws", async () => {
  const hooks: WebSocketHooks[] = [
    {
      onOpen: () => {
        throw new Error("No");
      },
    },
    {
      onMessage: () => {
        throw new Error("No");
      },
    },
    { onMessage: () => Promise.reject(new Error("No")) },
  ];
  for (const one of hooks) {
    await using server = rig(one);
    const { socket, ended } = await server.open();
    if (socket.readyState === WebSocket.OPEN) socket.send("x");
    assertEquals((await ended).code, 1011);
    await server.closed;
    assertEquals(String(server.ends[0]?.error), "Error: No");
  }
});

Deno.test("Context.webSocket() chooses the first own protocol offered", async () => {
  await using server = rig({}, { protocols: ["v2", "v1"] });
  const { socket, ended } = await server.open({ protocols: ["v1", "v2"] });
  assertEquals(socket.protocol, "v2");
  socket.close();
  await ended;
  await server.closed;
});

Deno.test("RunningServer.close() ends WebSockets with 1001", async () => {
  const server = rig({});
  const { ended } = await server.open();
  await server.close();
  assertEquals((await ended).code, 1001);
  await server.closed;
});
