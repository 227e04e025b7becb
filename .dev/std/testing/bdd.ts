// Copyright 2026 the Gee authors. MIT license.

/**
 * `@std/testing/bdd` for machines that cannot reach JSR: the same words, run by
 * the test runner that Deno ships as `node:test`.
 *
 * @module
 */

export {
  after as afterAll,
  afterEach,
  before as beforeAll,
  beforeEach,
  describe,
  it,
} from "node:test";
