// Copyright 2026 the Gee authors. MIT license.

import { assert, assertEquals } from "@std/assert";
import type { Message } from "../codec/codec.ts";
import { deflate } from "../codec/deflate.ts";
import {
  finishFrame,
  FrameFlag,
  FrameType,
  HEADER_BYTES,
} from "../codec/frame.ts";
import { frameCodec } from "../codec/frame_codec.ts";
import { SERVER_LIMITS } from "../limits.ts";
import { pipe } from "../testdata/pipe.ts";
import { Connection, type ConnectionHandler } from "./connection.ts";
import { Writer } from "./writer.ts";

const limits = { ...SERVER_LIMITS, maxBufferedBytes: 1000 };

/** Some frames in one chunk. */
async function frames(
  count: number,
  type: number,
  flags: number,
  head: string,
  body: Uint8Array,
): Promise<Uint8Array> {
  const [end, other] = pipe();
  const writer = new Writer(end, () => {});
  const headBytes = new TextEncoder().encode(head);
  const length = headBytes.length + body.length;
  let size = 0;
  for (let seq = 1; seq <= count; seq++) {
    const start = writer.length;
    const { bytes } = writer.reserve(HEADER_BYTES + length);
    bytes.set(headBytes, start + HEADER_BYTES);
    bytes.set(body, start + HEADER_BYTES + headBytes.length);
    size += finishFrame(writer, start, length, {
      type,
      flags,
      seq,
      headBytes: headBytes.length,
    });
  }
  await writer.drained();
  const all = new Uint8Array(size);
  assertEquals(await other.read(all), size);
  return all;
}

/** A connection that reads some bytes, then the end. */
function connection(
  bytes: Uint8Array,
  handler: Partial<ConnectionHandler>,
): Connection {
  const [end, other] = pipe();
  end.write(bytes);
  other.write = () => new Promise(() => {});
  const read = other.read.bind(other);
  let left = bytes.length;
  other.read = async (buffer) => {
    if (left === 0) return null;
    const count = await read(buffer) ?? 0;
    left -= count;
    return count;
  };
  return new Connection(
    other,
    frameCodec.create("server", limits),
    { receive() {}, end() {}, ...handler },
    { limits, keepAlive: 0 },
  );
}

Deno.test("Connection answers no more pings than a peer takes that does not read", async () => {
  const subject = connection(
    await frames(500, FrameType.ping, 0, "", new Uint8Array()),
    {},
  );
  let buffered = 0;
  const { signal } = subject;
  subject.signal = (...all) => {
    signal.apply(subject, all);
    buffered = subject.writer.buffered;
  };
  await subject.run();
  assert(buffered >= 1000 && buffered < 1100, String(buffered));
});

Deno.test("Connection inflates no message before the one ahead of it was taken", async () => {
  const body = await deflate(new Uint8Array(100_000));
  const flags = FrameFlag.deflate | FrameFlag.bytes | FrameFlag.queued;
  const bytes = await frames(4, FrameType.call, flags, '["A.b"]', body);
  const { DecompressionStream } = globalThis;
  let inflated = 0;
  const seen: (readonly unknown[])[] = [];
  let isBusy = false;
  const subject = connection(bytes, {
    receive({ body }: Message) {
      seen.push([inflated, (body as Uint8Array).length]); // of bytes
      isBusy = true;
    },
    pause() {
      if (!isBusy) return undefined;
      isBusy = false;
      return new Promise((resolve) => setTimeout(resolve));
    },
  });
  globalThis.DecompressionStream = class extends DecompressionStream {
    constructor(format: CompressionFormat) {
      super(format);
      inflated++;
    }
  };
  try {
    await subject.run();
  } finally {
    globalThis.DecompressionStream = DecompressionStream;
  }
  assertEquals(seen, [1, 2, 3, 4].map((count) => [count, 100_000]));
});
