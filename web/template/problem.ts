// Copyright 2026 the Gee authors. MIT license.

/**
 * What is wrong, without its place: whoever knows the place catches it and
 * makes the error that users see.
 */
export class Problem extends Error {}
