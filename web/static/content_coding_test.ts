// Copyright 2026 the Gee authors. MIT license.
import { assertEquals } from "@std/assert";
import { acceptedCodings } from "./content_coding.ts";

Deno.test("acceptedCodings() orders by weight, then by size", () => {
  const table: [header: string | undefined, want: string][] = [
    [undefined, ""],
    ["", ""],
    ["gzip", "gzip"],
    ["gzip, deflate, br, zstd", "br gzip"],
    ["GZIP;Q=1", "gzip"],
    ["x-gzip", "gzip"],
    ["br;q=0.5, gzip;q=0.9", "gzip br"],
    ["br;q=0, gzip", "gzip"],
    ["*", "br gzip"],
    ["*;q=0", ""],
    ["gzip, *;q=0", "gzip"],
    ["br;q=0, *", "gzip"],
    ["identity, gzip;q=0.5", ""],
    ["identity;q=0.5, gzip", "gzip"],
    ["identity;q=0", ""],
    ["gzip;q=2, br;q=x", ""],
    ["gzip;q=0.0001", ""],
    ["gzip ; q=0.001", "gzip"],
    ["gzipped", ""],
  ];
  for (const [header, want] of table) {
    assertEquals(acceptedCodings(header).join(" "), want, header);
  }
});
