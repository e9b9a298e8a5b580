/** The websocket of a session: frames there and back, and how it ended. What is said of an end names no address. */
import { WebSocket } from 'ws';
import { wayOutOf } from '../../http/exchange.ts';

export type ChannelEnd =
  /** By the other side, with a code of RFC 6455, section 7.4.1; 1006: without a word. */
  | { readonly kind: 'closed'; readonly code: number }
  /** It was never open. A clause. */
  | { readonly kind: 'unreachable'; readonly because: string }
  /** Nothing came for so long, though it was asked for. */
  | { readonly kind: 'silent' };

export interface Hears {
  frame(bytes: Uint8Array): void;
  /** Once, and nothing after it. */
  end(end: ChannelEnd): void;
}

export interface Channel {
  send(frame: Uint8Array): void;
  /** Nothing is heard from now on. It is gone, or given up, when this is done. */
  close(): Promise<void>;
}

export type OpenChannel = (hears: Hears) => Channel;

const HANDSHAKE_MAX_MS = 15_000;
const FRAME_MAX_BYTES = 1024 * 1024;
/** A network that is gone says nothing: it is asked, as RFC 6455, section 5.5.2 has it. */
const PING_MS = 15_000;
const CLOSE_MAX_MS = 1_000;

/** `url` is a secret. */
export const channelTo =
  (url: string, pingMs = PING_MS): OpenChannel =>
  (hears) => {
    const socket = new WebSocket(url, {
      agent: wayOutOf(new URL(url.replace(/^ws/, 'http'))),
      handshakeTimeout: HANDSHAKE_MAX_MS,
      maxPayload: FRAME_MAX_BYTES,
      perMessageDeflate: false,
    });
    let [isOpen, isOver] = [false, false];
    let stopPings = (): void => undefined;
    const end = (how: ChannelEnd): void => {
      if (isOver) return;
      isOver = true;
      stopPings();
      hears.end(how);
    };
    socket.on('open', () => {
      isOpen = true;
      stopPings = ask(socket, pingMs, () => {
        socket.terminate();
        end({ kind: 'silent' });
      });
    });
    socket.on('message', (data: Buffer, isBinary) => {
      if (isBinary && !isOver) hears.frame(data);
    });
    socket.on('error', (error) => {
      // An open one closes after it, with its code.
      if (!isOpen) end({ kind: 'unreachable', because: wordOf(error) });
    });
    socket.on('close', (code) => end({ kind: 'closed', code }));
    return {
      send: (frame) => socket.send(frame, () => undefined),
      close() {
        isOver = true;
        stopPings();
        return leave(socket);
      },
    };
  };

/** Whoever has never answered a ping is not judged by it. */
function ask(socket: WebSocket, everyMs: number, onSilence: () => void): () => void {
  let [answers, isDue] = [false, false];
  const heard = () => {
    isDue = false;
  };
  socket.on('pong', () => {
    answers = true;
    heard();
  });
  socket.on('message', heard);
  const timer = setInterval(() => {
    if (answers && isDue) return onSilence();
    isDue = true;
    socket.ping(() => undefined);
  }, everyMs);
  return () => clearInterval(timer);
}

/** Says so, and waits for no answer that does not come. */
function leave(socket: WebSocket): Promise<void> {
  if (socket.readyState === WebSocket.CLOSED) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(() => socket.terminate(), CLOSE_MAX_MS);
    socket.on('close', () => {
      clearTimeout(timer);
      resolve();
    });
    if (socket.readyState === WebSocket.OPEN) socket.close(1000);
    else socket.terminate();
  });
}

/** Node's code, or the status that came instead of a websocket: an error's own words may hold the address. */
function wordOf(error: Error & { readonly code?: unknown }): string {
  const [, status] = /^Unexpected server response: (\d{3})$/.exec(error.message) ?? [];
  if (status !== undefined) return `its server answered ${status} instead of a session`;
  if (/handshake has timed out/.test(error.message)) return 'its server did not answer in time';
  if (/proxy/.test(error.message)) return error.message;
  return typeof error.code === 'string'
    ? `its server cannot be reached (${error.code})`
    : 'its server speaks no websocket';
}
