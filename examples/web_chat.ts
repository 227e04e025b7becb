// Copyright 2026 the Gee authors. MIT license.
// A chat: messages go up by WebSocket or POST and come down by WebSocket or
// server-sent events, which go on where a client was when it comes back.
//
//   deno run --allow-net=127.0.0.1 examples/web_chat.ts
//
// Then open http://127.0.0.1:8000/ in two windows.
import { Engine, html, type SseEvent } from "../web/mod.ts";

const app = new Engine();
const sockets = new Set<WebSocket>();
const messages: string[] = [];
let bell = Promise.withResolvers<void>();

function say(text: string): void {
  messages.push(text);
  for (const socket of sockets) socket.send(text);
  bell.resolve();
  bell = Promise.withResolvers();
}

/** All messages after the one with that id, and then each new one. */
async function* after(last = "0"): AsyncGenerator<SseEvent> {
  for (let id = Number(last); true; id++) {
    while (id >= messages.length) await bell.promise;
    yield { id: String(id + 1), data: messages[id] ?? "" };
  }
}

app.get("/events", (c) => c.sse(after));
app.post("/messages", async (c) => {
  say(await c.body.text());
  return c.status(204).empty();
});
app.get("/socket", (c) =>
  c.webSocket({
    onOpen: (socket) => void sockets.add(socket),
    onMessage: (_, data) => say(String(data)),
    onClose: (socket) => void sockets.delete(socket),
  }, { maxMessageBytes: 1000 }));

app.get("/", (c) =>
  c.html(html`
    <!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8">
        <title>Chat</title>
      </head>
      <body>
        <h1>${messages.length} messages so far</h1>
        <form><input name="text" aria-label="Message" autofocus></form>
        <ul></ul>
        <script type="module" src="/chat.js"></script>
      </body>
    </html>
  `));
app.get(
  "/chat.js",
  (c) =>
    c.setHeader("content-type", "text/javascript").string(`
    const socket = new WebSocket("/socket");
    document.forms[0].onsubmit = (event) => {
      event.preventDefault();
      socket.send(event.target.text.value);
      event.target.reset();
    };
    new EventSource("/events").onmessage = ({ data }) => {
      const item = document.createElement("li");
      item.textContent = data;
      document.querySelector("ul").append(item);
    };
  `),
);

const server = app.run({
  port: Number(Deno.args[0] ?? 8000),
  closeOn: ["SIGINT", "SIGTERM"],
});
console.log(`${server.url}/`);
