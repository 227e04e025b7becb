// Copyright 2026 the Gee authors. MIT license.

import type { FetchInfo } from "./http_options.ts";

/** Answers requests. */
export type HttpAnswer = (
  request: Request,
  info?: FetchInfo,
) => Promise<Response>;
