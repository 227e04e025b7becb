// Copyright 2026 the Gee authors. MIT license.
// Programs in Go, for tests of what Go itself reads and writes.

const PATH = "/usr/bin/go";

// Where Go is known to be installed its absence is a failure.
const isRequired = Deno.env.get("REQUIRE_GO") !== undefined;

/** Whether tests that need it are left out. */
export const isSkipped: boolean = !isRequired && !isFile(PATH);

/** The name of a test, which says so when it is left out. */
export function titled(name: string): string {
  if (!isSkipped) return name;
  return `${name} (skipped: no Go found, Debian's package golang-go has it)`;
}

/** A program in Go that runs. */
export class GoProgram implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #cache: string;

  constructor(child: Deno.ChildProcess, cache: string) {
    this.#child = child;
    this.#cache = cache;
  }

  /**
   * Starts a program of one file, which uses the standard library alone.
   *
   * @param source The file.
   * @param args Its arguments.
   */
  static async start(source: URL, ...args: string[]): Promise<GoProgram> {
    const cache = await Deno.makeTempDir();
    const child = new Deno.Command(PATH, {
      args: ["run", source.pathname, ...args],
      env: { GOCACHE: cache, GO111MODULE: "off", GOTOOLCHAIN: "local" },
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    return new GoProgram(child, cache);
  }

  /** Reads the first line that it writes. */
  async line(): Promise<string> {
    const lines = this.#child.stdout.pipeThrough(new TextDecoderStream());
    let text = "";
    for await (const part of lines.values({ preventCancel: true })) {
      text += part;
      const end = text.indexOf("\n");
      if (end !== -1) return text.slice(0, end);
    }
    throw new Error("Cannot read a line of a program in Go: it has ended");
  }

  /** Ends it by the end of its input. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#child.stdin.close().catch(() => {});
    await this.#child.stderr.cancel();
    await this.#child.stdout.cancel().catch(() => {});
    await this.#child.status;
    await Deno.remove(this.#cache, { recursive: true });
  }

  /** Gives it its input; returns what it writes when it has ended. */
  async run(input = new Uint8Array()): Promise<Uint8Array> {
    const writing = new Blob([input]).stream().pipeTo(this.#child.stdin)
      // It may end before it has read everything, and says why.
      .catch(() => {});
    const { success, stdout, stderr } = await this.#child.output();
    await writing;
    await Deno.remove(this.#cache, { recursive: true });
    if (success) return stdout;
    throw new Error(`Cannot run Go: ${new TextDecoder().decode(stderr)}`);
  }
}

/**
 * Runs a program of one file, which uses the standard library alone.
 *
 * @param source The file.
 * @param input What it reads.
 * @param args Its arguments.
 * @returns What it writes.
 */
export async function runGo(
  source: URL,
  input?: Uint8Array<ArrayBuffer>,
  ...args: string[]
): Promise<Uint8Array> {
  return await (await GoProgram.start(source, ...args)).run(input);
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
