// Copyright 2026 the Gee authors. MIT license.
// A page that calls methods and hears a stream over a WebSocket, by the same
// client as everywhere; and the same methods for curl.
//
//   deno run --allow-net=127.0.0.1 --allow-read examples/rpc_browser.ts
//
// Then open http://127.0.0.1:8000/, and its debug page at /debug/rpc.
import { stripTypeScriptTypes } from "node:module";
import { Server } from "../rpc/mod.ts";

class Numbers {
  square(n: number): number {
    return n * n;
  }

  async *primes(below: number): AsyncGenerator<number> {
    for (let n = 2; n < below; n++) {
      const divisors = Array.from({ length: n - 2 }, (_, i) => i + 2);
      if (divisors.every((divisor) => n % divisor > 0)) yield n;
    }
  }
}

const PAGE = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Numbers</title></head>
<body>
<form><label>Number <input type="number" value="20"></label> <button>Go</button></form>
<p>Its square: <output id="square"></output></p>
<p>Primes below: <output id="primes"></output></p>
<script type="module">
  import { dial } from "/rpc/mod.ts";
  const client = await dial("ws://" + location.host + "/socket");
  const numbers = client.service("Numbers");
  document.forms[0].onsubmit = async (event) => {
    event.preventDefault();
    const n = document.querySelector("input").valueAsNumber;
    document.querySelector("#square").value = await numbers.square(n);
    const primes = document.querySelector("#primes");
    primes.value = "";
    for await (const prime of numbers.primes(n)) primes.value += prime + " ";
  };
</script>
</body>
</html>
`;

/** A module of rpc as browsers take it; a bundler would do the same. */
async function script(pathname: string): Promise<Response> {
  const url = new URL(`..${pathname}`, import.meta.url);
  const text = stripTypeScriptTypes(await Deno.readTextFile(url));
  return new Response(text, { headers: { "content-type": "text/javascript" } });
}

const server = new Server({ debug: true });
server.register(new Numbers());
const web = Deno.serve({
  hostname: "127.0.0.1",
  port: Number(Deno.args[0] ?? 8000),
  onListen: ({ port }) => console.log(`Open http://127.0.0.1:${port}/ now`),
}, (request, info) => {
  const { pathname } = new URL(request.url);
  if (pathname === "/socket") {
    return server.webSocket(request, { peer: info.remoteAddr });
  }
  if (/^\/rpc(?:\/\w+)+\.ts$/.test(pathname)) return script(pathname);
  if (pathname !== "/") return server.fetch(request, info);
  return new Response(PAGE, { headers: { "content-type": "text/html" } });
});

Deno.addSignalListener("SIGINT", async () => {
  await server.close();
  await web.shutdown();
  Deno.exit();
});
