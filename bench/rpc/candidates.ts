// Copyright 2026 the Gee authors. MIT license.

import type { Candidate } from "./candidate.ts";
import { connect } from "./connect.ts";
import { webFetch } from "./fetch.ts";
import { geeFrames, geeGob, geeJson, geeUnix } from "./gee.ts";
import { grpcBytes, grpcJson } from "./grpc.ts";
import { rawBinary, rawJson } from "./raw.ts";
import { rpcWebsockets } from "./rpc_websockets.ts";
import { thriftBinary } from "./thrift.ts";
import { trpc } from "./trpc.ts";

/** Which bodies are sent. */
export type Kind = "json" | "bytes";

/** Who takes part with which bodies. */
export const candidates: Record<Kind, Record<string, Candidate>> = {
  json: {
    "raw-json": rawJson,
    "@gee/std/rpc": geeFrames,
    "@gee/std/rpc, Unix socket": geeUnix,
    "@gee/std/rpc, JSON lines": geeJson,
    "@gee/std/rpc, gob": geeGob,
    "fetch + Deno.serve": webFetch,
    "rpc-websockets": rpcWebsockets,
    "thrift": thriftBinary,
    "grpc-js": grpcJson,
    "connect, HTTP/1.1": connect,
    "tRPC, batches": trpc,
  },
  bytes: {
    "raw-bin": rawBinary,
    "@gee/std/rpc": geeFrames,
    "@gee/std/rpc, Unix socket": geeUnix,
    "grpc-js": grpcBytes,
  },
};

// The server of one of them, in a process of its own: writes where it is found.
if (import.meta.main) {
  const [kind, name = ""] = Deno.args as [Kind, string?];
  console.log(await candidates[kind][name]!.serve());
}
