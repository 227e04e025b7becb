// Copyright 2026 the Gee authors. MIT license.
// What the npm build of the assertions exports: names without types. `mod.ts`
// gives each its signature.
// deno-lint-ignore-file no-explicit-any
export declare const AssertionError: any;
export declare const assert: any;
export declare const assertAlmostEquals: any;
export declare const assertArrayIncludes: any;
export declare const assertEquals: any;
export declare const assertExists: any;
export declare const assertFalse: any;
export declare const assertGreater: any;
export declare const assertGreaterOrEqual: any;
export declare const assertInstanceOf: any;
export declare const assertIsError: any;
export declare const assertLess: any;
export declare const assertLessOrEqual: any;
export declare const assertMatch: any;
export declare const assertNotEquals: any;
export declare const assertNotMatch: any;
export declare const assertNotStrictEquals: any;
export declare const assertObjectMatch: any;
export declare const assertRejects: any;
export declare const assertStrictEquals: any;
export declare const assertStringIncludes: any;
export declare const assertThrows: any;
export declare const fail: any;
