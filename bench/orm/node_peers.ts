// Copyright 2026 the Gee authors. MIT license.
// Candidates that run in Node, in a process of their own: see peers.mjs.

import { RESET } from "./clock.ts";
import { newTracks, type Operation } from "./candidate.ts";

const FOLDER = new URL("../../data/orm_peers/", import.meta.url);
const PACKAGES = [
  "better-sqlite3@12.11.1",
  "drizzle-orm@0.45.2",
  "kysely@0.28.19",
];

/** What a candidate in Node measured. */
export interface NodeResult {
  /** Operations per second. */
  readonly speed: number;
  /** What its first operation gave, as JSON has it. */
  readonly answer: unknown;
}

/** The folder where their packages are installed, for a compiler too. */
export const packagesFolder: string = FOLDER.pathname;

function isInstalled(): boolean {
  try {
    // The last thing that the installation makes.
    return Deno.statSync(new URL("done", FOLDER)).isFile;
  } catch {
    return false;
  }
}

/**
 * Installs their packages when they are first needed, which may compile one for
 * minutes. Says why they cannot be had where Node or npm is missing.
 *
 * @returns Whether they are there.
 */
export async function installPeers(): Promise<boolean> {
  if (isInstalled()) return true;
  await Deno.mkdir(FOLDER, { recursive: true });
  try {
    await Deno.writeTextFile(new URL("package.json", FOLDER), "{}\n");
    const { success } = await new Deno.Command("npm", {
      args: ["install", "--no-audit", "--no-fund", ...PACKAGES],
      cwd: FOLDER,
      stdout: "inherit",
      stderr: "inherit",
    }).output();
    if (!success) throw new Error("Cannot install them: npm failed");
    // npm may be there without Node on the path.
    await new Deno.Command("node", { args: ["--version"] }).output();
    await Deno.writeTextFile(new URL("done", FOLDER), "");
    return true;
  } catch (error) {
    console.error(
      `Left out, for they want Node with npm: better-sqlite3 and what is on it (${error})`,
    );
    return false;
  }
}

/** Measures an operation of one of them. */
export async function measureInNode(
  candidate: string,
  operation: Operation,
  path: string,
  count: number,
): Promise<NodeResult> {
  const program = new URL("peers.mjs", import.meta.url).pathname;
  const rows = `${path}.rows.json`;
  await Deno.writeTextFile(rows, JSON.stringify(newTracks));
  const { stdout, success } = await new Deno.Command("node", {
    args: [
      program,
      packagesFolder,
      candidate,
      operation,
      path,
      rows,
      `${count}`,
      RESET,
    ],
    stderr: "inherit",
  }).output();
  if (!success) {
    throw new Error(`Cannot measure "${operation}" of "${candidate}" in Node`);
  }
  return JSON.parse(new TextDecoder().decode(stdout));
}
