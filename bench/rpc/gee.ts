// Copyright 2026 the Gee authors. MIT license.

import {
  type CodecFactory,
  dial,
  frameCodec,
  gobCodec,
  jsonCodec,
  Server,
} from "../../rpc/mod.ts";
import * as gob from "../../rpc/gob/mod.ts";
import type { Body, Candidate } from "./candidate.ts";

class Echo {
  say(body: Body): Body {
    return body;
  }
}

const text = gob.struct("Body", { text: gob.string });
const methods = { "Echo.say": { args: text, reply: text } };

/** As a user has it: the typed proxy, with all limits and deadlines there are. */
function gee(codec: CodecFactory, isUnix = false): Candidate {
  return {
    serve() {
      const server = new Server({ codecs: [codec] });
      server.register(new Echo());
      const path = `${Deno.makeTempDirSync()}/echo.sock`;
      return server.listen(isUnix ? { path } : {}).address;
    },
    async connect(address) {
      const client = await dial(address, { codec });
      const echo = client.service<Echo>("Echo");
      return (body) => echo.say(body);
    },
  };
}

/** Frames, the default. */
export const geeFrames: Candidate = gee(frameCodec);
/** The same over a Unix socket. */
export const geeUnix: Candidate = gee(frameCodec, true);
/** Lines of JSON, which the original declares. */
export const geeJson: Candidate = gee(jsonCodec);
/** The original's gob, with the types said. */
export const geeGob: Candidate = gee(gobCodec({ methods }));
