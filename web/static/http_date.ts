// Copyright 2026 the Gee authors. MIT license.

// RFC 9110, section 5.6.7: the form of today, and the two older ones that every
// recipient must read. `Date.parse` alone also takes "2020" or "junk 1".
const FORMS = [
  /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/,
  /^[A-Z][a-z]{5,8}, \d{2}-[A-Z][a-z]{2}-\d{2} \d{2}:\d{2}:\d{2} GMT$/,
  /^[A-Z][a-z]{2} [A-Z][a-z]{2} [\d ]\d \d{2}:\d{2}:\d{2} \d{4}$/,
];

/** The time of a date header in milliseconds, or NaN when it is none. */
export function parseHttpDate(text: string): number {
  if (!FORMS.some((form) => form.test(text))) return NaN;
  return Date.parse(text.endsWith("GMT") ? text : `${text} GMT`);
}
