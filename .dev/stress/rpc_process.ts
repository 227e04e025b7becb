// Copyright 2026 the Gee authors. MIT license.
// A server in a process of its own, as the driver sees it.
import type { RpcNodeConfig } from "./rpc_node.ts";

const program = new URL("rpc_node.ts", import.meta.url).href;

/** A server that can be killed, paused and restarted at its place. */
export class RpcProcess implements AsyncDisposable {
  readonly #config: RpcNodeConfig;
  #child: Deno.ChildProcess | undefined;

  /** @param config Which server it is. */
  constructor(config: RpcNodeConfig) {
    this.#config = config;
  }

  /** Starts it, and waits until it listens and is listed. */
  async start(): Promise<void> {
    const env = Deno.env.toObject();
    // Else the report of a run with coverage looks for files that are gone.
    delete env.DENO_COVERAGE_DIR;
    const child = new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "--no-check", "--allow-net=127.0.0.1"],
        ...[`--allow-write=${this.#config.log}`, program],
        JSON.stringify(this.#config),
      ],
      clearEnv: true,
      env: { ...env, NO_COLOR: "1" },
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    this.#child = child;
    const reader = child.stdout.getReader();
    const { done } = await reader.read();
    reader.releaseLock();
    if (!done) return;
    await this.kill();
    throw new Error(`Cannot start a server at port ${this.#config.port}`);
  }

  /** Stops the process as it is. */
  pause(): void {
    this.#child?.kill("SIGSTOP");
  }

  /** Lets it go on. */
  resume(): void {
    this.#child?.kill("SIGCONT");
  }

  /** Ends the process at once. */
  async kill(): Promise<void> {
    this.#child?.kill("SIGKILL");
    await this.#ended();
  }

  /** Has the server end by itself. */
  async close(): Promise<void> {
    const writer = this.#child?.stdin.getWriter();
    await writer?.write(new TextEncoder().encode("close\n"));
    writer?.releaseLock();
    await this.#ended();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child !== undefined) await this.kill();
  }

  async #ended(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    await child?.status;
    await child?.stdin.close().catch(() => {});
    await child?.stdout.cancel();
  }
}
