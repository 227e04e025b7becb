// Copyright 2026 the Gee authors. MIT license.
// Runs an example as its own first lines say, in a process of its own.

const root = new URL("../../", import.meta.url);

/** The flags and the file that the comment of an example names. */
async function commandOf(name: string): Promise<string[]> {
  const text = await Deno.readTextFile(new URL(`examples/${name}`, root));
  const [, command = ""] = /^\/\/ {3}deno (run .*)$/m.exec(text) ?? [];
  if (command === "") {
    throw new Error(`Cannot run "${name}": it names no command`);
  }
  return command.split(" ");
}

function spawn(args: string[]): Deno.ChildProcess {
  const env = Deno.env.toObject();
  // Else the report of a run with coverage looks for files that are gone.
  delete env.DENO_COVERAGE_DIR;
  return new Deno.Command(Deno.execPath(), {
    args,
    cwd: root,
    clearEnv: true,
    env: { ...env, NO_COLOR: "1" },
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** Runs an example to its end and gives what it printed. */
export async function runExample(
  name: string,
  args: readonly string[] = [],
): Promise<string> {
  await using child = spawn([...await commandOf(name), ...args]);
  const { code, stdout, stderr } = await child.output();
  const text = new TextDecoder().decode(stdout);
  if (code === 0) return text;
  throw new Error(
    `${name} ended with ${code}: ${new TextDecoder().decode(stderr)}`,
  );
}

/** An example that serves until it is told to end. */
export interface ServingExample {
  /** Where it serves, as it printed it, without path. */
  readonly origin: string;
  /** Presses Ctrl-C; gives its exit code and what it wrote to stderr. */
  end(): Promise<{ code: number; stderr: string }>;
}

/** Starts an example on a free port. */
export async function serveExample(name: string): Promise<ServingExample> {
  const child = spawn([...await commandOf(name), "0"]);
  const lines = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const stderr = new Response(child.stderr).text();
  let text = "";
  while (!/http:\/\/\S+\s/.test(text)) {
    const { done, value } = await lines.read();
    if (done) throw new Error(`${name} ended: ${await stderr}`);
    text += value;
  }
  const rest = (async () => {
    while (!(await lines.read()).done);
  })();
  return {
    origin: new URL(/http:\/\/\S+/.exec(text)?.[0] ?? "").origin,
    end: async () => {
      child.kill("SIGINT");
      const { code } = await child.status;
      await rest;
      return { code, stderr: await stderr };
    },
  };
}
