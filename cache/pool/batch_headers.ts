// Copyright 2026 the Gee authors. MIT license.

/** The media type of frames; a page of another site cannot send it unasked. */
export const FRAMES_TYPE = "application/x-gee-cache-frames";
/** Carries the signature of a request. */
export const AUTH_HEADER = "x-geecache-auth";
