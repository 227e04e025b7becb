// Copyright 2026 the Gee authors. MIT license.

import type { ServerStats } from "../server_stats.ts";

/** A service as the page for Go's eyes shows it. */
export interface GoService {
  /** Its name. */
  readonly name: string;
  /** Its methods, as Go writes them, with how often each was called. */
  readonly methods: readonly {
    readonly signature: string;
    readonly calls: number;
  }[];
}

/**
 * The services of a server, sorted. Types are not known at run time, so each is
 * written as Go writes a value of some type.
 */
export function goServices({ methods }: ServerStats): GoService[] {
  const services = new Map<string, GoService["methods"][number][]>();
  for (const [serviceMethod, { calls, inFlight }] of Object.entries(methods)) {
    const dot = serviceMethod.lastIndexOf(".");
    const name = serviceMethod.slice(0, dot);
    const method = serviceMethod.slice(dot + 1);
    const list = services.get(name) ?? [];
    services.set(name, list);
    list.push({
      signature: `${method}(interface {}, *interface {}) error`,
      // The original counts a call when it begins.
      calls: calls + inFlight,
    });
  }
  return [...services].map(([name, methods]) => ({ name, methods }));
}

/** The page of the original's `/debug/geerpc`, to the byte. */
export function goPage(services: readonly GoService[]): string {
  const sections = services.map(({ name, methods }) => `
	<hr>
	Service ${goEscape(name)}
	<hr>
		<table>
		<th align=center>Method</th><th align=center>Calls</th>
		${
    methods.map(({ signature, calls }) => `
			<tr>
			<td align=left font=fixed>${goEscape(signature)}</td>
			<td align=center>${calls}</td>
			</tr>
		`).join("")
  }
		</table>
	`);
  return `<html>
	<body>
	<title>GeeRPC Services</title>
	${sections.join("")}
	</body>
	</html>`;
}

const GO_ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&#34;",
  "'": "&#39;",
  "+": "&#43;",
  "\0": "\ufffd",
};

/** As Go's `html/template` escapes text. */
function goEscape(text: string): string {
  // deno-lint-ignore no-control-regex
  return text.replace(/[&<>"'+\x00]/g, (found) => GO_ENTITIES[found] ?? found);
}
