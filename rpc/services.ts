// Copyright 2026 the Gee authors. MIT license.

import type { RegisteredMethod, Surroundings } from "./registered_method.ts";
import type { Service } from "./service.ts";

/** The services of one server, by name. */
export class Services {
  readonly #byName = new Map<string, Service>();
  // By `Service.method`: one look-up a call, without cutting the name.
  readonly #methods = new Map<string, RegisteredMethod>();
  #surroundings: Surroundings;

  /**
   * @param surroundings What the server puts around all methods.
   */
  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings;
  }

  /**
   * Adds a service.
   *
   * @throws {TypeError} when its name is taken.
   */
  add(service: Service): void {
    if (this.#byName.has(service.name)) {
      throw new TypeError(
        `Cannot register service "${service.name}": the name is taken`,
      );
    }
    this.#byName.set(service.name, service);
    for (const name of service.methods) {
      const method = service.method(name);
      if (method !== undefined) {
        this.#methods.set(`${service.name}.${name}`, method);
      }
    }
    for (const method of service.declared) method.surround(this.#surroundings);
  }

  /** Puts something else around all methods, those of services added later too. */
  surround(surroundings: Surroundings): void {
    this.#surroundings = surroundings;
    for (const service of this) {
      for (const method of service.declared) method.surround(surroundings);
    }
  }

  /** The method of `Service.method`, or the text of the error reply, Go's to the letter. */
  find(serviceMethod: string): RegisteredMethod | string {
    const method = this.#methods.get(serviceMethod);
    if (method !== undefined) return method;
    // At the last dot, as the original: a service name may hold dots of its own there.
    const dot = serviceMethod.lastIndexOf(".");
    if (dot === -1) {
      return `rpc server: service/method request ill-formed: ${serviceMethod}`;
    }
    const name = serviceMethod.slice(0, dot);
    return this.#byName.has(name)
      ? `rpc server: can't find method ${serviceMethod.slice(dot + 1)}`
      : `rpc server: can't find service ${name}`;
  }

  /** The service of a name. */
  get(name: string): Service | undefined {
    return this.#byName.get(name);
  }

  /** The services, sorted by name. */
  [Symbol.iterator](): IterableIterator<Service> {
    return [...this.#byName.values()].sort((a, b) => a.name < b.name ? -1 : 1)
      .values();
  }

  /** Names of services with the names of their methods, both sorted. */
  list(): Record<string, string[]> {
    return Object.fromEntries(
      [...this].map(({ name, methods }) => [name, methods]),
    );
  }
}
