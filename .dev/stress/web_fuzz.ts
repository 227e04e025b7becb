// Copyright 2026 the Gee authors. MIT license.
// Requests that are wrong, by hand and by chance.
import { randomOf, type Report } from "./report.ts";
import {
  close,
  healthDuring,
  inParallel,
  receive,
  Rig,
  send,
  statusOf,
} from "./web_rig.ts";

/** A request, and what may be answered; none is a cut without an answer. */
type Probe = readonly [name: string, request: string, status: number];

const CUT = 0;
const GET = "GET /ping HTTP/1.1\r\n";
const POST = "POST /json HTTP/1.1\r\nhost: x\r\n";
const CHUNKED = "transfer-encoding: chunked\r\n";
/** Comes behind each probe: its answer shows where the probe ended. */
const END = "GET /ping HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";

/** The shapes of smuggling and confusion, and what is right for each. */
const PROBES: readonly Probe[] = [
  ["host with a path", `${GET}host: a/only?\r\n\r\n`, 400],
  ["host with userinfo", `${GET}host: a@b\r\n\r\n`, 400],
  ["host with a fragment", `${GET}host: a#\r\n\r\n`, 400],
  ["host with a backslash", `${GET}host: a\\b\r\n\r\n`, 400],
  // Deno does not say whether it was HTTP/1.0, which needs none.
  ["host that is empty", `${GET}host: \r\n\r\n`, 200],
  ["no host", `${GET}x: y\r\n\r\n`, 200],
  ["two hosts", `${GET}host: a\r\nhost: b\r\n\r\n`, 400],
  [
    "two lengths",
    `${POST}content-length: 1\r\ncontent-length: 2\r\n\r\n{}`,
    400,
  ],
  [
    "length and chunks",
    `${POST}content-length: 4\r\n${CHUNKED}\r\n2\r\n{}\r\n0\r\n\r\n`,
    400,
  ],
  [
    "coding nobody knows",
    `${POST}transfer-encoding: xchunked\r\n\r\n0\r\n\r\n`,
    400,
  ],
  ["length with a sign", `${POST}content-length: +2\r\n\r\n{}`, 400],
  [
    "chunk of a wrong size",
    `${POST}${CHUNKED}\r\nzz\r\n{}\r\n0\r\n\r\n`,
    CUT,
  ],
  ["space before the colon", `${GET}host : x\r\n\r\n`, 400],
  ["folded header", `${GET}host: x\r\nx-a: 1\r\n 2\r\n\r\n`, 400],
  ["NUL in a header", `${GET}host: x\r\nx-a: 1\0\r\n\r\n`, 400],
  ["malformed escape", "GET /users/%zz/x HTTP/1.1\r\nhost: x\r\n\r\n", 400],
  ["NUL in the path", "GET /users/%00/x HTTP/1.1\r\nhost: x\r\n\r\n", 400],
  ["a body as promised", `${POST}content-length: 2\r\n\r\n{}`, 200],
];

/** Hand-made requests: each has one right answer, and no second one. */
export async function probes(report: Report): Promise<void> {
  report.title(`bad requests: ${PROBES.length}`);
  await using rig = await Rig.start("gee");
  for (const [name, request, status] of PROBES) {
    const connection = await rig.connect();
    await send(connection, request + END);
    const text = await receive(connection, { ms: 2000 });
    close(connection);
    const got = statusOf(text);
    const answers = text.split(/HTTP\/1\.[01] \d{3} /).length - 1;
    // Of two answers one is that of the end.
    report.check(
      `${name}: ${got || "cut"}, ${answers} answers`,
      got === status && answers <= 2 && (answers < 2 || text.endsWith("pong")),
    );
  }
}

const SEEDS = [
  "GET /ping HTTP/1.1\r\nhost: x\r\n\r\n",
  "GET /users/12?a=1&b=%20 HTTP/1.1\r\nhost: x\r\naccept: application/json\r\ncookie: a=b; c=d\r\n\r\n",
  "GET /users/a%2Fb/c/d HTTP/1.1\r\nhost: localhost:80\r\n\r\n",
  'GET /files/mod.ts HTTP/1.1\r\nhost: x\r\nrange: bytes=0-10,20-30\r\nif-none-match: "a", W/"b"\r\n\r\n',
  "GET /files/../%2e%2e/deno.json HTTP/1.1\r\nhost: x\r\n\r\n",
  'POST /json HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 19\r\n\r\n{"a":[1,2,{"b":3}]}',
  "POST /json HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
  "POST /form HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: 8\r\n\r\nname=Tom",
  'POST /form HTTP/1.1\r\nhost: x\r\ncontent-type: multipart/form-data; boundary=b\r\ncontent-length: 63\r\n\r\n--b\r\ncontent-disposition: form-data; name="name"\r\n\r\nTom\r\n--b--\r\n',
  "GET /throw HTTP/1.1\r\nhost: x\r\naccept: text/html\r\n\r\n",
  "HEAD /ping HTTP/1.1\r\nhost: x\r\n\r\n",
  "OPTIONS /users/1 HTTP/1.1\r\nhost: x\r\n\r\n",
  "DELETE /ping HTTP/1.1\r\nhost: x\r\n\r\n",
  "GET /events HTTP/1.1\r\nhost: x\r\nlast-event-id: 1\r\n\r\n",
  "GET /ping HTTP/1.1\r\nhost: x\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n",
];
const BITS = [
  "%",
  "%00",
  "%2e",
  "%2F",
  "..",
  "//",
  "\\",
  "?",
  "#",
  "@",
  "\0",
  "\r",
  "\n",
  "\r\n",
  " ",
  "\t",
  ":",
  "é",
  "\u010a",
  "__proto__",
  "constructor",
  "{",
  "[",
  '"',
  "'",
  ";",
  ",",
  "-1",
  "99999999999999999999",
  "chunked",
  "x".repeat(5000),
];

/** What may stand in a target without breaking the request apart. */
const TARGET_BITS = BITS.filter((bit) => !/[\0\r\n\t ]/.test(bit));

/** Changes a request by chance, every second one in its target alone. */
function mutate(random: () => number): string {
  const pick = <T>(list: readonly T[]): T =>
    list[Math.floor(random() * list.length)]!; // random() is below 1
  let text = pick(SEEDS);
  if (random() < 0.5) {
    const [method = "", target = "", ...rest] = text.split(" ");
    const at = 1 + Math.floor(random() * target.length);
    const end = at + Math.floor(random() * 3);
    const changed = target.slice(0, at) + pick(TARGET_BITS) + target.slice(end);
    return [method, changed, ...rest].join(" ");
  }
  for (let left = Math.floor(random() * 4); left >= 0; left--) {
    const at = Math.floor(random() * (text.length + 1));
    const end = at + Math.floor(random() * 12);
    const kind = random();
    if (kind < 0.3) text = text.slice(0, at) + text.slice(end);
    else if (kind < 0.7) text = text.slice(0, at) + pick(BITS) + text.slice(at);
    else if (kind < 0.85) {
      const other = String.fromCharCode(Math.floor(random() * 256));
      text = text.slice(0, at) + other + text.slice(at + 1);
    } else text = text.slice(0, end) + text.slice(at);
  }
  return text;
}

/** What a segment may be, as the routes of the server have it. */
const ROUTES: readonly (readonly [pattern: string, fits: RegExp])[] = [
  ["/ping", /^\/ping$/],
  ["/json", /^\/json$/],
  ["/form", /^\/form$/],
  ["/throw", /^\/throw$/],
  ["/events", /^\/events$/],
  ["/users/:id{int}", /^\/users\/(?:0|-?[1-9]\d{0,14})$/],
  ["/users/:name/*rest", /^\/users\/[^/]+\/[^]+$/],
  ["/files", /^\/files$/],
  ["/files/", /^\/files\/$/],
  ["/files/*filepath", /^\/files\/[^]+$/],
];

/** The pattern of a target by a plain look at its decoded segments. */
function patternOf(target: string): string | undefined {
  const [raw = ""] = target.split(/[?#]/);
  try {
    const path = raw.split("/").map((one) =>
      decodeURIComponent(one).replaceAll("/", "\x01")
    ).join("/");
    return ROUTES.find(([, fits]) => fits.test(path))?.[0];
  } catch {
    return undefined;
  }
}

/** What is wrong with an answer, if something is. */
function oddity(request: string, answer: string): string | undefined {
  const [head = ""] = answer.split("\r\n\r\n");
  const status = statusOf(answer);
  const route = /^x-route: (.*)$/im.exec(head)?.[1];
  if (status >= 500 && route !== "/throw") return "a failure that is not meant";
  // Sources are served as files, and look like stacks.
  const isFile = route?.startsWith("/files") === true && status < 300;
  if (!isFile && /SECRET|\.ts:\d|at file:|\/web\/engine/.test(answer)) {
    return "something of the inside";
  }
  // Only where it is certain which target was asked for.
  const isPlain = /^[A-Z]+ \/\S* HTTP\/1\.1\r\nhost: (?:x|localhost:80)\r\n/;
  if (route === undefined || !isPlain.test(request)) return undefined;
  const wanted = patternOf(request.split(" ")[1] ?? "");
  if (route !== "none") {
    return route === wanted ? undefined : `the handler of ${route}`;
  }
  const isMissed = status === 404 && wanted !== undefined;
  return isMissed ? `no handler, where ${wanted} fits` : undefined;
}

/** Mutated requests never crash it, and never get more than they should. */
export async function fuzz(
  report: Report,
  count: number,
  seed: number,
): Promise<void> {
  report.title(`fuzz: ${count} mutated requests, seed ${seed}`);
  await using rig = await Rig.start("traced", { bodyTimeout: 300 });
  const random = randomOf(seed);
  const odd: string[] = [];
  const seen: Record<string, number> = {};
  let routed = 0;
  const work = inParallel(count, 64, async () => {
    const request = mutate(random);
    let connection: Deno.TcpConn;
    try {
      connection = await rig.connect();
    } catch (error) {
      odd.push(`no connection: ${error}`);
      return;
    }
    try {
      await send(connection, Uint8Array.from(request, (c) => c.charCodeAt(0)));
      // What waits for more is let go: most requests answer at once.
      await connection.closeWrite();
    } catch {
      // It hung up already.
    }
    const text = await receive(connection, { ms: 1000 });
    close(connection);
    const status = statusOf(text) || "cut";
    seen[status] = (seen[status] ?? 0) + 1;
    if (/^x-route: \//im.test(text)) routed++;
    const reason = oddity(request, text);
    if (reason === undefined) return;
    odd.push(`${reason}: ${JSON.stringify([request, text.slice(0, 200)])}`);
  });
  const health = await healthDuring(rig, work);
  report.note(
    Object.entries(seen).map(([status, times]) => `${status}: ${times}`)
      .join(", "),
  );
  report.check(
    `odd answers: ${odd.length} ${odd.slice(0, 3).join("\n    ")}`,
    odd.length === 0,
  );
  // Else nothing was put to the test.
  report.check(`reached a route: ${routed}`, routed > count / 10);
  report.check(
    `handlers that threw: ${seen["500"]}`,
    (seen["500"] ?? 0) > count / 1000,
  );
  const { unhandled } = await rig.stats();
  report.count("unhandled", unhandled, 0);
  report.count(
    "lines printed",
    rig.lines.filter((line) => !line.includes("legacy behavior")).length,
    0,
  );
  report.figure("healthy max", health.max, "ms", 500);
}
