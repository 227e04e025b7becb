// Copyright 2026 the Gee authors. MIT license.
// How a change reaches every node. The owner of a key agrees first; only then do
// the others drop what they hold, since before that they could read the old value
// from the owner again. While nodes disagree about the owner they may have read
// it from one that was told later; so copies are dropped once more when all have
// been told, and nobody is left who could give an old value.

import type { Archive } from "./archive.ts";
import type { ByteView } from "./byte_view.ts";
import type {
  Change,
  ChangeResult,
  RemoveTagChange,
  ResetChange,
} from "./change.ts";
import type { Core } from "./core.ts";
import type { SetOptions } from "./group_options.ts";
import type { Loader } from "./loader.ts";
import type { PeerGetter } from "./peer.ts";

/** A peer that fails leaves the ring; more than this many in a row is enough. */
const MAX_OWNERS = 3;

/** Makes changes here and everywhere. */
export class Changes {
  readonly #core: Core;
  readonly #loader: Loader;
  readonly #archive: Archive;

  constructor(core: Core, loader: Loader, archive: Archive) {
    this.#core = core;
    this.#loader = loader;
    this.#archive = archive;
  }

  /** Puts a value at the owner of its key. */
  async set(
    key: string,
    view: ByteView,
    { ttl, tags }: SetOptions,
  ): Promise<ChangeResult> {
    const change: Change = {
      kind: "set",
      key,
      view,
      ...ttl !== undefined && { ttl },
      ...tags !== undefined && { tags },
    };
    return { missed: await this.#spread([key], () => change) };
  }

  /** Drops keys everywhere. */
  async remove(keys: readonly string[]): Promise<ChangeResult> {
    const toChange = (some: readonly string[]): Change => {
      return { kind: "remove", keys: some };
    };
    return { missed: await this.#spread(keys, toChange) };
  }

  /** Ends every value, or every one with a tag, everywhere. */
  async end(change: ResetChange | RemoveTagChange): Promise<ChangeResult> {
    const { picker, tier, name } = this.#core;
    this.#endHere(change);
    await picker?.tellOthers(name, change);
    if (tier !== undefined) {
      await tier.end(change.kind === "removeTag" ? change.tag : undefined);
    }
    // What was read from the second tier until now may be anywhere; without one
    // only copies can have come from a node that had not heard of it.
    const again = { ...change, isCopies: tier === undefined };
    this.#endHere(again);
    return { missed: await picker?.tellOthers(name, again) ?? [] };
  }

  /** Has every other node drop its copy of a key that was loaded anew. */
  async refreshed(key: string): Promise<void> {
    const { picker, name } = this.#core;
    const change: Change = { kind: "drop", keys: [key], isCopies: true };
    this.#drop(change.keys, true);
    await picker?.tellOthers(name, change);
  }

  /** Makes a change on this node alone, as a peer told. */
  apply(change: Change): void | Promise<void> {
    if (change.kind === "drop") {
      return change.isCopies
        ? this.#drop(change.keys, true)
        : this.#dropAsOther(change.keys);
    }
    if (change.kind === "set") return this.#keep(change.key, change);
    if (change.kind === "remove") return this.#remove(change.keys);
    return this.#endHere(change);
  }

  /** Has the owners of keys make a change; gives who could not be told. */
  async #spread(
    keys: readonly string[],
    toChange: (keys: readonly string[]) => Change,
    attempt = 0,
  ): Promise<readonly string[]> {
    const { picker } = this.#core;
    const byOwner = Map.groupBy(keys, (key) => picker?.pickPeer(key));
    const missed = await Promise.all(
      byOwner.entries().map(([owner, some]) =>
        this.#atOwner(owner, some, toChange, attempt)
      ),
    );
    return [...new Set(missed.flat())];
  }

  /** Has one owner make a change, and then all others drop its keys. */
  async #atOwner(
    owner: PeerGetter | undefined,
    keys: readonly string[],
    toChange: (keys: readonly string[]) => Change,
    attempt: number,
  ): Promise<readonly string[]> {
    if (owner === undefined) {
      await this.apply(toChange(keys));
      return await this.#dropElsewhere(keys);
    }
    try {
      await owner.tell(this.#core.name, toChange(keys));
    } catch {
      // It has left the ring and is told later: others own its keys now. A Go
      // node stays and cannot be told.
      if (attempt < MAX_OWNERS) {
        return await this.#spread(keys, toChange, attempt + 1);
      }
      // Nobody owns them, so this node sees to it that none comes from below.
      await this.#remove(keys);
      return await this.#dropElsewhere(keys);
    }
    await this.#dropAsOther(keys);
    return await this.#dropElsewhere(keys, owner);
  }

  /** Has everyone but this node and the owner drop keys; see above. */
  async #dropElsewhere(
    keys: readonly string[],
    owner?: PeerGetter,
  ): Promise<readonly string[]> {
    const { picker, name } = this.#core;
    if (picker === undefined) return [];
    await picker.tellOthers(name, { kind: "drop", keys }, owner);
    const copies: Change = { kind: "drop", keys, isCopies: true };
    this.#drop(keys, true);
    return await picker.tellOthers(name, copies, owner);
  }

  #keep(
    key: string,
    { view, ttl, tags }: SetOptions & { readonly view: ByteView },
  ): void | Promise<void> {
    const { memory, tier } = this.#core;
    this.#drop([key], false);
    const epoch = memory.epochs.now;
    memory.store(key, view, { epoch, ttl, tags });
    if (!tier?.carries(key)) return;
    const isWanted = () => !memory.epochs.isOver(epoch, tags);
    return tier.keep(key, view, { ttl, tags }, { isWanted, isNewer: true })
      // While it was not in memory a load could read the older one from there.
      .then(() => {
        if (memory.peek(key)?.view !== view) this.#drop([key], false);
      });
  }

  #remove(keys: readonly string[]): void | Promise<void> {
    const { tier } = this.#core;
    this.#drop(keys, false);
    if (tier !== undefined) return this.#removeBelow(tier, keys);
  }

  /** Drops keys that another node owns, which writes below what is to be there. */
  #dropAsOther(keys: readonly string[]): void | Promise<void> {
    const { tier } = this.#core;
    this.#drop(keys, false);
    // What it loaded when it owned them must not arrive there after the change.
    const late = tier && keys.filter((key) => tier.isWriting(key));
    if (tier && late?.length) return this.#removeBelow(tier, late);
  }

  async #removeBelow(
    tier: NonNullable<Core["tier"]>,
    keys: readonly string[],
  ): Promise<void> {
    await Promise.all(
      keys.filter((key) => tier.carries(key)).map((key) => tier.remove(key)),
    );
    // Until now a load could read the old value from there.
    this.#drop(keys, false);
  }

  /** Drops keys of this node, and fences loads and restores of them. */
  #drop(keys: readonly string[], isCopies: boolean): void {
    const { memory, copies, changes, picker } = this.#core;
    for (const key of keys) {
      copies.memory.remove(key);
      if (isCopies) {
        this.#loader.forgetCopy(key);
        continue;
      }
      this.#loader.forget(key);
      this.#archive.forget(key);
      memory.remove(key);
      if (picker !== undefined) changes.add(key);
    }
  }

  #endHere(change: ResetChange | RemoveTagChange): void {
    const { memory, copies, changes } = this.#core;
    const memories = change.isCopies ? [copies.memory] : [
      copies.memory,
      memory,
    ];
    for (const { epochs } of memories) {
      if (change.kind === "reset") epochs.endAll();
      else epochs.endTag(change.tag);
    }
    // What is being loaded may have the tag; nobody is to join that any more.
    if (change.isCopies) return this.#loader.forgetCopies();
    this.#loader.forgetAll();
    changes.addAll();
  }
}
