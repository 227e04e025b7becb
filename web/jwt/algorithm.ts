// Copyright 2026 the Gee authors. MIT license.

/** The algorithms of signatures (RFC 7518, section 3.1; RFC 8037); never `none`. */
export type JwtAlgorithm =
  | "HS256"
  | "HS384"
  | "HS512"
  | "RS256"
  | "RS384"
  | "RS512"
  | "PS256"
  | "PS384"
  | "PS512"
  | "ES256"
  | "ES384"
  | "ES512"
  | "EdDSA";

/** What WebCrypto has to know of an algorithm. */
export interface AlgorithmFacts {
  /** Its name there. */
  readonly name: string;
  /** The `kty` of its keys in a JWK. */
  readonly keyType: "oct" | "RSA" | "EC" | "OKP";
  /** Bits of its hash. */
  readonly bits: number;
  /** The hash there. */
  readonly hash: string;
  /** The `crv` of its keys. */
  readonly curve?: string;
  /** Bytes of the salt, for PSS. */
  readonly saltLength?: number;
}

const FAMILIES: Readonly<Record<string, [string, "oct" | "RSA" | "EC"]>> = {
  HS: ["HMAC", "oct"],
  RS: ["RSASSA-PKCS1-v1_5", "RSA"],
  PS: ["RSA-PSS", "RSA"],
  ES: ["ECDSA", "EC"],
};

const CURVES: Readonly<Record<string, string>> = {
  ES256: "P-256",
  ES384: "P-384",
  ES512: "P-521",
};

const FACTS: ReadonlyMap<string, AlgorithmFacts> = new Map(
  [
    ...["HS", "RS", "PS", "ES"].flatMap((family) =>
      [256, 384, 512].map((bits) => factsOf(family, bits))
    ),
    [
      "EdDSA",
      {
        name: "Ed25519",
        keyType: "OKP",
        bits: 512,
        hash: "SHA-512",
        curve: "Ed25519",
      },
    ] as const,
  ],
);

function factsOf(family: string, bits: number): [string, AlgorithmFacts] {
  const algorithm = `${family}${bits}`;
  const [name = "", keyType = "oct"] = FAMILIES[family] ?? [];
  const curve = CURVES[algorithm];
  return [algorithm, {
    name,
    keyType,
    bits,
    hash: `SHA-${bits}`,
    ...(curve === undefined ? {} : { curve }),
    ...(family === "PS" ? { saltLength: bits / 8 } : {}),
  }];
}

/**
 * What is known of an algorithm.
 *
 * @param algorithm Its name.
 * @returns The facts.
 * @throws {TypeError} When there is no such algorithm here.
 */
export function algorithmFacts(algorithm: JwtAlgorithm): AlgorithmFacts {
  const facts = FACTS.get(algorithm);
  if (facts !== undefined) return facts;
  throw new TypeError(
    `Cannot use JWT algorithm "${algorithm}": want one of ${
      [...FACTS.keys()].join(", ")
    }`,
  );
}
