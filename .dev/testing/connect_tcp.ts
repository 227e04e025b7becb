// Copyright 2026 the Gee authors. MIT license.
// What `connectTcp` promises in both modules that connect to ports.
import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";

const HOST = "127.0.0.1";

/** How many connections a server got, and how many of them did not end. */
async function watch(
  listener: Deno.Listener,
): Promise<{ taken: number; open: number }> {
  const counts = { taken: 0, open: 0 };
  for await (const conn of listener) {
    counts.taken++;
    const timer = setTimeout(() => conn.close(), 1000);
    const read = await conn.read(new Uint8Array(1)).catch(() => "open");
    clearTimeout(timer);
    if (read === "open") counts.open++;
    else conn.close();
    // Only the last one says something.
    if (read === 1) listener.close();
  }
  return counts;
}

/** Keeps the thread busy, so that what happens meanwhile is seen at once. */
function spin(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

/** Tests the one of a module. */
export function testConnectTcp(
  connectTcp: (
    address: { readonly hostname: string; readonly port: number },
    signal: AbortSignal,
  ) => Promise<Deno.TcpConn>,
): void {
  Deno.test("connectTcp() leaves nothing open when its signal is aborted just as it has connected", async () => {
    const listener = Deno.listen({ hostname: HOST, port: 0 });
    const watching = watch(listener);
    for (let i = 0; i < 20; i++) {
      const controller = new AbortController();
      const reason = new Error("Never mind");
      await new Promise((resolve) => setTimeout(resolve, 0));
      const connecting = connectTcp(
        { hostname: HOST, port: listener.addr.port },
        controller.signal,
      ).catch((error) => error);
      setTimeout(() => controller.abort(reason), 1);
      spin(3);
      assertStrictEquals(await connecting, reason);
    }
    // The system hands connections out in their order.
    using last = await connectTcp(
      { hostname: HOST, port: listener.addr.port },
      AbortSignal.timeout(5000),
    );
    await last.write(new Uint8Array(1));
    const { taken, open } = await watching;
    assertEquals([taken > 1, open], [true, 0]);
  });

  Deno.test("connectTcp() does not begin when its signal is aborted, and says why it failed", async () => {
    const listener = Deno.listen({ hostname: HOST, port: 0 });
    const { port } = listener.addr;
    listener.close();
    const reason = new Error("Never mind");
    const error = await connectTcp(
      { hostname: HOST, port },
      AbortSignal.abort(reason),
    ).catch((error) => error);
    assertStrictEquals(error, reason);
    await assertRejects(
      () => connectTcp({ hostname: HOST, port }, new AbortController().signal),
      Deno.errors.ConnectionRefused,
    );
  });
}
