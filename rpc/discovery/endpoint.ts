// Copyright 2026 the Gee authors. MIT license.

import { parseAddress } from "../address.ts";

/** A server as a discovery lists it. */
export interface Endpoint {
  /** Where it is, as `dial` takes it: `tcp@host:port`. */
  readonly address: string;
  /**
   * Its share of the calls beside the others', above 0 and at most 1000000, for
   * selectors that heed weights.
   *
   * @default {1}
   */
  readonly weight?: number;
  /**
   * Words about it, such as `zone=a`, that an `XClient` can ask for.
   *
   * @default none
   */
  readonly tags?: readonly string[];
  /**
   * Servers of the lowest number are used, and the next only while none of them
   * can be.
   *
   * @default {0}
   */
  readonly priority?: number;
}

/** Servers as a discovery lists them; a text is an address alone. */
export type EndpointList = readonly (string | Endpoint)[];

// A list comes from the network, and each tag is kept by every client.
const TAG = /^[\w.:=/@-]{1,64}$/;
const MAX_TAGS = 16;
const MAX_WEIGHT = 1_000_000;

/**
 * An endpoint in full and frozen.
 *
 * @throws {SyntaxError} when the address is none, or a tag.
 * @throws {RangeError} when weight or priority are out of range.
 */
export function checkEndpoint(given: string | Endpoint): Required<Endpoint> {
  const endpoint = typeof given === "string" ? { address: given } : given;
  const { address, weight = 1, tags = NO_TAGS, priority = 0 } = endpoint;
  parseAddress(address);
  if (!isWeight(weight)) {
    throw new RangeError(
      `Cannot list "${address}": its weight is ${weight}, above 0 and at most ${MAX_WEIGHT} is wanted`,
    );
  }
  if (!Number.isSafeInteger(priority) || priority < 0) {
    throw new RangeError(
      `Cannot list "${address}": its priority is ${priority}, a whole number from 0 is wanted`,
    );
  }
  if (!areTags(tags)) {
    throw new SyntaxError(
      `Cannot list "${address}": its tags are ${
        JSON.stringify(tags)
      }, at most ${MAX_TAGS} of up to 64 letters, digits and "_.:=/@-" are wanted`,
    );
  }
  return Object.freeze({ address, weight, tags, priority });
}

/** Endpoints in full, of one address the first; throws as `checkEndpoint` does. */
export function checkEndpoints(
  given: Iterable<string | Endpoint>,
): readonly Endpoint[] {
  const endpoints = new Map<string, Endpoint>();
  for (const entry of given) {
    const endpoint = checkEndpoint(entry);
    if (!endpoints.has(endpoint.address)) {
      endpoints.set(endpoint.address, endpoint);
    }
  }
  return Object.freeze([...endpoints.values()]);
}

/** The endpoints among what the network sent, none twice: one bad entry must not spoil the others. */
export function readEndpoints(given: Iterable<unknown>): readonly Endpoint[] {
  const endpoints = new Map<string, Endpoint>();
  for (const entry of given) {
    try {
      // Checked right there, member by member.
      const endpoint = checkEndpoint(entry as string | Endpoint);
      if (!endpoints.has(endpoint.address)) {
        endpoints.set(endpoint.address, endpoint);
      }
    } catch { /* Left out. */ }
  }
  return Object.freeze([...endpoints.values()]);
}

/** Whether it can be a weight. */
export function isWeight(value: unknown): value is number {
  return typeof value === "number" && value > 0 && value <= MAX_WEIGHT;
}

/** Whether these can be the tags of one server. */
export function areTags(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.length <= MAX_TAGS &&
    value.every((tag) => typeof tag === "string" && TAG.test(tag));
}

/** No tags; shared. */
export const NO_TAGS: readonly string[] = Object.freeze([]);
