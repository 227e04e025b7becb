// Copyright 2026 the Gee authors. MIT license.

/** How a session is to be kept. */
export interface SessionSetOptions {
  /** Whole milliseconds from now on; longer does no harm. */
  readonly ttl: number;
  /**
   * Whether to do nothing when the key is not there any longer, as one step
   * with the look at it (`SET … XX` in Redis). So a request that is still under
   * way cannot bring back a session that another one has destroyed.
   */
  readonly mustExist: boolean;
}

/**
 * Where sessions are kept: texts by keys. The keys are hashes, so that who can
 * read a store cannot take a session over.
 */
export interface SessionStore {
  /**
   * Looks a session up.
   *
   * @param key Its key.
   * @returns Its text, or undefined when there is none.
   */
  get(key: string): Promise<string | undefined> | string | undefined;
  /**
   * Keeps a session.
   *
   * @param key Its key.
   * @param text Its text.
   * @param options For how long, and whether it has to be there.
   */
  set(key: string, text: string, options: SessionSetOptions): unknown;
  /**
   * Forgets a session.
   *
   * @param key Its key.
   * @returns Whether it was there, as one step with forgetting it.
   */
  delete(key: string): Promise<boolean> | boolean;
}
