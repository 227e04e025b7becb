// Copyright 2026 the Gee authors. MIT license.
// Traces for bench/cache_hit_ratio.ts: compact files, and made-up ones.

/** Requests for objects, which are numbered from 0. */
export interface Trace {
  readonly name: string;
  readonly ids: Int32Array;
  readonly objects: number;
  /** Bytes by object (as first seen), when they differ. */
  readonly sizes?: Uint32Array;
}

/**
 * Reads a `.ctr.gz`: gzip( u32le header length | header JSON | payload ). The
 * payload holds one varint per request: 0 is a new object, d the object d below
 * the next new one. With `sizes: "object"` one varint per object follows, with
 * `"request"` one per request.
 */
export async function readTrace(path: string): Promise<Trace> {
  using file = await Deno.open(path);
  const body = file.readable.pipeThrough(new DecompressionStream("gzip"));
  const bytes = new Uint8Array(await new Response(body).arrayBuffer());
  const length = new DataView(bytes.buffer).getUint32(0, true);
  const header = JSON.parse(
    new TextDecoder().decode(bytes.subarray(4, 4 + length)),
  ) as { requests: number; sizes?: "object" | "request" };
  let at = 4 + length;
  const varint = () => {
    let value = 0;
    for (let shift = 0;; shift += 7) {
      const byte = bytes[at++]!; // a torn file gives undefined, then NaN
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
    }
  };
  const ids = new Int32Array(header.requests);
  let objects = 0;
  for (let index = 0; index < ids.length; index++) {
    const distance = varint();
    ids[index] = distance === 0 ? objects++ : objects - distance;
  }
  const name = path.replace(/^.*\//, "").replace(/\.ctr\.gz$/, "");
  const { sizes: kind } = header;
  if (kind !== "object" && kind !== "request") return { name, ids, objects };
  const sizes = new Uint32Array(objects);
  let known = 0;
  for (
    let index = 0;
    index < (kind === "object" ? objects : ids.length);
    index++
  ) {
    const size = varint();
    if (kind === "object" || ids[index] === known) sizes[known++] = size;
  }
  return { name, ids, objects, sizes };
}

/** Made-up traces: the same ones in each run. */
export function syntheticTraces(): Trace[] {
  const popular = zipf(10_000, 0.9);
  return [
    dense("zipf 0.9", 300_000, popular),
    dense("loop", 200_000, (index) => index % 5000),
    dense(
      "zipf and scans",
      300_000,
      (index) => index % 60_000 < 20_000 ? 20_000 + index : popular(),
    ),
    dense(
      "shifting zipf",
      300_000,
      (index) => popular() + Math.floor(index / 60_000) * 8000,
    ),
    dense(
      "zipf and loops in turn",
      300_000,
      (index) =>
        Math.floor(index / 50_000) % 2 === 1
          ? popular()
          : 20_000 + index % 4000,
    ),
  ];
}

function dense(
  name: string,
  requests: number,
  draw: (index: number) => number,
): Trace {
  const numbers = new Map<number, number>();
  const ids = Int32Array.from({ length: requests }, (_, index) => {
    const key = draw(index);
    const id = numbers.get(key) ?? numbers.size;
    numbers.set(key, id);
    return id;
  });
  return { name, ids, objects: numbers.size };
}

/** Ranks by Zipf's law, drawn by xorshift32 from a fixed seed. */
function zipf(ranks: number, exponent: number): () => number {
  let state = 20261124;
  let sum = 0;
  const sums = Float64Array.from(
    { length: ranks },
    (_, rank) => sum += 1 / (rank + 1) ** exponent,
  );
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    const point = (state >>> 0) / 2 ** 32 * sum;
    let low = 0;
    let high = ranks - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sums[middle]! < point) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}
