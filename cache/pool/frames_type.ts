// Copyright 2026 the Gee authors. MIT license.

/** The media type of frames, in questions and answers. */
export const FRAMES_TYPE = "application/x-gee-cache-frames";
/** Carries the signature of a request. */
export const AUTH_HEADER = "x-geecache-auth";
