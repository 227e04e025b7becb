// Copyright 2026 the Gee authors. MIT license.
// A real browser for the tests of pages.
import type { Browser } from "npm:playwright-core@1.65.1";
import { canGenerateCode } from "./code_generation.ts";

// The first one has no window, and so opens a page four times as fast.
const PATH = [
  "/usr/bin/chromium-headless-shell",
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
].find(isFile);

// Where the browser is known to be installed its absence is a failure.
const isRequired = Deno.env.get("REQUIRE_CHROMIUM") !== undefined;

const reason = whyNot();

/** Whether tests that need it are left out. */
export const isSkipped: boolean = reason !== undefined;

/** The name of a test, which says so when it is left out. */
export function titled(name: string): string {
  return reason === undefined ? name : `${name} (skipped: ${reason})`;
}

function whyNot(): string | undefined {
  if (PATH === undefined && !isRequired) {
    return "no Chromium found, Debian's package chromium-headless-shell has it";
  }
  return canGenerateCode ? undefined : "Playwright makes code from strings";
}

/** Starts it. */
export async function launchChromium(): Promise<Browser> {
  // Otherwise it looks into /proc for Windows at its import, which takes the
  // permission for everything.
  Deno.env.set("__IS_WSL_TEST__", "1");
  const { chromium } = await import("npm:playwright-core@1.65.1");
  return await chromium.launch({
    executablePath: PATH ?? "chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
