// Copyright 2026 the Gee authors. MIT license.

// Long enough that calls do not become a storm of dials, short enough that a
// server that is back is soon used again.
const PAUSE_MS = 1000;

/** Remembers which servers could not be reached, and has them passed over for a while. */
export class CoolDown {
  readonly #until = new Map<string, number>();
  readonly #now: () => number;
  readonly #random: () => number;

  /**
   * Begins with all servers well.
   *
   * @param now The clock, in ms; tests give their own.
   * @param random Numbers from 0 up to, not including, 1; tests give their own.
   */
  constructor(
    now: () => number = () => performance.now(),
    random: () => number = Math.random,
  ) {
    this.#now = now;
    this.#random = random;
  }

  /** Notes that a server could not be reached. */
  fail(server: string): void {
    // Jitter, or all clients would come back to a server at the same moment.
    const pause = PAUSE_MS * (0.5 + this.#random() / 2);
    this.#until.set(server, this.#now() + pause);
  }

  /** Notes that a server was reached, or is no longer of interest. */
  clear(server: string): void {
    this.#until.delete(server);
  }

  /** Forgets all servers but these. */
  keep(servers: readonly string[]): void {
    for (const server of this.#until.keys()) {
      if (!servers.includes(server)) this.#until.delete(server);
    }
  }

  /**
   * The servers worth a try: those that were well, and those whose pause is over
   * and that no other call is trying; all of them when there is none.
   */
  ready(
    servers: readonly string[],
    isTried: (server: string) => boolean,
  ): readonly string[] {
    if (this.#until.size === 0) return servers;
    const now = this.#now();
    const ready = servers.filter((server) => {
      const until = this.#until.get(server);
      return until === undefined || until <= now && !isTried(server);
    });
    return ready.length > 0 ? ready : servers;
  }
}
