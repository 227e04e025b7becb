// Copyright 2026 the Gee authors. MIT license.

import { didYouMean } from "../nearest_name.ts";
import { COMMANDS, OPTIONS } from "./usage.ts";

/** A part of the command line, as `parseArgs()` of `node:util` returns it. */
export interface CliToken {
  readonly kind: string;
  readonly name?: string;
  readonly value?: string | undefined;
  /** Whether the value came behind a `=`. */
  readonly inlineValue?: boolean | undefined;
}

/** The command line was not understood. */
export class UsageError extends Error {
  /** The name of the class. */
  override readonly name = "UsageError";
}

/** What the command line says. */
export interface CliArguments {
  /** The command; `undefined` when there is none, which asks for help. */
  readonly command: string | undefined;
  readonly argument: string | undefined;
  readonly isHelp: boolean;
  /** Whether an option without a value was given. */
  has(name: string): boolean;
  /** The values of an option, none when it was not given. */
  all(name: string): readonly string[];
  /** The last value of an option. */
  get(name: string): string | undefined;
}

/** Refuses what no command or option is, and what a command needs and lacks. */
export function readArguments(tokens: readonly CliToken[]): CliArguments {
  const values = new Map<string, string[]>();
  const words: string[] = [];
  for (const { kind, name = "", value, inlineValue = false } of tokens) {
    if (kind === "positional") words.push(value ?? "");
    if (kind !== "option") continue;
    const option = OPTIONS[name];
    if (option === undefined) {
      throw new UsageError(
        `Unknown option "--${name}"${didYouMean(name, Object.keys(OPTIONS))}`,
      );
    }
    if (option.type === "string" && value === undefined) {
      throw new UsageError(`Option "--${name}" wants ${option.value}`);
    }
    if (!inlineValue && value?.startsWith("--")) {
      throw new UsageError(
        `Option "--${name}" wants ${option.value}, got "${value}"`,
      );
    }
    if (option.type === "boolean" && value !== undefined) {
      throw new UsageError(`Option "--${name}" takes no value, got "${value}"`);
    }
    const list = values.get(name) ?? [];
    if (list.length > 0 && !option.multiple) {
      throw new UsageError(`Option "--${name}" is given twice`);
    }
    values.set(name, [...list, value ?? ""]);
  }
  const [command, argument, ...rest] = words;
  const result: CliArguments = {
    command,
    argument,
    isHelp: command === undefined || values.has("help"),
    has: (name) => values.has(name),
    all: (name) => values.get(name) ?? [],
    get: (name) => values.get(name)?.at(-1),
  };
  checkCommand(result, rest, [...values.keys()]);
  return result;
}

function checkCommand(
  { command, argument, isHelp, has }: CliArguments,
  rest: readonly string[],
  given: readonly string[],
): void {
  if (command === undefined) return;
  const usage = Object.hasOwn(COMMANDS, command)
    ? COMMANDS[command]
    : undefined;
  if (usage === undefined) {
    throw new UsageError(
      `Unknown command "${command}"${
        didYouMean(command, Object.keys(COMMANDS))
      }`,
    );
  }
  if (isHelp) return;
  const foreign = given.find((name) =>
    ![...usage.options, "json", "help"].includes(name)
  );
  if (foreign !== undefined) {
    throw new UsageError(`Command "${command}" has no option "--${foreign}"`);
  }
  const missing = usage.needs.find((name) => !has(name));
  if (missing !== undefined) {
    throw new UsageError(`Command "${command}" wants "--${missing}"`);
  }
  if (usage.argument !== undefined && argument === undefined) {
    throw new UsageError(`Command "${command}" wants ${usage.argument}`);
  }
  const extra = usage.argument === undefined ? argument : rest[0];
  if (extra !== undefined) {
    throw new UsageError(`Command "${command}" does not take "${extra}"`);
  }
}
