// Copyright 2026 the Gee authors. MIT license.

import { assert, assertEquals, assertRejects } from "@std/assert";
import { WireError } from "../errors.ts";
import { settle } from "../testdata/pipe.ts";
import { WebSocketTransport } from "./web_socket_transport.ts";

const WINDOW = 1 << 20;

/** What a transport needs of a WebSocket, without a network. */
class FakeSocket {
  readonly sent: (string | number)[] = [];
  readonly codes: number[] = [];
  binaryType = "";
  readyState: number = WebSocket.OPEN;
  onmessage: ((event: { data: string | ArrayBuffer }) => void) | undefined;
  onclose: (() => void) | undefined;

  send(data: string | Uint8Array): void {
    this.sent.push(typeof data === "string" ? data : data.length);
  }

  close(code: number): void {
    this.codes.push(code);
    this.readyState = WebSocket.CLOSING;
  }

  receive(data: string | number): void {
    this.onmessage?.({
      data: typeof data === "string"
        ? data
        : new Uint8Array(data).fill(7).buffer,
    });
  }
}

function opened(): { socket: FakeSocket; transport: WebSocketTransport } {
  const socket = new FakeSocket();
  // It has the members that are used.
  const transport = new WebSocketTransport(socket as unknown as WebSocket);
  return { socket, transport };
}

Deno.test("WebSocketTransport.write() waits until the other side has taken enough", async () => {
  const { socket, transport } = opened();
  const bytes = new Uint8Array(WINDOW + 5);
  let at = 0;
  const writing = (async () => {
    while (at < bytes.length) at += await transport.write(bytes.subarray(at));
  })();
  await settle();
  assertEquals(at, WINDOW);
  socket.receive("3");
  await settle();
  assertEquals(at, WINDOW + 3);
  socket.receive("100");
  await writing;
  assertEquals(socket.sent.slice(-2), [3, 2]);
  assertEquals(
    socket.sent.reduce<number>((sum, size) => sum + Number(size), 0),
    bytes.length,
  );
});

Deno.test("WebSocketTransport.read() fills the buffer from many messages, and says what it took", async () => {
  const { socket, transport } = opened();
  for (let i = 0; i < 2000; i++) socket.receive(300);
  socket.receive(0);
  const buffer = new Uint8Array(100_000);
  let total = 0;
  while (total < 600_000) {
    const count = await transport.read(buffer);
    assert(
      count !== null && buffer.subarray(0, count).every((byte) => byte === 7),
    );
    total += count;
  }
  assertEquals(total, 600_000);
  assertEquals(socket.sent, ["300000", "300000"]);
  const reading = transport.read(buffer);
  socket.receive(3);
  assertEquals(await reading, 3);
  socket.readyState = WebSocket.CLOSED;
  socket.receive(2);
  socket.onclose?.();
  assertEquals(await transport.read(buffer), 2); // what came before the end
  assertEquals(await transport.read(buffer), null);
  await assertRejects(
    () => transport.write(buffer),
    WireError,
    "Cannot use the WebSocket: it is closed",
  );
});

Deno.test("WebSocketTransport ends with who sends more than there is room for, or other text", async () => {
  const rows: readonly (readonly [string | number, string])[] = [
    [WINDOW, "Cannot take a message: more than 1048576 bytes wait"],
    ["hello", "a number of bytes taken, are wanted"],
    ["0", "a number of bytes taken, are wanted"],
    ["1", "a number of bytes taken, are wanted"], // nothing was sent
    ["-1", "a number of bytes taken, are wanted"],
  ];
  for (const [data, message] of rows) {
    const { socket, transport } = opened();
    socket.receive(1);
    socket.receive(data);
    socket.receive(1);
    const buffer = new Uint8Array(10);
    await assertRejects(() => transport.read(buffer), WireError, message);
    await assertRejects(() => transport.write(buffer), WireError);
    assertEquals(socket.codes, [1008]);
    transport.close();
    assertEquals(socket.codes, [1008]);
  }
});

Deno.test("WebSocketTransport.close() ends what waits, once", async () => {
  const { socket, transport } = opened();
  const buffer = new Uint8Array(WINDOW);
  const reading = transport.read(buffer);
  while (socket.sent.length < 4) await transport.write(buffer);
  const writing = transport.write(buffer);
  await settle();
  transport.close();
  transport.close();
  const message = "Cannot use the WebSocket: it is closed";
  await assertRejects(() => reading, WireError, message);
  await assertRejects(() => writing, WireError, message);
  socket.receive(5);
  socket.onclose?.();
  await assertRejects(() => transport.read(buffer), WireError, message);
  assertEquals(socket.codes, [1000]);
});
