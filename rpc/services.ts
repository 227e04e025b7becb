// Copyright 2026 the Gee authors. MIT license.

import type { Method, Service } from "./service.ts";

/** The services of one server, by name. */
export class Services {
  readonly #byName = new Map<string, Service>();
  // By `Service.method`: one look-up a call, without cutting the name.
  readonly #methods = new Map<string, Method>();

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
  }

  /** The method of `Service.method`, or the text of the error reply, Go's to the letter. */
  find(serviceMethod: string): Method | string {
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

  /** Names of services with the names of their methods, both sorted. */
  list(): Record<string, string[]> {
    const services = [...this.#byName.values()].sort((a, b) =>
      a.name < b.name ? -1 : 1
    );
    return Object.fromEntries(
      services.map(({ name, methods }) => [name, methods]),
    );
  }
}
