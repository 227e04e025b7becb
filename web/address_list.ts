// Copyright 2026 the Gee authors. MIT license.

/** An IP address as a number of 128 bits; IPv4 as IPv6 maps it (RFC 4291). */
export type AddressBits = bigint;

const IPV4_PREFIX = 0xffffn << 32n;

/**
 * Reads an IP address.
 *
 * @param text Such as `10.0.0.1`, `::1` or `::ffff:10.0.0.1`, which is the same
 * as `10.0.0.1`; a zone such as `%eth0` is left out.
 * @returns Its bits, or undefined for anything else.
 */
export function parseAddress(text: string): AddressBits | undefined {
  if (!text.includes(":")) {
    const bits = parseIpv4(text);
    return bits === undefined ? undefined : IPV4_PREFIX | bits;
  }
  return parseIpv6(text.replace(/%[\w.-]+$/, ""));
}

/**
 * Whether an address is one of IPv4.
 *
 * @param bits The address.
 * @returns Whether it is, mapped ones included.
 */
export function isIpv4(bits: AddressBits): boolean {
  return bits >> 32n === 0xffffn;
}

// Leading zeros are refused: some read them as octal numbers.
const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.|$)){4}$/;

function parseIpv4(text: string): bigint | undefined {
  if (!IPV4.test(text) || text.endsWith(".")) return undefined;
  return text.split(".").reduce((bits, part) => bits << 8n | BigInt(part), 0n);
}

function parseIpv6(text: string): bigint | undefined {
  const [head = "", tail, more] = withoutDots(text)?.split("::") ?? [""];
  if (text === "" || more !== undefined) return undefined;
  const left = groups(head);
  const right = groups(tail ?? "");
  if (left === undefined || right === undefined) return undefined;
  const missing = 8 - left.length - right.length;
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined;
  const all = [...left, ...Array<bigint>(missing).fill(0n), ...right];
  return all.reduce((bits, group) => bits << 16n | group, 0n);
}

/** The last 32 bits may be written as an IPv4 address. */
function withoutDots(text: string): string | undefined {
  if (!text.includes(".")) return text;
  const at = text.lastIndexOf(":") + 1;
  const bits = parseIpv4(text.slice(at));
  if (bits === undefined) return undefined;
  const [high, low] = [bits >> 16n, bits & 0xffffn];
  return `${text.slice(0, at)}${high.toString(16)}:${low.toString(16)}`;
}

function groups(text: string): bigint[] | undefined {
  if (text === "") return [];
  const parts = text.split(":");
  const isValid = parts.length <= 8 &&
    parts.every((part) => /^[\da-f]{1,4}$/i.test(part));
  return isValid ? parts.map((part) => BigInt(`0x${part}`)) : undefined;
}

interface Network {
  readonly bits: AddressBits;
  /** How many of the low bits are free. */
  readonly free: bigint;
}

/** A list of addresses and networks in CIDR notation (RFC 4632, RFC 4291). */
export class AddressList {
  readonly #networks: readonly Network[];

  /**
   * Makes a list.
   *
   * @param networks Such as `10.0.0.0/8`, `::1` or `2001:db8::/32`.
   * @throws {SyntaxError} When one of them is malformed.
   */
  constructor(networks: readonly string[]) {
    this.#networks = networks.map(parseNetwork);
  }

  /**
   * Whether an address is in the list.
   *
   * @param address The address; anything else is in no list.
   * @returns Whether it is.
   */
  has(address: string | undefined): boolean {
    const bits = address === undefined ? undefined : parseAddress(address);
    return bits !== undefined &&
      this.#networks.some((network) =>
        bits >> network.free === network.bits >> network.free
      );
  }
}

function parseNetwork(text: string): Network {
  const [address = "", length, more] = text.split("/");
  const bits = parseAddress(address);
  const width = bits !== undefined && !address.includes(":") ? 32 : 128;
  const isLength = length === undefined ||
    /^\d{1,3}$/.test(length) && Number(length) <= width;
  if (bits === undefined || !isLength || more !== undefined) {
    throw new SyntaxError(
      `Cannot read network ${
        JSON.stringify(text)
      }: want an IP address, perhaps with a length such as "10.0.0.0/8"`,
    );
  }
  return { bits, free: BigInt(width - Number(length ?? width)) };
}
