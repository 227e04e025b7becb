// Copyright 2026 the Gee authors. MIT license.

/** Options of {@linkcode runDeno}. */
export interface RunOptions {
  /** The folder it runs in. */
  readonly cwd: string | URL;
  /** What it inherits from this process is replaced by these. */
  readonly env?: Readonly<Record<string, string>>;
}

/** What it printed. */
export interface Output {
  readonly stdout: string;
  readonly stderr: string;
}

// Far above what any of these runs takes, and a hang ends all the same.
const TIMEOUT = 120_000;

/**
 * Runs this Deno as a process of its own and waits for its end.
 *
 * @throws {Error} When it fails, with what it printed.
 */
export async function runDeno(
  args: readonly string[],
  { cwd, env }: RunOptions,
): Promise<Output> {
  const inherited = Deno.env.toObject();
  // Else programs in folders that are gone end up in the report of this run.
  delete inherited.DENO_COVERAGE_DIR;
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), TIMEOUT);
  try {
    const output = await new Deno.Command(Deno.execPath(), {
      args: [...args],
      cwd,
      clearEnv: true,
      env: { ...inherited, NO_COLOR: "1", ...env },
      signal: controller.signal,
    }).output();
    const stdout = new TextDecoder().decode(output.stdout);
    const stderr = new TextDecoder().decode(output.stderr);
    if (output.success) return { stdout, stderr };
    const command = ["deno", ...args].join(" ");
    throw new Error(
      `Cannot run "${command}": it ended with ${output.code}\n${stdout}${stderr}`,
    );
  } finally {
    clearTimeout(timer);
  }
}
