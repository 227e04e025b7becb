// Copyright 2026 the Gee authors. MIT license.
// What the compiler of Thrift would write for `string say(1: string text)`.

import thrift from "npm:thrift@0.24.0";
import type { AddressInfo, Server } from "node:net";
import type { Candidate } from "./candidate.ts";

const { CALL, REPLY } = thrift.Thrift.MessageType;
const { STOP, STRING } = thrift.Thrift.Type;

type Protocol = thrift.TProtocol;

function write(output: Protocol, type: number, id: number, text: string): void {
  output.writeMessageBegin("say", type, id);
  output.writeStructBegin("say");
  output.writeFieldBegin("text", STRING, 1);
  output.writeString(text);
  output.writeFieldEnd();
  output.writeFieldStop();
  output.writeStructEnd();
  output.writeMessageEnd();
  output.flush();
}

function read(input: Protocol): string {
  let text = "";
  input.readStructBegin();
  while (input.readFieldBegin().ftype !== STOP) {
    text = input.readString() as string;
    input.readFieldEnd();
  }
  input.readStructEnd();
  input.readMessageEnd();
  return text;
}

class Client {
  readonly _reqs: Record<number, (text: string) => void> = {};
  readonly #output: unknown;
  readonly #Protocol: new (output: unknown) => Protocol;
  #id = 0;

  constructor(output: unknown, Protocol: new (output: unknown) => Protocol) {
    this.#output = output;
    this.#Protocol = Protocol;
  }

  say(text: string): Promise<string> {
    return new Promise((resolve) => {
      const id = ++this.#id;
      this._reqs[id] = resolve;
      write(new this.#Protocol(this.#output), CALL, id, text);
    });
  }

  recv_say(input: Protocol, _type: number, id: number): void {
    const resolve = this._reqs[id];
    delete this._reqs[id];
    resolve?.(read(input));
  }
}

class Processor {
  process(input: Protocol, output: Protocol): void {
    const { rseqid } = input.readMessageBegin();
    write(output, REPLY, rseqid, read(input));
  }
}

const options = {
  transport: thrift.TBufferedTransport,
  protocol: thrift.TBinaryProtocol,
};

/** Thrift's binary protocol over TCP. */
export const thriftBinary: Candidate = {
  serve() {
    // The types want what its compiler writes.
    const server = thrift.createServer(
      Processor as never,
      {} as never,
      options,
    ) as unknown as Server;
    return new Promise((resolve) => {
      server.listen(0, "127.0.0.1", () => {
        resolve((server.address() as AddressInfo).port);
      });
    });
  },
  async connect(port) {
    const connection = thrift.createConnection(
      "127.0.0.1",
      Number(port),
      options,
    );
    await new Promise((resolve) => connection.on("connect", resolve));
    const client: Client = thrift.createClient(Client as never, connection);
    return (body) => client.say((body as { text: string }).text);
  },
};
