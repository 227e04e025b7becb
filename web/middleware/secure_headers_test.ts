// Copyright 2026 the Gee authors. MIT license.
import { assert, assertEquals, assertThrows } from "@std/assert";
import { Engine } from "../engine.ts";
import {
  type CspNonceState,
  secureHeaders,
  type SecureHeadersOptions,
} from "./secure_headers.ts";

const DEFAULT_CSP =
  "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; img-src 'self' data:; object-src 'none'";

const DEFAULTS = {
  "content-security-policy": DEFAULT_CSP,
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy":
    "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
  "referrer-policy": "strict-origin-when-cross-origin",
  "strict-transport-security": "max-age=31536000; includeSubDomains",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
};

async function headersOf(
  options?: SecureHeadersOptions,
): Promise<Record<string, string>> {
  const app = new Engine().use(secureHeaders(options));
  app.get("/", () => {});
  return Object.fromEntries((await app.request("/")).headers);
}

Deno.test("secureHeaders() is strict by default", async () => {
  assertEquals(await headersOf(), DEFAULTS);
});

Deno.test("secureHeaders() reaches errors, foreign answers and files", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/a.html`, "<p>");
    const app = new Engine().use(secureHeaders());
    app.static("/files", folder);
    app.get("/foreign", () => Response.redirect("http://gee.dev/"));
    app.get("/broken", () => {
      throw new Error("Down");
    });
    for (
      const [target, status] of [
        ["GET /files/a.html", 200],
        ["GET /files/b.html", 404],
        ["GET /foreign", 302],
        ["GET /broken", 500],
        ["GET /nowhere", 404],
        ["PUT /broken", 405],
        ["OPTIONS /broken", 204],
      ] as const
    ) {
      const [method = "", path = ""] = target.split(" ");
      const response = await app.request(path, { method });
      await response.body?.cancel();
      assertEquals(response.status, status);
      for (const [name, value] of Object.entries(DEFAULTS)) {
        assertEquals(response.headers.get(name), value, `${target} ${name}`);
      }
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("secureHeaders() leaves out what is false", async () => {
  assertEquals(
    await headersOf({
      contentSecurityPolicy: false,
      strictTransportSecurity: false,
      referrerPolicy: false,
      crossOriginOpenerPolicy: false,
      crossOriginResourcePolicy: false,
      permissionsPolicy: false,
    }),
    { "x-content-type-options": "nosniff" },
  );
});

Deno.test("secureHeaders() merges a policy over the defaults", async () => {
  const headers = await headersOf({
    contentSecurityPolicy: {
      "default-src": ["'none'"],
      "img-src": false,
      "frame-ancestors": ["'self'"],
      "connect-src": ["https://api.gee.dev:8443/v1/", "wss:"],
      "upgrade-insecure-requests": [],
    },
    reportOnly: true,
  });
  assertEquals(headers["content-security-policy"], undefined);
  assertEquals(
    headers["content-security-policy-report-only"],
    "default-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'; object-src 'none'; connect-src https://api.gee.dev:8443/v1/ wss:; upgrade-insecure-requests",
  );
  assertEquals(headers["x-frame-options"], "SAMEORIGIN");
  const framed = await headersOf({
    contentSecurityPolicy: { "frame-ancestors": ["https://a.dev"] },
  });
  assertEquals(framed["x-frame-options"], undefined);
});

Deno.test("secureHeaders() makes a nonce for each request", async () => {
  const app = new Engine<CspNonceState>();
  app.use(secureHeaders({
    contentSecurityPolicy: {
      "script-src": ["'nonce'", "'strict-dynamic'"],
      "style-src": ["'self'", "'nonce'"],
    },
  }));
  app.get("/", (c) => c.string(c.state.cspNonce));
  const seen = new Set<string>();
  for (let count = 0; count < 100; count++) {
    const response = await app.request("/");
    const nonce = await response.text();
    assert(/^[A-Za-z\d+/]{22}==$/.test(nonce), nonce);
    assertEquals(
      response.headers.get("content-security-policy"),
      `${DEFAULT_CSP}; script-src 'nonce-${nonce}' 'strict-dynamic'; style-src 'self' 'nonce-${nonce}'`,
    );
    seen.add(nonce);
  }
  assertEquals(seen.size, 100);
});

Deno.test("secureHeaders() makes no nonce that nobody asked for", async () => {
  const app = new Engine<Partial<CspNonceState>>().use(secureHeaders());
  app.get("/", (c) => c.json({ hasNonce: "cspNonce" in c.state }));
  assertEquals(await (await app.request("/")).json(), { hasNonce: false });
});

Deno.test("secureHeaders() writes what its options say", async () => {
  const headers = await headersOf({
    strictTransportSecurity: { maxAge: 63072000, preload: true },
    referrerPolicy: "no-referrer",
    crossOriginOpenerPolicy: "same-origin-allow-popups",
    crossOriginResourcePolicy: "cross-origin",
    crossOriginEmbedderPolicy: "require-corp",
    permissionsPolicy: {
      "fullscreen": "*",
      "camera": ["self", "https://meet.dev"],
      "usb": [],
      "ch-ua-wow64": [],
    },
  });
  assertEquals(headers, {
    ...DEFAULTS,
    "strict-transport-security": "max-age=63072000; includeSubDomains; preload",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin-allow-popups",
    "cross-origin-resource-policy": "cross-origin",
    "cross-origin-embedder-policy": "require-corp",
    "permissions-policy":
      'fullscreen=*, camera=(self "https://meet.dev"), usb=(), ch-ua-wow64=()',
  });
});

Deno.test("secureHeaders() yields to the handler", async () => {
  const app = new Engine().use(secureHeaders());
  app.get("/", (c) => c.setHeader("x-frame-options", "SAMEORIGIN").string(""));
  const { headers } = await app.request("/");
  assertEquals(headers.get("x-frame-options"), "SAMEORIGIN");
});

Deno.test("secureHeaders() refuses options that forge or make no sense", () => {
  for (
    const contentSecurityPolicy of [
      { "script-src": ["'self'; default-src *"] },
      { "script-src": ["'self', default-src *"] },
      { "script-src": ["a b"] },
      { "script-src": ["a\r\nx: y"] },
      { "script-src": [""] },
      { "script-src": ["ä"] },
      { "script src": [] },
      { scriptSrc: [] },
    ] as Record<string, string[]>[]
  ) {
    assertThrows(
      () => secureHeaders({ contentSecurityPolicy }),
      TypeError,
      "Cannot make secureHeaders: the CSP directive",
    );
  }
  for (const permissionsPolicy of [{ "a=*, b": [] }, { Camera: [] }]) {
    assertThrows(
      () => secureHeaders({ permissionsPolicy }),
      TypeError,
      "feature",
    );
  }
  const permissionsPolicy = { camera: ["\n"] };
  assertThrows(() => secureHeaders({ permissionsPolicy }), TypeError, "quote");
  for (const maxAge of [-1, 0.5, NaN]) {
    const strictTransportSecurity = { maxAge };
    assertThrows(() => secureHeaders({ strictTransportSecurity }), RangeError);
  }
  for (const rest of [{ maxAge: 100 }, { includeSubDomains: false }]) {
    const strictTransportSecurity = { preload: true, ...rest };
    assertThrows(
      () => secureHeaders({ strictTransportSecurity }),
      RangeError,
      "preload wants",
    );
  }
});
