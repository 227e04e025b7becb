// Copyright 2026 the Gee authors. MIT license.

/**
 * Finds ports for nodes that can start again at the same place. They are below
 * those the system gives to outgoing connections: one of these must not take the
 * port of a node while that is dead.
 */
export function findPorts(count: number, random: () => number): number[] {
  const ports = new Set<number>();
  while (ports.size < count) {
    const port = 12_000 + Math.floor(random() * 20_000);
    try {
      Deno.listen({ hostname: "127.0.0.1", port }).close();
      ports.add(port);
    } catch {
      // Somebody has it.
    }
  }
  return [...ports];
}
