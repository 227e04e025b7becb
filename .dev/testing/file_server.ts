// Copyright 2026 the Gee authors. MIT license.

/** Serves files from memory on a free port of this machine. */
export class FileServer implements AsyncDisposable {
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #missed: string[] = [];

  /** @param files The paths, as in `/web/mod.ts`, and what they hold. */
  constructor(files: ReadonlyMap<string, Uint8Array<ArrayBuffer> | string>) {
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen() {} },
      ({ url }) => {
        const { pathname } = new URL(url);
        const file = files.get(decodeURIComponent(pathname));
        if (file !== undefined) {
          return new Response(file, {
            headers: { "content-type": type(pathname) },
          });
        }
        this.#missed.push(pathname);
        return new Response(null, { status: 404 });
      },
    );
  }

  /** Without a slash at its end. */
  get origin(): string {
    return `http://127.0.0.1:${this.#server.addr.port}`;
  }

  /** What was asked for in vain. */
  get missed(): readonly string[] {
    return this.#missed;
  }

  /** Ends it; open connections are closed. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}

function type(path: string): string {
  if (path.endsWith(".ts")) return "text/typescript";
  return path.endsWith(".json") ? "application/json" : "text/plain";
}
