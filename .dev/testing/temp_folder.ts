// Copyright 2026 the Gee authors. MIT license.

/** An empty folder that is removed with all it holds when disposed. */
export async function tempFolder(): Promise<
  { readonly path: string } & AsyncDisposable
> {
  const path = await Deno.makeTempDir({ prefix: "gee_" });
  return {
    path,
    async [Symbol.asyncDispose]() {
      await Deno.remove(path, { recursive: true });
    },
  };
}
