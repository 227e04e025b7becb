// Copyright 2026 the Gee authors. MIT license.

/** Where the page with the metrics of a pool is, and who may see it. */
export interface MetricsOptions {
  /**
   * The path of the page.
   *
   * @default {"/debug/cache"}
   */
  readonly path?: string;
  /**
   * Says who may see the page. Without it only requests from this machine may:
   * to a loopback name, from a loopback address, which the second argument of
   * `fetch` has to tell, and without the headers of a proxy. Behind a proxy on
   * this machine that sends none give this option.
   *
   * @default {undefined}
   */
  readonly authorize?: (request: Request) => boolean | Promise<boolean>;
}
