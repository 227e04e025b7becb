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

/**
 * Runs a program of one file, which uses the standard library alone.
 *
 * @param source The file.
 * @param input What it reads.
 * @returns What it writes.
 */
export async function runGo(
  source: URL,
  input: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array> {
  const cache = await Deno.makeTempDir();
  try {
    const child = new Deno.Command(PATH, {
      args: ["run", source.pathname],
      env: { GOCACHE: cache, GO111MODULE: "off", GOTOOLCHAIN: "local" },
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const writing = new Blob([input]).stream().pipeTo(child.stdin)
      // It may end before it has read everything, and says why.
      .catch(() => {});
    const { success, stdout, stderr } = await child.output();
    await writing;
    if (success) return stdout;
    throw new Error(`Cannot run Go: ${new TextDecoder().decode(stderr)}`);
  } finally {
    await Deno.remove(cache, { recursive: true });
  }
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
