// Copyright 2026 the Gee authors. MIT license.

import * as gob from "@gee/std/rpc/gob";

const point = gob.struct("Point", { X: gob.int, Y: gob.int });
const encoder = new gob.GobEncoder();
encoder.encode(point, { X: 1, Y: 2 });
const { length } = encoder.encode(point, { X: 3, Y: 4 });
const { X } = gob.decode(gob.encode(point, { X: 1, Y: 2 }), point);
console.log(`rpc/gob: ${length} bytes, ${X}`);
