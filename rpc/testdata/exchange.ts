// Copyright 2026 the Gee authors. MIT license.
// Exchanges between Go programs, as they went over the wire.

/** One way of an exchange. */
export type Direction = "c2s" | "s2c";

// {"Magic
const OPTION = "7b224d61676963";

interface Chunk {
  readonly dir: string;
  readonly hex: string;
}

/** What was sent on the one connection of an exchange. */
export class Exchange {
  readonly #chunks: readonly Chunk[];

  constructor(name: string) {
    const url = new URL(`vectors/${name}.json`, import.meta.url);
    this.#chunks = JSON.parse(Deno.readTextFileSync(url)).chunks;
  }

  /** The chunks of one direction, without the option line. */
  chunks(direction: Direction): Uint8Array<ArrayBuffer>[] {
    return this.#chunks
      .filter(({ dir, hex }) => dir === direction && !hex.startsWith(OPTION))
      .map(({ hex }) => Uint8Array.fromHex(hex));
  }

  /** What went both ways, in its order. */
  all(): { direction: Direction; bytes: Uint8Array<ArrayBuffer> }[] {
    return this.#chunks.filter(({ hex }) => hex !== "").map(({ dir, hex }) => ({
      direction: dir.startsWith("c2s") ? "c2s" : "s2c",
      bytes: Uint8Array.fromHex(hex),
    }));
  }

  /** The option line. */
  option(): Uint8Array<ArrayBuffer> {
    const chunk = this.#chunks.find(({ hex }) => hex.startsWith(OPTION));
    return Uint8Array.fromHex(chunk?.hex ?? "");
  }
}
