// Copyright 2026 the Gee authors. MIT license.
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { Engine } from "./engine.ts";
import type { RunningServer } from "./server.ts";

function urlOf(server: RunningServer, path: string): string {
  return `http://127.0.0.1:${server.addr.port}${path}`;
}

Deno.test("RunningServer listens on loopback and says where", async () => {
  let port = 0;
  await using server = new Engine().run({
    port: 0,
    onListen: (address) => port = address.port,
  });
  assertEquals(server.addr.hostname, "127.0.0.1");
  assertEquals(server.addr.port, port);
});

Deno.test("Engine.run() throws at once when the port is taken", async () => {
  await using server = new Engine().run({ port: 0 });
  assertThrows(
    () => new Engine().run({ port: server.addr.port }),
    Deno.errors.AddrInUse,
  );
});

Deno.test("RunningServer.close() lets requests under way finish", async () => {
  const started = Promise.withResolvers<void>();
  const release = Promise.withResolvers<void>();
  const app = new Engine();
  app.get("/", async (c) => {
    started.resolve();
    await release.promise;
    return c.string("done");
  });
  const server = app.run({ port: 0 });
  const answer = fetch(urlOf(server, "/"));
  await started.promise;
  const closed = server.close();
  assertEquals(server.close(), closed);
  release.resolve();
  assertEquals(await (await answer).text(), "done");
  await closed;
  await server.finished;
  await assertRejects(() => fetch(urlOf(server, "/")), TypeError);
});

Deno.test("RunningServer.close() answers 503 when its time is over", async () => {
  const started = Promise.withResolvers<void>();
  const app = new Engine();
  app.get("/", () => {
    started.resolve();
    return new Promise(() => {});
  });
  const server = app.run({ port: 0, drainTimeout: 5 });
  const answer = fetch(urlOf(server, "/"));
  await started.promise;
  const [response] = await Promise.all([answer, server.close()]);
  assertEquals(response.status, 503);
  await response.body?.cancel();
  await server.finished;
});

Deno.test("RunningServer.close() ends event streams at once", async () => {
  const app = new Engine();
  app.get("/", (c) =>
    c.sse(async function* () {
      yield { data: "one" };
      await new Promise((resolve) =>
        c.signal.addEventListener("abort", resolve)
      );
    }()));
  const server = app.run({ port: 0 });
  const response = await fetch(urlOf(server, "/"));
  const reader = response.body!.getReader(); // an event stream has a body
  await reader.read();
  await server.close();
  assertEquals((await reader.read()).done, true);
});

Deno.test("RunningServer.close() does not wait for a reader that never reads", async () => {
  const app = new Engine();
  const left = Promise.withResolvers<void>();
  app.get(
    "/",
    () => new Response(new ReadableStream({ cancel: () => left.resolve() })),
  );
  const server = app.run({ port: 0, drainTimeout: 5 });
  const response = await fetch(urlOf(server, "/"));
  await server.close();
  await response.body?.cancel();
  await left.promise;
  await server.finished;
});

Deno.test("Engine.run() closes when its signal aborts", async () => {
  const controller = new AbortController();
  const server = new Engine().run({ port: 0, signal: controller.signal });
  controller.abort();
  await server.finished;
  await server[Symbol.asyncDispose]();
  const { signal } = controller;
  const reason = assertThrows(
    () => new Engine().run({ port: 0, signal }),
    DOMException,
  );
  assertEquals(reason.name, "AbortError");
});

Deno.test("RunningServer goes on for drainDelay and tells by isClosing", async () => {
  const app = new Engine();
  app.get("/", (c) => c.json(app.isClosing));
  const server = app.run({ port: 0, drainDelay: 100 });
  const ask = async () =>
    await (await fetch(`http://127.0.0.1:${server.addr.port}/`)).json();
  assertEquals([app.isClosing, await ask()], [false, false]);
  const closed = server.close();
  assertEquals(await ask(), true);
  await closed;
});

Deno.test({
  name: "RunningServer closes on SIGTERM and the program ends by itself",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    const program = `
      import { Engine } from "${new URL("./mod.ts", import.meta.url)}";
      const app = new Engine();
      app.get("/", (c) => c.string("Hello"));
      const server = app.run({ port: 0 });
      console.log(server.addr.port);
      await server.finished;
      console.log("closed");
    `;
    await using child = new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "--allow-net=127.0.0.1",
        "--no-check",
        "data:text/javascript," + encodeURIComponent(program),
      ],
      stdout: "piped",
    }).spawn();
    let text = "";
    for await (
      const chunk of child.stdout.pipeThrough(new TextDecoderStream())
    ) {
      if (text === "") child.kill("SIGTERM");
      text += chunk;
    }
    assertEquals(text.trim().split("\n")[1], "closed");
    assertEquals((await child.status).code, 0);
  },
});

Deno.test("RunningServer.url leads to it from this machine", async () => {
  const app = new Engine().get("/", (c) => c.string("Hello"));
  for (const hostname of ["127.0.0.1", "0.0.0.0"]) {
    await using server = app.run({ port: 0, hostname });
    const host = hostname === "0.0.0.0" ? "localhost" : hostname;
    assertEquals(server.url, `http://${host}:${server.addr.port}`);
  }
  await using server = app.run({ port: 0 });
  assertEquals(await (await fetch(server.url)).text(), "Hello");
});
