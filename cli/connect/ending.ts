/** What the other side's words mean for a session, and its end: pure. */
import type { ChannelEnd } from '../../shared/adapters/ecs/terminal/channel.ts';
import type { Heard } from '../../shared/adapters/ecs/terminal/frames.ts';
import { plainText } from '../../shared/story/outside-text.ts';

export type Ended =
  /** The shell ended, by `exit` or Ctrl-D. */
  | { readonly kind: 'exited' }
  /** Nobody typed for as long as Cloud Assistant waits. */
  | { readonly kind: 'idle' }
  /** We left: our terminal is gone, or we are ended. */
  | { readonly kind: 'left'; readonly signal: 'SIGHUP' | 'SIGINT' | 'SIGTERM' }
  /** The agent has not come, or the shell has not begun. */
  | { readonly kind: 'not-opened' }
  /** Without a word: the machine, Session Manager's server, or the network between. */
  | { readonly kind: 'lost' }
  | { readonly kind: 'unreachable'; readonly because: string }
  /** Session Manager's server goes down for its own reasons. */
  | { readonly kind: 'restarting' }
  | { readonly kind: 'unreadable' }
  /** Its own word, made plain. */
  | { readonly kind: 'refused'; readonly word: string };

type Status = Extract<Heard, { kind: 'status' }>;

/** @see AxtMessage.ts ChannelState */
const ABORTED = 2;
const OPENED = 3;
const CLOSED = 5;
const EXITED = 6;
const SPEED = 7;
const FROZEN = 8;
const WORD_MAX_CHARS = 60;

/** What one frame of the other side asks for. */
export type Meaning =
  | { readonly kind: 'show'; readonly bytes: Uint8Array }
  | { readonly kind: 'opened' }
  | { readonly kind: 'speed'; readonly bitsPerSecond: number }
  | { readonly kind: 'end'; readonly ended: Ended }
  | { readonly kind: 'nothing' };

export function meaningOf(frame: Heard | null, isOpen: boolean): Meaning {
  switch (frame?.kind) {
    case undefined:
      return { kind: 'end', ended: { kind: 'unreadable' } };
    case 'output':
      return { kind: 'show', bytes: frame.bytes };
    case 'status':
      return meaningOfStatus(frame, isOpen);
    case 'other':
      return { kind: 'nothing' };
  }
}

function meaningOfStatus({ state, rest }: Status, isOpen: boolean): Meaning {
  switch (state) {
    case OPENED:
      return { kind: 'opened' };
    case SPEED:
      return speedOf(rest);
    case FROZEN:
      return { kind: 'end', ended: { kind: 'restarting' } };
    case EXITED:
      return { kind: 'end', ended: { kind: 'exited' } };
    case CLOSED:
    case ABORTED:
      return {
        kind: 'end',
        ended: endOf(plainText(Buffer.from(rest).toString('utf8'), WORD_MAX_CHARS), isOpen),
      };
    default:
      return { kind: 'nothing' };
  }
}

/** The words are those of client.go, and of the agent's shell.go. */
function endOf(word: string, isOpen: boolean): Ended {
  if (/timeout/i.test(word)) return isOpen ? { kind: 'idle' } : { kind: 'not-opened' };
  return isOpen && /^(Exit|Ok|Notified)?$/i.test(word) ? { kind: 'exited' } : { kind: 'refused', word };
}

/** Bits a second that we may send, most significant byte first. @see AxtSession.tsx, Stream; client.go, code 7 */
function speedOf(rest: Uint8Array): Meaning {
  const bitsPerSecond = rest.reduce((sum, byte) => sum * 256 + byte, 0);
  return rest.length <= 4 && bitsPerSecond > 0 ? { kind: 'speed', bitsPerSecond } : { kind: 'nothing' };
}

/** @see RFC 6455, section 7.4.1, and StatusCode.ts */
export function endOfChannel(end: ChannelEnd, isOpen: boolean): Ended {
  if (end.kind === 'unreachable') return end;
  if (end.kind === 'silent') return { kind: 'lost' };
  if (end.code === 1012) return { kind: 'restarting' };
  return end.code === 1000 && isOpen ? { kind: 'exited' } : { kind: 'lost' };
}
