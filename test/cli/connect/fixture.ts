/** A person at a terminal, and a machine of the world in one process. */
import { type ConnectWorld, connect } from '../../../cli/connect/connect.ts';
import type { Terminal, TerminalHears } from '../../../cli/connect/converse.ts';
import type { OpenChannel } from '../../../shared/adapters/ecs/terminal/channel.ts';
import type { RunnerEntry } from '../../../shared/ledger/entries.ts';
import type { World, WorldOptions } from '../../world/in-process.ts';
import { operatorOf } from '../explain/fixture.ts';
import { entryIn, MINUTE_MS, running } from '../keep/fixture.ts';

/** A terminal as a test has it: what is on it, and how often it was taken and given back. */
export function screen() {
  let hears: TerminalHears | null = null;
  const seen = { text: '', taken: 0, given: 0, held: 0, resumed: 0, rows: 40, columns: 120 };
  const terminal: Terminal = {
    size: () => seen,
    write: (bytes) => {
      seen.text += Buffer.from(bytes).toString('utf8');
    },
    hold: () => void seen.held++,
    resume: () => void seen.resumed++,
    take(on) {
      seen.taken++;
      hears = on;
      return () => void seen.given++;
    },
  };
  return {
    seen,
    terminal,
    type: (text: string) => hears?.typed(Buffer.from(text)),
    resize(rows: number, columns: number) {
      Object.assign(seen, { rows, columns });
      hears?.resized();
    },
    leave: (signal: 'SIGHUP' | 'SIGTERM') => hears?.left(signal),
  };
}

/** The websocket without its wire; `cut` is a server that dies. */
export function socketsOf({ ecs }: World) {
  const open = new Set<() => void>();
  const channelTo =
    (url: string): OpenChannel =>
    (hears) => {
      const { searchParams } = new URL(url);
      let isOver = false;
      const end = (code: number): void => {
        if (isOver) return;
        isOver = true;
        open.delete(cut);
        hears.end({ kind: 'closed', code });
      };
      const cut = () => {
        end(1006);
        joined?.left();
      };
      open.add(cut);
      const joined = ecs.sessions.join(searchParams.get('sessionId') ?? '', searchParams.get('token') ?? '', {
        send: (frame) => {
          if (!isOver) hears.frame(frame);
        },
        close: (code) => end(code ?? 1006),
      });
      return {
        send: (frame) => joined?.heard(frame),
        close() {
          isOver = true;
          open.delete(cut);
          joined?.left();
          return Promise.resolve();
        },
      };
    };
  return {
    channelTo,
    open,
    cut() {
      for (const each of [...open]) each();
    },
  };
}

export async function connected(
  options: WorldOptions = {},
  {
    entry,
    before,
  }: { entry?: (found: RunnerEntry) => RunnerEntry; before?: (world: World) => void | Promise<void> } = {},
) {
  const { world } = await running(options, 40 * MINUTE_MS);
  await before?.(world);
  const [at, sockets, said]: [ReturnType<typeof screen>, ReturnType<typeof socketsOf>, string[]] = [
    screen(),
    socketsOf(world),
    [],
  ];
  const found = await entryIn(world);
  const connectWorld: ConnectWorld = {
    ...operatorOf(world),
    channelTo: sockets.channelTo,
    tell: (text) => void said.push(text),
    converse: {
      terminal: at.terminal,
      nowMs: () => world.clock.nowMs(),
      after: (ms, act) => world.clock.after(ms, act),
    },
  };
  let code: number | null = null;
  const done = connect(entry?.(found) ?? found, connectWorld).then((ended) => {
    code = ended;
  });
  // Whoever waits for it hears of its failure.
  done.catch(() => undefined);
  const isOver = () => code !== null;
  return {
    ...{ world, sockets, said, found, ...at, isOver },
    code: () => code,
    shows: (text: string) => world.until(() => at.seen.text.includes(text) || isOver(), MINUTE_MS),
    async ends(withinMs = 10 * MINUTE_MS): Promise<number | null> {
      await world.until(isOver, withinMs);
      if (isOver()) await done;
      return code;
    },
    /** Sessions that somebody is at, as Session Manager counts them. */
    left: () => ({ sockets: sockets.open.size, given: at.seen.given - at.seen.taken }),
  };
}
