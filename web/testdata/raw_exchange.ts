// Copyright 2026 the Gee authors. MIT license.

/**
 * Sends a text as it is, one byte a character, and reads until the server ends
 * the connection.
 *
 * @returns What came back, one character a byte.
 */
export async function rawExchange(port: number, text: string): Promise<string> {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port });
  const bytes = Uint8Array.from(text, (one) => one.charCodeAt(0));
  const decoder = new TextDecoder("latin1");
  const buffer = new Uint8Array(1 << 14);
  let answer = "";
  try {
    for (let at = 0; at < bytes.length;) {
      at += await connection.write(bytes.subarray(at));
    }
    while (true) {
      const count = await connection.read(buffer);
      if (count === null) return answer;
      answer += decoder.decode(buffer.subarray(0, count));
    }
  } catch {
    return answer; // A reset ends an answer too.
  }
}

/** The status lines in what came back. */
export function statusesOf(answer: string): number[] {
  return [...answer.matchAll(/HTTP\/1\.[01] (\d{3}) /g)]
    .map(([, status]) => Number(status));
}
