// Copyright 2026 the Gee authors. MIT license.

// @ts-types="npm:@types/d3-geo@3.1.0"
import { geoEquirectangular, geoPath } from "npm:d3-geo@3.1.2";
// @ts-types="npm:@types/topojson-client@3.1.5"
import { feature } from "npm:topojson-client@3.1.0";
import type {
  GeometryCollection,
  Topology,
} from "npm:@types/topojson-specification@1.0.5";

const WIDTH = 720;
const HEIGHT = 360;

/**
 * The land of the world as an SVG, one path, about 60 KB.
 *
 * The projection is equirectangular, so that a place lies at
 * `(lon + 180) / 360` of the width and `(90 - lat) / 180` of the height.
 */
export async function landSvg(): Promise<string> {
  const { default: atlas } = await import(
    "npm:world-atlas@2.0.2/land-110m.json",
    {
      with: { type: "json" },
    }
  );
  const projection = geoEquirectangular()
    .scale(WIDTH / (2 * Math.PI))
    .translate([WIDTH / 2, HEIGHT / 2]);
  const path = geoPath(projection).digits(1);
  // JSON gives plain strings where TopoJSON's types want the literals.
  const topology = atlas as unknown as Topology<{ land: GeometryCollection }>;
  const land = path(feature(topology, topology.objects.land)) ?? "";
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}">` +
    `<path d="${land}" fill="#8aa58a" stroke="none"/></svg>`;
}
