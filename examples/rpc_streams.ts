// Copyright 2026 the Gee authors. MIT license.
// Streams in all directions: many replies, many arguments, and a talk. Whoever is
// slower sets the pace, and leaving a loop ends the other side, too.
//
//   deno run --allow-net=127.0.0.1 examples/rpc_streams.ts
import { dial, Server } from "../rpc/mod.ts";

class Numbers {
  sent = 0;

  /** Counts for as long as somebody listens. */
  async *count(from: number): AsyncGenerator<number> {
    try {
      for (let n = from;; n++) {
        this.sent++;
        yield n;
      }
    } finally {
      console.log("The counting has ended");
    }
  }

  async total(numbers: AsyncIterable<number>): Promise<number> {
    let total = 0;
    for await (const number of numbers) total += number;
    return total;
  }

  async *shout(words: AsyncIterable<string>): AsyncGenerator<string> {
    for await (const word of words) yield `${word.toUpperCase()}!`;
  }
}

async function* each<T>(...items: T[]): AsyncGenerator<T> {
  yield* items;
}

const service = new Numbers();
const server = new Server();
server.register(service);
await using listener = server.listen();
await using client = await dial(listener.address);
const numbers = client.service<Numbers>("Numbers");

const first: number[] = [];
for await (const number of numbers.count(5)) {
  if (first.push(number) === 3) break;
}
console.log("Counted:", first);
// A window is sent ahead; an endless count is not.
console.log("Sent ahead:", service.sent < 1_000_000);

console.log("Total:", await numbers.total(each(1, 2, 3, 4)));

const talk: string[] = [];
for await (const answer of numbers.shout(each("hello", "streams"))) {
  talk.push(answer);
}
console.log("Heard:", talk.join(" "));
