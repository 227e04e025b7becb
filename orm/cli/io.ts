// Copyright 2026 the Gee authors. MIT license.

/** Where the command line writes. */
export interface CliIo {
  /**
   * Writes a line of the answer.
   *
   * @param line The line.
   */
  out(line: string): void;
  /**
   * Writes a line about what is going on.
   *
   * @param line The line.
   */
  log(line: string): void;
  /**
   * Writes how far it is: on a terminal in place of what it wrote last.
   *
   * @param line The line; an empty one takes the last away.
   */
  progress(line: string): void;
}

/** The input and output of this process. */
export function processIo(): CliIo {
  const encoder = new TextEncoder();
  const write = (stream: typeof Deno.stdout, text: string) => {
    let bytes = encoder.encode(text);
    while (bytes.length > 0) bytes = bytes.subarray(stream.writeSync(bytes));
  };
  const isTerminal = Deno.stderr.isTerminal();
  return {
    out: (line) => write(Deno.stdout, `${line}\n`),
    log: (line) => write(Deno.stderr, `${line}\n`),
    progress(line) {
      if (isTerminal) write(Deno.stderr, `\r\x1b[K${line}`);
      else if (line !== "") write(Deno.stderr, `${line}\n`);
    },
  };
}
