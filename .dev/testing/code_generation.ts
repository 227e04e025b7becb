// Copyright 2026 the Gee authors. MIT license.

/**
 * Whether code may be made from strings. Not under
 * `--v8-flags=--disallow-code-generation-from-strings`, by which the tests show
 * that the modules do without; some tools of the tests do not.
 */
export const canGenerateCode: boolean = (() => {
  try {
    new Function("");
    return true;
  } catch {
    return false;
  }
})();
