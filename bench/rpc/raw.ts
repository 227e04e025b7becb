// Copyright 2026 the Gee authors. MIT license.
// The yardsticks for rpc: length-prefixed echoes of JSON, and of bytes behind a
// number, with coalesced writes and nothing else. No names, no errors, no
// deadlines, no limits.

import type { Candidate } from "./candidate.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

type Frame = { readonly seq: number; readonly body: unknown };

/** How a frame becomes bytes, behind a length of four bytes. */
interface Form {
  write(frame: Frame, to: Uint8Array): number;
  room(frame: Frame): number;
  read(bytes: Uint8Array): Frame;
}

let text = "";
const json: Form = {
  room(frame) {
    text = JSON.stringify(frame);
    return text.length * 3;
  },
  write: (_frame, to) => encoder.encodeInto(text, to).written,
  read: (bytes) => JSON.parse(decoder.decode(bytes)),
};

const binary: Form = {
  room: ({ body }) => (body as Uint8Array).length + 4,
  write({ seq, body }, to) {
    const bytes = body as Uint8Array;
    new DataView(to.buffer, to.byteOffset).setUint32(0, seq);
    to.set(bytes, 4);
    return bytes.length + 4;
  },
  read(bytes) {
    const seq = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
    return { seq, body: bytes.slice(4) };
  },
};

/** Frames in, frames out. */
class RawConnection {
  readonly #conn: Deno.TcpConn;
  readonly #form: Form;
  #out = new Uint8Array(1 << 20);
  #length = 0;
  #spare = new Uint8Array(1 << 20);
  #isFlushing = false;

  constructor(conn: Deno.TcpConn, form: Form) {
    this.#conn = conn;
    this.#form = form;
    conn.setNoDelay();
  }

  send(frame: Frame): void {
    const room = this.#form.room(frame);
    if (this.#length + room + 4 > this.#out.length) {
      const grown = new Uint8Array(this.#out.length * 2 + room);
      grown.set(this.#out);
      this.#out = grown;
    }
    const written = this.#form.write(
      frame,
      this.#out.subarray(this.#length + 4),
    );
    this.#out[this.#length] = written >>> 24;
    this.#out[this.#length + 1] = written >>> 16;
    this.#out[this.#length + 2] = written >>> 8;
    this.#out[this.#length + 3] = written;
    this.#length += written + 4;
    if (this.#isFlushing) return;
    this.#isFlushing = true;
    queueMicrotask(() => this.#flush());
  }

  async #flush(): Promise<void> {
    while (this.#length > 0) {
      const bytes = this.#out.subarray(0, this.#length);
      [this.#out, this.#spare] = [this.#spare, this.#out];
      this.#length = 0;
      for (let at = 0; at < bytes.length;) {
        at += await this.#conn.write(bytes.subarray(at));
      }
    }
    this.#isFlushing = false;
  }

  async run(receive: (frame: Frame) => void): Promise<void> {
    let buffer = new Uint8Array(64 << 10);
    let length = 0;
    while (true) {
      const count = await this.#conn.read(buffer.subarray(length));
      if (count === null) return;
      length += count;
      let at = 0;
      while (length - at >= 4) {
        const size = (buffer[at]! << 24) | (buffer[at + 1]! << 16) |
          (buffer[at + 2]! << 8) |
          buffer[at + 3]!;
        if (length - at - 4 < size) break;
        receive(this.#form.read(buffer.subarray(at + 4, at + 4 + size)));
        at += 4 + size;
      }
      buffer.copyWithin(0, at, length);
      length -= at;
      if (length < buffer.length) continue;
      const grown = new Uint8Array(buffer.length * 2);
      grown.set(buffer);
      buffer = grown;
    }
  }
}

function raw(form: Form): Candidate {
  return {
    serve() {
      const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
      (async () => {
        for await (const conn of listener) {
          const raw = new RawConnection(conn, form);
          raw.run((frame) => raw.send(frame));
        }
      })();
      return listener.addr.port;
    },
    async connect(port) {
      const hostname = "127.0.0.1";
      const conn = await Deno.connect({ hostname, port: Number(port) });
      const raw = new RawConnection(conn, form);
      const pending = new Map<number, (body: unknown) => void>();
      let next = 1;
      raw.run(({ seq, body }) => {
        pending.get(seq)!(body);
        pending.delete(seq);
      });
      return (body) =>
        new Promise((resolve) => {
          const seq = next++;
          pending.set(seq, resolve);
          raw.send({ seq, body });
        });
    },
  };
}

/** JSON behind a length. */
export const rawJson: Candidate = raw(json);

/** A number and bytes behind a length. */
export const rawBinary: Candidate = raw(binary);
