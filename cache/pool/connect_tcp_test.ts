// Copyright 2026 the Gee authors. MIT license.

import { testConnectTcp } from "../../.dev/testing/connect_tcp.ts";
import { connectTcp } from "./connect_tcp.ts";

testConnectTcp(connectTcp);
