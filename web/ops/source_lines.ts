// Copyright 2026 the Gee authors. MIT license.
import { isOwnFrame } from "../call_site.ts";

/** A place in a stack, with the lines around it where they can be read. */
export interface Frame {
  /** As the stack says it. */
  readonly text: string;
  /** The lines around it. */
  readonly lines: readonly SourceLine[];
}

/** A line of a file. */
export interface SourceLine {
  /** Its number, from 1. */
  readonly number: number;
  /** Its text. */
  readonly text: string;
  /** Whether the frame points at it. */
  readonly isHit: boolean;
}

/** Lines before and after the one that is pointed at. */
const AROUND = 2;
/** How many frames show their lines. */
const MAX_FRAMES = 3;

/**
 * The frames of an error. The first of them that are local files outside of the
 * framework show five lines each, as far as reading them is allowed.
 *
 * @param error What was thrown.
 * @returns The frames, none for what has no stack.
 */
export async function framesOf(error: unknown): Promise<Frame[]> {
  const stack = error instanceof Error ? error.stack ?? "" : "";
  // The message may be a stranger's, with lines that look like frames and name
  // any file, so it is cut off first.
  const message = error instanceof Error ? error.message : "";
  const after = stack.indexOf(message) + message.length;
  const texts = stack.slice(after).split("\n")
    .filter((line) => /^\s+at /.test(line));
  let left = MAX_FRAMES;
  const frames: Frame[] = [];
  for (const text of texts) {
    const lines = left > 0 ? await linesAt(text) : [];
    if (lines.length > 0) left--;
    frames.push({ text: text.trim(), lines });
  }
  return frames;
}

async function linesAt(frame: string): Promise<SourceLine[]> {
  const [, url = "", line = ""] = /(file:\/\/[^\s()]+):(\d+):\d+/.exec(frame) ??
    [];
  if (url === "" || isOwnFrame(frame)) return [];
  const path = new URL(url);
  // Nobody is asked for a permission in the middle of a request.
  const { state } = Deno.permissions.querySync({ name: "read", path });
  if (state !== "granted") return [];
  try {
    const all = (await Deno.readTextFile(path)).split(/\r?\n/);
    const hit = Number(line);
    const first = Math.max(1, hit - AROUND);
    return all.slice(first - 1, hit + AROUND).map((text, index) => ({
      number: first + index,
      text,
      isHit: first + index === hit,
    }));
  } catch {
    return []; // The file is gone: the stack alone has to do.
  }
}
