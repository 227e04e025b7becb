// Copyright 2026 the Gee authors. MIT license.
// A thread that calls a server now and then, and tells how long that took.
import { dial } from "../../rpc/mod.ts";
import { sleep } from "./report.ts";

const LEAST = 100;

// As much of a worker's scope as is used.
const scope = self as unknown as {
  onmessage: (event: MessageEvent<string>) => void;
  postMessage(message: unknown): void;
};

let isOver = false;
scope.onmessage = async ({ data }) => {
  if (data === "stop") return void (isOver = true);
  const client = await dial(data);
  scope.postMessage("ready");
  const times: number[] = [];
  while (!isOver || times.length < LEAST) {
    const start = performance.now();
    await client.call("Arith.sum", { A: 1, B: 2 });
    times.push(performance.now() - start);
    await sleep(2);
  }
  await client.close();
  scope.postMessage(times);
};
