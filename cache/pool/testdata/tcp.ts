// Copyright 2026 the Gee authors. MIT license.
// What the tests of TCP have in common.

import { ByteView } from "../../byte_view.ts";
import type { Answer, GetQuestion, Question } from "../link.ts";
import { TcpServer, type TcpServerOptions } from "../tcp_server.ts";
import { TcpTransport, type TcpTransportOptions } from "../tcp_transport.ts";

export const HOST = "127.0.0.1";
export const SECRET = "sixteen bytes or more";

export function get(key: string): GetQuestion {
  return { kind: "get", group: "g", key, mode: "load", isForwarded: true };
}

/** Answers a `get` with `<key>`, anything else with "done". */
export function echo(question: Question): Answer {
  return question.kind === "get"
    ? { kind: "value", view: new ByteView(`<${question.key}>`), ttl: 1000 }
    : { kind: "done", missed: [] };
}

export function textOf(answer: Answer): string {
  return answer.kind === "value" ? String(answer.view) : answer.kind;
}

/** A server and a link to it. */
export function connect(
  options: Partial<TcpServerOptions> = {},
  linkOptions: TcpTransportOptions = {},
) {
  const server = new TcpServer({ answer: echo, hostname: HOST, ...options });
  const name = `${HOST}:${server.addr.port}`;
  const link = new TcpTransport(linkOptions).link(name);
  const dispose = async () => {
    link.close();
    await server.close();
  };
  return { server, name, link, [Symbol.asyncDispose]: dispose };
}

/** A peer whose connections the test handles itself. */
export function peer(
  handle: (conn: Deno.Conn, index: number) => Promise<void>,
) {
  const listener = Deno.listen({ hostname: HOST, port: 0 });
  const { port } = listener.addr;
  const running: Promise<void>[] = [];
  const accepting = (async () => {
    try {
      for await (const conn of listener) {
        running.push(
          handle(conn, running.length).catch(() => {}).finally(() => {
            try {
              conn.close();
            } catch { /* by the test */ }
          }),
        );
      }
    } catch { /* closed */ }
  })();
  const dispose = async () => {
    listener.close();
    await accepting;
    await Promise.all(running);
  };
  return { name: `${HOST}:${port}`, [Symbol.asyncDispose]: dispose };
}

/** Reads until the other side ends the connection. */
export async function drain(conn: Deno.Conn): Promise<number> {
  let sum = 0;
  const buffer = new Uint8Array(65536);
  for (let count; (count = await conn.read(buffer)) !== null;) sum += count;
  return sum;
}

/** Instead of bytes: the end of the connection. */
export const CUT = new Uint8Array();

/** A peer that passes bytes on to another, changed by the test. */
export function proxy(
  target: string,
  change: (bytes: Uint8Array, isToTarget: boolean) => Uint8Array[],
) {
  return peer(async (conn) => {
    const port = Number(target.split(":")[1]);
    using other = await Deno.connect({ hostname: HOST, port });
    const pump = async (
      from: Deno.Conn,
      to: Deno.Conn,
      isToTarget: boolean,
    ) => {
      const buffer = new Uint8Array(4096);
      try {
        for (let count; (count = await from.read(buffer)) !== null;) {
          for (const part of change(buffer.slice(0, count), isToTarget)) {
            if (part === CUT) throw new Error("It was cut");
            for (let at = 0; at < part.length;) {
              at += await to.write(part.subarray(at));
            }
          }
        }
      } catch { /* the end */ }
      for (const end of [to, from]) {
        try {
          end.close();
        } catch { /* closed */ }
      }
    };
    await Promise.all([pump(conn, other, true), pump(other, conn, false)]);
  });
}
