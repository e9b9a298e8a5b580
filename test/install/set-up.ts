/** Who answers what set-up asks, in the terminal and in the browser. */
import type { ChildProcess } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createApp } from '../cli/setup/by-hand.ts';
import { begin, type Ended, ended, folder, served } from './packed.ts';

/** By the question's first letters, no more than are looked at. */
const TYPED: Readonly<Record<string, string>> = {
  'Go on': 'y',
  'The organisation': 'acme',
  // OSS is not played in this account.
  'A bucket that deploy mak': '-',
  'The id of the KMS instan': 'kst-1',
  'The id of its key that e': 'key-1',
};

const install = (all: string) =>
  fetch(/Install it: (\S+)/.exec(all)?.[1] ?? '', {
    method: 'POST',
    body: new URLSearchParams({ owner: 'acme' }),
  });

/** What a person does: opens the page, installs the App, answers each question once, most by what is proposed. */
export function setUp(
  setup: ChildProcess = begin(served(), 'setup'),
  opens: (url: string, setup: ChildProcess) => unknown = (url) => createApp(url),
): Promise<Ended> {
  const done = new Set<string>();
  const once = (thing: string | undefined, act: (thing: string) => unknown): void => {
    if (thing === undefined || done.has(thing)) return;
    done.add(thing);
    act(thing);
  };
  return ended(setup, (all) => {
    once(/Open (http:\S+) to create/.exec(all)?.[1], (url) => opens(url, setup));
    // A question is drawn again and again while it is answered, and grows with what is typed: an answer too many would
    // be the next question's.
    for (const [, question = ''] of all.matchAll(/\? (Go on|[\w ,’]{10,24})/g)) {
      if ([...done].some((answered) => isSame(answered, question))) continue;
      const [, typed = ''] = Object.entries(TYPED).find(([key]) => isSame(key, question)) ?? [];
      once(question, async () => {
        if (question.startsWith('It is not installed')) await install(all);
        setup.stdin?.write(`${typed}\n`);
      });
    }
  });
}

/** While it waits for the browser; what it had written for that goes, too. */
export async function leftAtThePage() {
  const { code, out } = await setUp(begin(served(), 'setup'), (_url, setup) => setup.kill('SIGINT'));
  const isSaid = out.includes('Left. The next npx aliyun-spot-runners setup goes on from here.');
  const doors = readdirSync(join(folder, '.spot-runners')).filter((name) => name.startsWith('door'));
  return { code, isSaid, doors };
}

const isSame = (one: string, other: string): boolean => one.startsWith(other) || other.startsWith(one);
