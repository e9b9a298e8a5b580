/** One websocket that a client has brought to a session: the shell behind it, and how Session Manager ends it. */
import type { Cloud, Session } from '../cloud.ts';
import type { Machine, Shell } from '../machine.ts';
import * as frames from './frames.ts';
import { hasAgent, isGood } from './start.ts';

/** What the server has of a websocket. */
export interface Line {
  send(frame: Uint8Array): void;
  /** With a code of RFC 6455; null: the connection is cut, without a word. */
  close(code: number | null): void;
}

export interface Joined {
  heard(bytes: Uint8Array): void;
  /** The client is gone. */
  left(): void;
}

/** The agent is told, connects, waits a second, and has a pty. @see aliyun_assist_client agent/taskengine/session.go */
const SHELL_AFTER_MS = [1_500, 3_000] as const;
/** How long an agent is waited for that does not come: no document says so. */
const AGENT_MAX_MS = 20_000;
/** @see agent/session/channel/sessionchannel.go: three minutes without a message of the client's. */
const IDLE_MAX_MS = 3 * 60_000;
/** @see client.go sendPackageSize: what is larger nobody has tried. */
const PAYLOAD_MAX_BYTES = 2_048;
const SPEED = 200 * 1_024;
/** What may be said at once, beyond the speed. */
const BURST_BYTES = 64 * 1024;

/** Null: no such session, or its ten minutes are over. */
export function join(cloud: Cloud, id: string, token: string, line: Line): Joined | null {
  const session = cloud.sessions.get(id);
  const machine = cloud.machines.get(session?.machineId ?? '');
  if (session === undefined || session.token !== token || !isGood(session, cloud) || machine === undefined)
    return null;
  return new Member(cloud, session, machine, line);
}

class Member implements Joined {
  readonly #cloud: Cloud;
  readonly #session: Session;
  readonly #machine: Machine;
  readonly #line: Line;
  #shell: Shell | null = null;
  #isOver = false;
  #expected: number | null = null;
  #said = 0;
  #budget = { bytes: BURST_BYTES, atMs: 0 };
  #cancelIdle = (): void => undefined;
  readonly #forget: () => void;

  constructor(cloud: Cloud, session: Session, machine: Machine, line: Line) {
    this.#cloud = cloud;
    this.#session = session;
    this.#machine = machine;
    this.#line = line;
    session.connected += 1;
    // The agent's own connection is gone with its machine: the server says nothing of it.
    const gone = () => this.#end(null);
    machine.sessions.add(gone);
    this.#forget = () => machine.sessions.delete(gone);
    this.#budget.atMs = cloud.clock.nowMs();
    this.#status(frames.STATE.opening);
    this.#status(frames.STATE.speed, Buffer.from([0, ...[16, 8, 0].map((by) => (SPEED >> by) & 0xff)]));
    cloud.clock.after(cloud.random.whole(...SHELL_AFTER_MS), () => this.#open());
  }

  heard(bytes: Uint8Array): void {
    if (this.#isOver) return;
    const frame = frames.readFrame(bytes);
    if (frame === null || frame.payload.length > PAYLOAD_MAX_BYTES || !this.#isNext(frame.sequence))
      this.#fail('ProcessDataError');
    else if (!this.#mayPay(bytes.length)) this.#fail('FlowExceedLimit');
    else this.#carryOut(frame);
  }

  #carryOut({ type, payload }: frames.FromClient): void {
    this.#waitAnew();
    const size = type === frames.SIZE ? frames.sizeIn(payload) : null;
    if (type === frames.CLOSE) this.#fail('Exit');
    if (type === frames.INPUT) this.#shell?.input(payload);
    if (size !== null) this.#shell?.resize(size.rows, size.columns);
  }

  left(): void {
    this.#end('left');
  }

  #open(): void {
    if (this.#isOver) return;
    const { booted } = this.#machine;
    if (booted?.shell === undefined || !hasAgent(this.#cloud, this.#machine)) {
      this.#cloud.clock.after(AGENT_MAX_MS, () => this.#fail('AgentTimeout'));
      return;
    }
    // What it draws at once is answered at once, when it is there.
    const early: Uint8Array[] = [];
    const shell = booted.shell({
      write: (bytes) => (this.#shell === null ? void early.push(bytes) : this.#show(bytes)),
      ended: () => this.#fail('Exit'),
    });
    this.#shell = shell;
    this.#waitAnew();
    for (const bytes of early) this.#show(bytes);
  }

  #show(bytes: Uint8Array): void {
    if (this.#isOver) return;
    // @see shell.go sendPackageSize
    for (let at = 0; at < bytes.length; at += 1024) {
      this.#said += 1;
      this.#line.send(frames.outputFrame(bytes.subarray(at, at + 1024), this.#place()));
    }
  }

  /** 1.01 counts from 0, 1.02 from 1. */
  #isNext(sequence: number): boolean {
    const isFirst = this.#expected === null && sequence <= 1;
    if (!isFirst && sequence !== this.#expected) return false;
    this.#expected = sequence + 1;
    return true;
  }

  #mayPay(bytes: number): boolean {
    const nowMs = this.#cloud.clock.nowMs();
    const earned = ((nowMs - this.#budget.atMs) * SPEED) / 8_000;
    this.#budget = { bytes: Math.min(BURST_BYTES, this.#budget.bytes + earned) - bytes, atMs: nowMs };
    return this.#budget.bytes >= 0;
  }

  #waitAnew(): void {
    this.#cancelIdle();
    this.#cancelIdle = this.#cloud.clock.after(IDLE_MAX_MS, () => this.#fail('Timeout'));
  }

  #place() {
    const heard = Math.max(0, (this.#expected ?? 1) - 1);
    return { channel: this.#session.id, atMs: this.#cloud.clock.nowMs(), heard, said: this.#said };
  }

  #status(state: number, rest: Uint8Array = Buffer.alloc(0)): void {
    this.#line.send(frames.statusFrame(state, rest, this.#place()));
  }

  #fail(word: string): void {
    if (this.#isOver) return;
    this.#status(frames.STATE.closed, Buffer.from(word));
    this.#end(1000);
  }

  #end(how: number | null | 'left'): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#cancelIdle();
    this.#forget();
    this.#session.connected -= 1;
    this.#shell?.end();
    if (how !== 'left') this.#line.close(how);
  }
}
