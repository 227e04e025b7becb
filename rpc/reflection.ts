// Copyright 2026 the Gee authors. MIT license.

import { RpcError } from "./errors.ts";
import {
  openRpc,
  type OpenRpcDocument,
  type OpenRpcMethod,
} from "./open_rpc.ts";
import { serviceNameOf } from "./service_name.ts";
import type { Services } from "./services.ts";

/** What `Reflection.describe` takes. */
export interface DescribeRequest {
  /** The name of a service. */
  readonly service: string;
}

/** What `Reflection.describe` replies. */
export interface ServiceDescription {
  /** The name of the service. */
  readonly service: string;
  /** Its methods, sorted by name, as OpenRPC describes them. */
  readonly methods: readonly OpenRpcMethod[];
}

/** The service `Reflection`: what can be called, for those who can call it. */
export class Reflection {
  readonly #services: Services;

  /**
   * Makes the service of a server.
   *
   * @param services What is told of.
   */
  constructor(services: Services) {
    this.#services = services;
  }

  /** The names of the services, sorted. */
  services(): string[] {
    return [...this.#services].map(({ name }) => name);
  }

  /** The methods of one service; `not_found` when there is no such service. */
  describe(request: DescribeRequest | undefined | null): ServiceDescription {
    const name = serviceNameOf(request);
    const service = this.#services.get(name);
    if (service === undefined) {
      throw new RpcError(
        "not_found",
        `Cannot describe service "${name}": there is none`,
      );
    }
    return { service: name, methods: openRpc([service]).methods };
  }

  /** All services as one OpenRPC document. */
  schema(): OpenRpcDocument {
    return openRpc(this.#services);
  }
}
