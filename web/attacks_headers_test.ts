// Copyright 2026 the Gee authors. MIT license.
// Header and response splitting (CWE-113) by everything that writes headers or
// fields, with a look at the bytes; and addresses that a client claims
// (CWE-348).
import { assert, assertEquals } from "@std/assert";
import { AddressList } from "./address_list.ts";
import { clientAddress } from "./forwarded.ts";
import { Engine, type Handler, HttpError } from "./mod.ts";
import { rawExchange, statusesOf } from "./testdata/raw_exchange.ts";

/** Each would end a line, or become what ends one when cut to a byte. */
const BAD = [
  "\r",
  "\n",
  "\r\n",
  "\0",
  "\u010a",
  "\u010d",
  "\u2028",
  "\x0b",
  "\x85\r\n",
];

/** What a client sends comes into each place where headers are written. */
const setters: Record<string, (bad: string) => Handler> = {
  "setHeader value": (bad) => (c) =>
    void c.setHeader("x-a", `1${bad}x-evil: 1`),
  "setHeader name": (bad) => (c) => void c.setHeader(`x-a${bad}x-evil`, "1"),
  "appendHeader value": (bad) => (c) =>
    void c.appendHeader("x-a", `1${bad}x-evil: 1`),
  "appendHeader name": (bad) => (c) =>
    void c.appendHeader(`x-a: 1${bad}x-evil`, "1"),
  "redirect": (bad) => (c) => c.redirect(`/a${bad}x-evil: 1`),
  "redirect elsewhere": (bad) => (c) =>
    c.redirect(`https://x/a${bad}x-evil: 1`, { external: true }),
  "setCookie name": (bad) => (c) => void c.setCookie(`a${bad}x-evil: 1`, "1"),
  "setCookie value": (bad) => (c) => void c.setCookie("a", `1${bad}x-evil: 1`),
  "setCookie path": (bad) => (c) =>
    void c.setCookie("a", "1", { path: `/${bad}x-evil: 1` }),
  "setCookie domain": (bad) => (c) =>
    void c.setCookie("a", "1", { domain: `x${bad}x-evil: 1` }),
  "deleteCookie": (bad) => (c) => void c.deleteCookie(`a${bad}x-evil: 1`),
  "setSignedCookie": (bad) => async (c) =>
    void await c.setSignedCookie("a", `1${bad}x-evil: 1`),
  "attachment": (bad) => (c) => c.attachment(`a${bad}x-evil: 1`).string("x"),
  "HttpError header": (bad) => () => {
    throw new HttpError(400, "x", { headers: { "x-a": `1${bad}x-evil: 1` } });
  },
  "HttpError message": (bad) => () => {
    throw new HttpError(400, `No${bad}x-evil: 1`);
  },
  "onError by a header": (bad) => (c) => {
    c.setHeader("x-a", `1${bad}x-evil: 1`);
    throw new Error("No");
  },
  // Deno prints what fails a stream, so id and event are tested in sse_test.ts.
  "sse data": (bad) => (c) => c.sse(one({ data: `1${bad}x-evil: 1` })),
};

async function* one<T>(event: T): AsyncGenerator<T> {
  yield await event;
}

for (const [name, make] of Object.entries(setters)) {
  Deno.test(`Nothing splits an answer by ${name}`, async () => {
    let handler: Handler = () => {};
    const app = new Engine({ cookieKeys: ["k".repeat(32)] });
    app.get("/", (c) => handler(c));
    await using server = app.run({ port: 0 });
    for (const bad of BAD) {
      handler = make(bad);
      const answer = await rawExchange(
        server.addr.port,
        "GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n",
      );
      const label = JSON.stringify([bad, answer]);
      const [head = "", body = ""] = answer.split("\r\n\r\n", 2);
      // The rest of the head is lines of printable characters with a name.
      const [first, ...lines] = head.split("\r\n");
      assert(/^HTTP\/1\.1 [2-5]\d\d /.test(first ?? ""), label);
      for (const line of lines) {
        assert(/^[\w-]+: ?[\t\x20-\x7e\x80-\xff]*$/.test(line), label);
        assert(!/^x-evil/i.test(line), label);
      }
      assertEquals(statusesOf(answer).length, 1, label);
      // A field of an event would begin a line.
      assert(!/^x-evil/im.test(body), label);
    }
  });
}

/** Text of 127 generated headers: addresses, ports, brackets, nonsense. */
function forwardedHeaders(): string[] {
  const parts = [
    "1.2.3.4",
    "10.0.0.2",
    "1.2.3.4:80",
    "[2001:db8::7]:80",
    "::ffff:10.0.0.3",
    "unknown",
    "_hidden",
    "01.2.3.4",
    "1.2.3.4.5",
    "for=1.2.3.4",
    " ",
  ];
  const pairs = parts.flatMap((a) => parts.map((b) => `${a}, ${b}`));
  const odd = ["", ",", ",,1.2.3.4,,", '"1.2.3.4"', "1.2.3.4 10.0.0.2"];
  return [...pairs, ...odd, `${"10.0.0.2,".repeat(10_000)}1.2.3.4`];
}

Deno.test("A claimed address counts only from trusted proxies, from the right", async () => {
  const trusted = new AddressList(["10.0.0.0/8"]);
  const plain = new Engine().get("/", (c) => c.string(`${c.remoteAddress}`));
  const headers = forwardedHeaders();
  assert(headers.length > 100);
  let believed = 0;
  for (const header of headers) {
    // By default no header counts; nor does it from one that is not trusted.
    const request = new Request("http://localhost/", {
      headers: { "x-forwarded-for": header, forwarded: header },
    });
    const info = { remoteAddr: { hostname: "10.0.0.1" } };
    const response = await plain.fetch(request, info);
    assertEquals(await response.text(), "10.0.0.1", header);
    assertEquals(clientAddress("8.8.8.8", header, trusted), "8.8.8.8");
    // What is left of the first address without trust is never looked at.
    const address = clientAddress("10.0.0.1", header, trusted);
    for (
      const forged of ["6.6.6.6", "10.6.6.6", "x", "", "6.6.6.6, 10.0.0.9"]
    ) {
      if (trusted.has(address)) break;
      assertEquals(
        clientAddress("10.0.0.1", `${forged},${header}`, trusted),
        address,
        header,
      );
    }
    if (!trusted.has(address)) believed++;
  }
  assert(believed > 30 && believed < headers.length - 30, String(believed));
});
