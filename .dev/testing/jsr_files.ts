// Copyright 2026 the Gee authors. MIT license.

/** A package as `deno publish` would upload it. */
export interface Package {
  /** With its scope, as in `@gee/std`. */
  readonly name: string;
  readonly version: string;
  readonly exports: Readonly<Record<string, string>>;
  /** The paths, as in `/web/mod.ts`, and what they hold. */
  readonly files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
}

/**
 * All that a JSR registry serves for a package with one version (JSR docs,
 * "Registry API"): its versions, the exports and check sums of the version,
 * and the files.
 *
 * @returns The paths and what they hold.
 */
export async function jsrFiles(
  { name, version, exports, files }: Package,
): Promise<ReadonlyMap<string, Uint8Array<ArrayBuffer> | string>> {
  const served = new Map<string, Uint8Array<ArrayBuffer> | string>();
  const manifest: Record<string, { size: number; checksum: string }> = {};
  for (const [path, bytes] of files) {
    const hash = await crypto.subtle.digest("SHA-256", bytes);
    const checksum = `sha256-${new Uint8Array(hash).toHex()}`;
    manifest[path] = { size: bytes.length, checksum };
    served.set(`/${name}/${version}${path}`, bytes);
  }
  const [scope, bare] = name.slice(1).split("/");
  const meta = {
    scope,
    name: bare,
    latest: version,
    versions: { [version]: {} },
  };
  served.set(`/${name}/meta.json`, JSON.stringify(meta));
  served.set(
    `/${name}/${version}_meta.json`,
    JSON.stringify({ exports, manifest }),
  );
  return served;
}
