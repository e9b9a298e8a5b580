/** The packed package in a folder of its own, and an operator who types there. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createApp } from '../cli/setup/by-hand.ts';

const ROOT = join(import.meta.dirname, '../..');
export const folder = mkdtempSync(join(tmpdir(), 'operator-'));
const installed = join(folder, 'node_modules', 'aliyun-spot-runners');
const children: ChildProcess[] = [];

export interface Tarball {
  readonly filename: string;
  readonly size: number;
  readonly files: readonly { readonly path: string }[];
}
export function unpacked(): Tarball {
  const args = ['pack', '--ignore-scripts=false', '--json', '--offline', '--pack-destination', folder];
  const told = execFileSync('npm', args, {
    cwd: ROOT,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  // The build's own lines, if any, come first.
  const [tarball] = JSON.parse(told.slice(told.indexOf('[\n'))) as [Tarball];
  unpack(tarball.filename);
  // Only what it declares is there to be imported.
  for (const name of Object.keys(manifest().dependencies)) {
    mkdirSync(dirname(join(folder, 'node_modules', name)), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules', name), join(folder, 'node_modules', name));
  }
  return tarball;
}

function unpack(filename: string): void {
  mkdirSync(installed, { recursive: true });
  execFileSync('tar', ['xzf', join(folder, filename), '-C', installed, '--strip-components=1']);
}

/** As another release is packed: its code is this one's, its version and changelog are not. */
export function upgradeTo(version: string, news: string): void {
  const next = join(folder, 'next');
  cpSync(installed, next, { recursive: true });
  const change = (file: string, by: (text: string) => string) =>
    writeFileSync(join(next, file), by(readFileSync(join(next, file), 'utf8')));
  change('package.json', (text) => JSON.stringify({ ...JSON.parse(text), version }));
  change('CHANGELOG.md', (text) => text.replace(/^## /m, `## ${version}\n\n- ${news}\n\n## `));
  const args = ['pack', '--ignore-scripts', '--json', '--offline', '--pack-destination', folder];
  const [tarball] = JSON.parse(execFileSync('npm', args, { cwd: next, encoding: 'utf8' })) as [Tarball];
  unpack(tarball.filename);
  rmSync(next, { recursive: true });
}

export function tidyUp(): void {
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true });
}

export const manifest = () =>
  JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as {
    readonly dependencies: Readonly<Record<string, string>>;
    readonly bin: Readonly<Record<string, string>>;
    readonly private?: boolean;
  };

export function begin(env: Readonly<Record<string, string>>, ...words: readonly string[]): ChildProcess {
  const program = join(installed, manifest().bin['spot-runners'] as string);
  const { PATH = '' } = process.env;
  const clean = { PATH, HOME: folder, NO_COLOR: '1', ALIBABA_CLOUD_CREDENTIALS_FILE: '/nowhere', ...env };
  const child = spawn(process.execPath, [program, ...words], { cwd: folder, env: clean });
  children.push(child);
  return child;
}

export interface Ended {
  readonly code: number | null;
  readonly out: string;
}

/** `onOut`: told of each piece that the command says. */
export function ended(child: ChildProcess, onOut: (all: string) => void = () => undefined): Promise<Ended> {
  let out = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (piece: Buffer) => {
      out += piece.toString();
      onOut(out);
    });
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, out })));
}

/** As `. .spot-runners/account.env` sets them. */
export const served = (): Record<string, string> =>
  Object.fromEntries(
    [
      ...readFileSync(join(folder, '.spot-runners', 'account.env'), 'utf8').matchAll(
        /^export (\w+)='(.*)'$/gm,
      ),
    ].map(([, name, value]) => [name as string, value as string]),
  );

/** By the question's first letters, no more than are looked at. */
const TYPED: Readonly<Record<string, string>> = {
  'Go on': 'y',
  'The organisation': 'acme',
  // OSS is not played in this account.
  'A bucket that deploy mak': '-',
  'The id of the KMS instan': 'kst-1',
  'The id of its key that e': 'key-1',
};

/** Until it says that it serves; what it said, should it end before. */
export function beginAccount(): Promise<void> {
  const world = begin({}, 'start', '--account');
  return new Promise<void>((resolve, reject) => {
    void ended(world, (all) => {
      if (all.includes('until Ctrl-C')) resolve();
    }).then(({ out }) => reject(new Error(out)));
  });
}

const install = (all: string) =>
  fetch(/Install it: (\S+)/.exec(all)?.[1] ?? '', {
    method: 'POST',
    body: new URLSearchParams({ owner: 'acme' }),
  });

/** What a person does: opens the page, installs the App, answers each question once, most by what is proposed. */
export function setUp(
  opens: (url: string, setup: ChildProcess) => unknown = (url) => createApp(url),
): Promise<Ended> {
  const done = new Set<string>();
  const once = (thing: string | undefined, act: (thing: string) => unknown): void => {
    if (thing === undefined || done.has(thing)) return;
    done.add(thing);
    act(thing);
  };
  const setup = begin(served(), 'setup');
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
  const { code, out } = await setUp((_url, setup) => setup.kill('SIGINT'));
  const isSaid = out.includes('Left. The next npx aliyun-spot-runners setup goes on from here.');
  const doors = readdirSync(join(folder, '.spot-runners')).filter((name) => name.startsWith('door'));
  return { code, isSaid, doors };
}

/** As under cron, or in a workflow. */
export function unanswered(...words: readonly string[]): Promise<Ended> {
  const child = begin(served(), ...words);
  child.stdin?.end();
  return ended(child);
}

/** What an operator types in the served account, with how long each command took. */
export const walked: { readonly command: string; readonly seconds: number }[] = [];

export function typed(...words: readonly string[]): Promise<Ended> {
  return timed(words.join(' '), ended(begin(served(), ...words)));
}

export async function timed(command: string, end: Promise<Ended>): Promise<Ended> {
  const beganMs = Date.now();
  const answer = await end;
  walked.push({ command, seconds: (Date.now() - beganMs) / 1000 });
  return answer;
}

/** Writes the deployment's name where it is asked for. */
export function destroyed(): Promise<Ended> {
  const child = begin(served(), 'destroy');
  let isAsked = false;
  const answer = (all: string): void => {
    const name = /Write (\S+) to remove all of it/.exec(all)?.[1];
    if (name === undefined || isAsked) return;
    isAsked = true;
    child.stdin?.write(`${name}\n`);
  };
  return timed('destroy', ended(child, answer));
}

const isSame = (one: string, other: string): boolean => one.startsWith(other) || other.startsWith(one);
