// Copyright 2026 the Gee authors. MIT license.

/** A listener that does nothing when there is none, and whose failure ends nothing. */
export function quietly(
  onError: (error: unknown) => void = () => {},
): (error: unknown) => void {
  return (error) => {
    try {
      onError(error);
    } catch { /* There is nobody else to tell. */ }
  };
}
