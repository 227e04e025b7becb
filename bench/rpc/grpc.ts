// Copyright 2026 the Gee authors. MIT license.

import * as grpc from "npm:@grpc/grpc-js@1.14.7";
import type { Candidate } from "./candidate.ts";

const decoder = new TextDecoder();

const json = {
  serialize: (value: unknown) => Buffer.from(JSON.stringify(value)),
  deserialize: (bytes: Uint8Array) =>
    JSON.parse(decoder.decode(bytes)) as unknown,
};
const bytes = {
  serialize: (value: Uint8Array) =>
    Buffer.from(value.buffer, value.byteOffset, value.length),
  deserialize: (value: Uint8Array) => value,
};

function service({ serialize, deserialize }: typeof json | typeof bytes) {
  return {
    say: {
      path: "/Echo/Say",
      requestStream: false,
      responseStream: false,
      requestSerialize: serialize,
      requestDeserialize: deserialize,
      responseSerialize: serialize,
      responseDeserialize: deserialize,
    },
  };
}

function candidate(codec: typeof json | typeof bytes): Candidate {
  return {
    serve() {
      const server = new grpc.Server();
      server.addService(service(codec) as grpc.ServiceDefinition, {
        say: (
          call: { request: unknown },
          done: (error: null, reply: unknown) => void,
        ) => done(null, call.request),
      });
      return new Promise((resolve, reject) =>
        server.bindAsync(
          "127.0.0.1:0",
          grpc.ServerCredentials.createInsecure(),
          (error: Error | null, port: number) =>
            error ? reject(error) : resolve(port),
        )
      );
    },
    connect(port) {
      const EchoClient = grpc.makeGenericClientConstructor(
        service(codec) as grpc.ServiceDefinition,
        "Echo",
      );
      const client = new EchoClient(
        `127.0.0.1:${port}`,
        grpc.credentials.createInsecure(),
      );
      return (body) =>
        new Promise((resolve, reject) =>
          client["say"]!(
            body,
            (error: Error | null, reply: unknown) =>
              error ? reject(error) : resolve(reply),
          )
        );
    },
  };
}

/** gRPC with JSON in its frames. */
export const grpcJson: Candidate = candidate(json);
/** gRPC with bytes as they are. */
export const grpcBytes: Candidate = candidate(bytes);
