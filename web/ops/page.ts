// Copyright 2026 the Gee authors. MIT license.
import { html } from "../template/html.ts";
import type { Html } from "../template/html_value.ts";

/** The look of the pages for people who run a service. */
const STYLE = `:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; padding: 0 1rem;
  max-width: 64rem; overflow-wrap: anywhere; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.1rem; margin-top: 2rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .25rem .75rem .25rem 0; vertical-align: top;
  border-bottom: 1px solid color-mix(in srgb, currentcolor 20%, transparent); }
code, pre { font: 14px/1.5 ui-monospace, monospace; }
pre { overflow-x: auto; padding: .75rem; border-radius: .25rem;
  background: color-mix(in srgb, currentcolor 8%, transparent); }
mark { background: color-mix(in srgb, #e60 30%, transparent); color: inherit; }
`;

/** A page without scripts and foreign requests may do nothing but look nice. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; " +
  "frame-ancestors 'none'; form-action 'none'; base-uri 'none'";

/**
 * A page for the people who run a service, which nobody may embed or keep.
 *
 * @param title Its title.
 * @param main Its content.
 * @param status Its status.
 * @returns The response.
 */
export function pageResponse(
  title: string,
  main: Html,
  status = 200,
): Response {
  const text = `<!doctype html><html lang="en"><head><meta charset="utf-8">` +
    `<meta name="viewport" content="width=device-width">` +
    `${html`<title>${title}</title>`}<style>${STYLE}</style></head>` +
    `<body><main><h1>${html`${title}`}</h1>${main}</main></body></html>`;
  return new Response(text, {
    status,
    headers: {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": POLICY,
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
    },
  });
}
