// Copyright 2026 the Gee authors. MIT license.

/** A step of a migration. */
export interface MigrationStep {
  /** The table, as it is called afterwards. */
  readonly table: string;
  /** Why it is there, as `"added cols [email], deleted cols []"`. */
  readonly reason: string;
  /** Its statements, in order. */
  readonly sql: readonly string[];
}

/** What would be lost by a migration, or stands in its way. */
export interface MigrationFinding {
  /** The table. */
  readonly table: string;
  /** The column, if it is about one. */
  readonly column: string | null;
  /** What it is, as `"the column is dropped"`. */
  readonly reason: string;
  /** How many rows it is about; `null` when they were not counted. */
  readonly rows: number | null;
}

/** How one schema becomes another. */
export interface MigrationPlan {
  /** What is done, in order; nothing when there is no difference. */
  readonly steps: readonly MigrationStep[];
  /** What would be lost. It is refused unless it is allowed. */
  readonly losses: readonly MigrationFinding[];
  /** What stands in the way, whatever is allowed. */
  readonly problems: readonly MigrationFinding[];
}

/** A migration cannot be done, or not without being told to. */
export class MigrationError extends Error {
  /** The name of the class. */
  override readonly name = "MigrationError";
  /** What would be lost or stands in the way, if that is the reason. */
  readonly findings: readonly MigrationFinding[];

  /**
   * Describes why a migration cannot be done.
   *
   * @param message What could not be done, and why.
   * @param options What would be lost or stands in the way, and its cause.
   */
  constructor(
    message: string,
    options: ErrorOptions & {
      readonly findings?: readonly MigrationFinding[];
    } = {},
  ) {
    super(message, options);
    this.findings = options.findings ?? [];
  }
}

/** A finding in words. */
export function findingText(
  { table, column, reason, rows }: MigrationFinding,
): string {
  const where = column === null
    ? `table "${table}"`
    : `column "${column}" of table "${table}"`;
  const count = rows === null ? "" : `, rows: ${rows}`;
  return `${where}: ${reason}${count}`;
}

/** Refuses a plan that cannot be done, or that loses what it was not told to. */
export function checkPlan(
  { losses, problems }: MigrationPlan,
  allowLoss: boolean,
): void {
  if (problems.length > 0) {
    throw new MigrationError(
      `Cannot migrate: ${problems.map(findingText).join("; ")}`,
      { findings: problems },
    );
  }
  if (losses.length === 0 || allowLoss) return;
  throw new MigrationError(
    `Cannot migrate without "allowLoss": ${losses.map(findingText).join("; ")}`,
    { findings: losses },
  );
}
