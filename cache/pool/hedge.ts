// Copyright 2026 the Gee authors. MIT license.

import { PeerError } from "../errors.ts";

/**
 * Waits for one answer, and after a while or where it is of no use for a second
 * one: the first answer counts, what comes later is ignored (Dean and Barroso,
 * The Tail at Scale, 2013). A failure other than a `PeerError` is an answer too.
 *
 * @param first The answer.
 * @param second Asks for the second one; gives nothing where there is nobody.
 * @param after How long to wait for the first one, in ms.
 * @returns The answer; it rejects with the error of the first when there is none.
 */
export function hedge<T>(
  first: Promise<T>,
  second: () => Promise<T> | undefined,
  after: number,
): Promise<T> {
  return new Promise((resolve, reject) => {
    let isAsked = false;
    let waiting = 1;
    let failure: unknown;
    const askSecond = () => {
      if (isAsked) return;
      isAsked = true;
      const promise = second();
      if (promise === undefined) return;
      waiting++;
      promise.then(resolve, fail);
    };
    const fail = (error: unknown) => {
      if (!(error instanceof PeerError)) return reject(error);
      failure ??= error;
      askSecond();
      if (--waiting === 0) reject(failure);
    };
    const timer = setTimeout(askSecond, after);
    first.then((value) => {
      clearTimeout(timer);
      resolve(value);
    }, (error) => {
      clearTimeout(timer);
      failure = error;
      fail(error);
    });
  });
}
