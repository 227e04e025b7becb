// Copyright 2026 the Gee authors. MIT license.
// The bodies of frames, the same over HTTP and TCP. Texts are written as
// `OutBuffer.text` does; a value is the end of its frame.

import { ByteView } from "../byte_view.ts";
import type { Change } from "../change.ts";
import { areRanges, type ChangeIds } from "./change_ids.ts";
import type { PeerMode } from "../peer.ts";
import { type FrameReader, malformed } from "./frame_reader.ts";
import type { Answer, Question, TellQuestion } from "./link.ts";
import { type OutBuffer, TooLongError } from "./out_buffer.ts";

const GET = 1;
const TELL = 2;
const HAND_OVER = 3;
const PING = 4;
const VALUE = 16;
const MISSING = 17;
const FAILED = 18;
const UNKNOWN_GROUP = 19;
const DONE = 20;
const SNAPSHOT = 21;
/** The last frame of a server that ends a connection: a text that says why. */
export const BYE = 32;
/** Frames under a signature. */
export const SEALED = 33;

const MODES: readonly PeerMode[] = ["load", "held", "refresh"];
const CHANGES: readonly Change["kind"][] = [
  "set",
  "remove",
  "drop",
  "removeTag",
  "reset",
];
const MAX_HOPS = 255;
const HAS_TTL = 1;
const HAS_TAGS = 2;
/** Beside the mode of a `get`. */
const FORWARDED = 4;

/** What a value brings along. */
interface Extras {
  readonly ttl?: number;
  readonly tags?: readonly string[];
}

/** Begins a frame at the end of a buffer. */
export function beginFrame(out: OutBuffer, id: number, kind: number): void {
  out.uint(0);
  out.uint(id);
  out.byte(kind);
}

/**
 * Ends the frame that was begun at a place, by its length.
 *
 * @throws {TooLongError} When it exceeds the limit.
 */
export function endFrame(out: OutBuffer, at: number, limit: number): void {
  const length = out.length - at - 4;
  if (length > limit) {
    throw new TooLongError(
      `Cannot send ${length} bytes: want at most ${limit}`,
    );
  }
  out.uintAt(at, length);
}

/**
 * Appends a question.
 *
 * @throws {TooLongError} When it exceeds the limit; nothing of it is left then.
 */
export function encodeQuestion(
  out: OutBuffer,
  id: number,
  question: Question,
  limit: number,
): void {
  const start = out.length;
  try {
    questionBody(out, id, question);
    endFrame(out, start, limit);
  } catch (error) {
    out.clear(start);
    throw error;
  }
}

/** Everything but the end. */
function questionBody(out: OutBuffer, id: number, question: Question): void {
  switch (question.kind) {
    case "get": {
      beginFrame(out, id, GET);
      const mark = question.isForwarded ? FORWARDED : 0;
      out.byte(MODES.indexOf(question.mode) | mark);
      out.text(question.group);
      return out.text(question.key);
    }
    case "tell":
      beginFrame(out, id, TELL);
      out.text(question.group);
      out.byte(Math.min(question.hops, MAX_HOPS));
      out.texts(question.missed);
      encodeIds(out, question.ids);
      return encodeChange(out, question.change);
    case "handOver":
      beginFrame(out, id, HAND_OVER);
      out.text(question.group);
      out.text(question.name);
      return out.float(question.maxBytes);
    case "ping":
      beginFrame(out, id, PING);
  }
}

function encodeIds(out: OutBuffer, ids: ChangeIds | undefined): void {
  out.uint(ids?.size ?? 0);
  for (const [origin, ranges] of ids ?? []) {
    out.text(origin);
    out.uint(ranges.length);
    for (const number of ranges) out.float(number);
  }
}

function encodeChange(out: OutBuffer, change: Change): void {
  out.byte(CHANGES.indexOf(change.kind));
  if (change.kind === "set") {
    out.text(change.key);
    encodeExtras(out, change);
    out.view(change.view);
    return;
  }
  if (change.kind !== "remove") out.byte(change.isCopies ? 1 : 0);
  if (change.kind === "removeTag") out.text(change.tag);
  else if (change.kind !== "reset") out.texts(change.keys);
}

function encodeExtras(out: OutBuffer, { ttl, tags }: Extras): void {
  out.byte(
    (ttl === undefined ? 0 : HAS_TTL) | (tags === undefined ? 0 : HAS_TAGS),
  );
  if (ttl !== undefined) out.float(ttl);
  if (tags !== undefined) out.texts(tags);
}

/** Appends an answer; one that exceeds the limit becomes "failed". */
export function encodeAnswer(
  out: OutBuffer,
  id: number,
  answer: Answer,
  limit: number,
): void {
  const start = out.length;
  try {
    answerBody(out, id, answer);
    endFrame(out, start, limit);
  } catch (error) {
    out.clear(start);
    if (!(error instanceof TooLongError)) throw error;
    answerBody(out, id, { kind: "failed", isBusy: false });
    endFrame(out, start, Infinity);
  }
}

/** Everything but the end. */
function answerBody(out: OutBuffer, id: number, answer: Answer): void {
  switch (answer.kind) {
    case "value":
      beginFrame(out, id, VALUE);
      encodeExtras(out, answer);
      return out.view(answer.view);
    case "missing":
      return beginFrame(out, id, MISSING);
    case "failed":
      beginFrame(out, id, FAILED);
      return out.byte(answer.isBusy ? 1 : 0);
    case "unknownGroup":
      return beginFrame(out, id, UNKNOWN_GROUP);
    case "done":
      beginFrame(out, id, DONE);
      return out.texts(answer.missed);
    case "snapshot":
      beginFrame(out, id, SNAPSHOT);
      return out.raw(answer.bytes);
  }
}

/**
 * Reads the frame a reader is at as a question.
 *
 * @throws {SyntaxError} When it is none.
 */
export function decodeQuestion(reader: FrameReader): Question {
  switch (reader.kind) {
    case GET: {
      const flags = reader.byte();
      const mode = MODES[flags & 3];
      if (mode === undefined || flags > 7) throw malformed("no such mode");
      const isForwarded = (flags & FORWARDED) !== 0;
      const group = reader.name();
      return { kind: "get", group, key: reader.text(), mode, isForwarded };
    }
    case TELL:
      return decodeTell(reader);
    case HAND_OVER: {
      const [group, name] = [reader.text(), reader.text()];
      return { kind: "handOver", group, name, maxBytes: reader.float() };
    }
    case PING:
      return { kind: "ping" };
    default:
      throw malformed("it is no question");
  }
}

function decodeTell(reader: FrameReader): TellQuestion {
  const group = reader.text();
  const hops = reader.byte();
  const missed = reader.texts();
  const ids = decodeIds(reader);
  const change = decodeChange(reader);
  return { kind: "tell", group, missed, ids, hops, change };
}

function decodeIds(reader: FrameReader): ChangeIds | undefined {
  const ids = new Map<string, number[]>();
  for (let origins = reader.uint(); origins > 0; origins--) {
    const origin = reader.text();
    const ranges: number[] = [];
    for (let left = reader.uint(); left > 0; left--) {
      ranges.push(reader.float());
    }
    if (!areRanges(ranges)) throw malformed("no such tellings");
    ids.set(origin, ranges);
  }
  return ids.size === 0 ? undefined : ids;
}

function decodeChange(reader: FrameReader): Change {
  const kind = CHANGES[reader.byte()];
  if (kind === undefined) throw malformed("no such change");
  if (kind === "set") {
    const key = reader.text();
    const extras = decodeExtras(reader);
    return { kind, key, ...extras, view: ByteView.adopt(reader.rest()) };
  }
  if (kind === "remove") return { kind, keys: reader.texts() };
  const copies = reader.byte() === 1 ? { isCopies: true } : {};
  if (kind === "reset") return { kind, ...copies };
  if (kind === "removeTag") return { kind, tag: reader.text(), ...copies };
  return { kind, keys: reader.texts(), ...copies };
}

function decodeExtras(reader: FrameReader): Extras {
  const flags = reader.byte();
  if (flags > (HAS_TTL | HAS_TAGS)) throw malformed("no such extra");
  const ttl = (flags & HAS_TTL) !== 0 ? { ttl: reader.float() } : {};
  return (flags & HAS_TAGS) !== 0 ? { ...ttl, tags: reader.texts() } : ttl;
}

/**
 * Reads the frame a reader is at as an answer.
 *
 * @throws {SyntaxError} When it is none.
 */
export function decodeAnswer(reader: FrameReader): Answer {
  switch (reader.kind) {
    case VALUE: {
      const { ttl, tags } = decodeExtras(reader);
      const view = ByteView.adopt(reader.rest());
      // Spelled out: it is the one answer that has to be fast.
      if (tags !== undefined) {
        return ttl === undefined
          ? { kind: "value", view, tags }
          : { kind: "value", view, ttl, tags };
      }
      return ttl === undefined
        ? { kind: "value", view }
        : { kind: "value", view, ttl };
    }
    case MISSING:
      return { kind: "missing" };
    case FAILED:
      return { kind: "failed", isBusy: reader.byte() === 1 };
    case UNKNOWN_GROUP:
      return { kind: "unknownGroup" };
    case DONE:
      return { kind: "done", missed: reader.texts() };
    case SNAPSHOT:
      return { kind: "snapshot", bytes: reader.rest() };
    default:
      throw malformed("it is no answer");
  }
}
