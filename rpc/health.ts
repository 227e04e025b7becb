// Copyright 2026 the Gee authors. MIT license.

import type { CallContext } from "./context.ts";
import { RpcError } from "./errors.ts";
import { didYouMean } from "./nearest_name.ts";
import { serviceNameOf } from "./service_name.ts";

/**
 * Whether a service can be called, as gRPC's health checking protocol has it;
 * `SERVICE_UNKNOWN` only reaches those who watch.
 */
export type HealthStatus = "SERVING" | "NOT_SERVING" | "SERVICE_UNKNOWN";

/** What `Health.check` and `Health.watch` take. */
export interface HealthRequest {
  /**
   * The service that is asked about.
   *
   * @default {""} (the server as a whole)
   */
  readonly service?: string;
}

/** What `Health.check` replies and `Health.watch` streams. */
export interface HealthReply {
  /** Whether it can be called. */
  readonly status: HealthStatus;
}

/** Which services can be called: all that are there, unless something else was said. */
export class HealthBook {
  readonly #services: () => Iterable<string>;
  readonly #statuses = new Map<string, HealthStatus>();
  readonly #watchers = new Set<() => void>();
  /** Whether the server closes: nothing can be called from now on. */
  isDown = false;

  /**
   * @param services The names of the services there are.
   */
  constructor(services: () => Iterable<string>) {
    this.#services = services;
  }

  /**
   * Says whether a service can be called; "" is the server as a whole.
   *
   * @throws {TypeError} when there is no such service.
   */
  set(service: string, status: "SERVING" | "NOT_SERVING"): void {
    if (this.get(service) === "SERVICE_UNKNOWN") {
      throw new TypeError(
        `Cannot set the health of "${service}": there is no such service${
          didYouMean(service, this.#services())
        }`,
      );
    }
    this.#statuses.set(service, status);
    this.changed();
  }

  /** From now on nothing can be called. */
  goDown(): void {
    this.isDown = true;
    this.changed();
  }

  /** Whether a service can be called. */
  get(service: string): HealthStatus {
    const isThere = service === "" ||
      [...this.#services()].includes(service);
    if (!isThere) return "SERVICE_UNKNOWN";
    if (this.isDown) return "NOT_SERVING";
    return this.#statuses.get(service) ?? "SERVING";
  }

  /** Wakes those who watch. */
  changed(): void {
    for (const wake of this.#watchers) wake();
    this.#watchers.clear();
  }

  /** Resolves at the next change, or when the signal aborts. */
  async change(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const wake = () => resolve();
    signal.addEventListener("abort", wake);
    this.#watchers.add(wake);
    await promise;
    this.#watchers.delete(wake);
    signal.removeEventListener("abort", wake);
  }
}

/** The service `Health`, in the manner of gRPC's `grpc.health.v1`. */
export class Health {
  readonly #book: HealthBook;

  /**
   * Makes the service of a server.
   *
   * @param book What is told.
   */
  constructor(book: HealthBook) {
    this.#book = book;
  }

  /** Whether a service can be called; `not_found` when there is no such service. */
  check(request: HealthRequest | undefined | null): HealthReply {
    const service = serviceNameOf(request);
    const status = this.#book.get(service);
    if (status !== "SERVICE_UNKNOWN") return { status };
    throw new RpcError(
      "not_found",
      `Cannot check the health of "${service}": there is no such service`,
    );
  }

  /**
   * The same now and whenever it changes, also of a service that is yet to come;
   * ends when the server closes.
   */
  async *watch(
    request: HealthRequest | undefined | null,
    { signal }: CallContext,
  ): AsyncGenerator<HealthReply> {
    const service = serviceNameOf(request);
    let last: HealthStatus | undefined;
    while (!signal.aborted) {
      const status = this.#book.get(service);
      if (status !== last) yield { status };
      else if (this.#book.isDown) return;
      else await this.#book.change(signal);
      last = status;
    }
  }
}
