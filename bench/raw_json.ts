// Copyright 2026 the Gee authors. MIT license.
// The yardstick for rpc: length-prefixed JSON echo with coalesced writes and
// nothing else. No names, no errors, no deadlines, no limits.

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Frames in, frames out: `{ seq, body }` behind a length of four bytes. */
class RawConnection {
  readonly #conn: Deno.TcpConn;
  #out = new Uint8Array(1 << 20);
  #length = 0;
  #spare = new Uint8Array(1 << 20);
  #isFlushing = false;

  constructor(conn: Deno.TcpConn) {
    this.#conn = conn;
    conn.setNoDelay();
  }

  send(frame: { seq: number; body: unknown }): void {
    const text = JSON.stringify(frame);
    if (this.#length + text.length * 3 + 4 > this.#out.length) {
      const grown = new Uint8Array(this.#out.length * 2 + text.length * 3);
      grown.set(this.#out);
      this.#out = grown;
    }
    const { written } = encoder.encodeInto(
      text,
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

  async run(
    receive: (frame: { seq: number; body: unknown }) => void,
  ): Promise<void> {
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
        receive(
          JSON.parse(decoder.decode(buffer.subarray(at + 4, at + 4 + size))),
        );
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

/** Serves the echo and returns its port. */
export function serveRawJson(): number {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  (async () => {
    for await (const conn of listener) {
      const raw = new RawConnection(conn);
      raw.run((frame) => raw.send(frame));
    }
  })();
  return listener.addr.port;
}

/** Connects and returns the function that makes one call. */
export async function dialRawJson(
  port: number,
): Promise<(body: unknown) => Promise<unknown>> {
  const raw = new RawConnection(
    await Deno.connect({ hostname: "127.0.0.1", port }),
  );
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
}
