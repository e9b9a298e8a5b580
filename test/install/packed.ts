/** The packed package in a folder of its own, and an operator who types there. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');
export const folder = mkdtempSync(join(tmpdir(), 'operator-'));
/** What a killed command leaves is none of the operator's files. */
const temporary = mkdtempSync(join(tmpdir(), 'operator-'));
export const installed = join(folder, 'node_modules', 'aliyun-spot-runners');
const children: ChildProcess[] = [];

export interface Tarball {
  readonly filename: string;
  readonly size: number;
  readonly files: readonly { readonly path: string }[];
}

/** One after another: `prepack` makes one folder of the repository anew, from which another file's tests may be packing. */
export function unpacked(): Tarball {
  const lock = join(ROOT, 'package.json');
  const args = [
    lock,
    'npm',
    'pack',
    '--ignore-scripts=false',
    '--json',
    '--offline',
    '--pack-destination',
    folder,
  ];
  const told = execFileSync('flock', args, {
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

export async function tidyUp(): Promise<void> {
  await Promise.all(children.map(killed));
  for (const each of [folder, temporary]) rmSync(each, { recursive: true });
}

/** Gone, too: what it still writes would come after it was removed. */
const killed = (child: ChildProcess) =>
  new Promise<void>((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    child.once('exit', () => resolve());
    child.kill('SIGKILL');
  });

export const manifest = () =>
  JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as {
    readonly dependencies: Readonly<Record<string, string>>;
    readonly bin: Readonly<Record<string, string>>;
    readonly private?: boolean;
  };

export const begin = (env: Readonly<Record<string, string>>, ...words: readonly string[]): ChildProcess =>
  beginIn(folder, env, ...words);

export function beginIn(
  cwd: string,
  env: Readonly<Record<string, string>>,
  ...words: readonly string[]
): ChildProcess {
  const program = join(installed, manifest().bin['spot-runners'] as string);
  const { PATH = '' } = process.env;
  const own = { HOME: folder, TMPDIR: temporary, NO_COLOR: '1', ALIBABA_CLOUD_CREDENTIALS_FILE: '/nowhere' };
  return started(spawn(process.execPath, [program, ...words], { cwd, env: { PATH, ...own, ...env } }));
}

/** Is ended with the tests. */
export function started<Child extends ChildProcess>(child: Child): Child {
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

/** Until it says that it serves; what it said, should it end before. */
export function beginAccount(): Promise<void> {
  const world = begin({}, 'start', '--account');
  return new Promise<void>((resolve, reject) => {
    void ended(world, (all) => {
      if (all.includes('until Ctrl-C')) resolve();
    }).then(({ out }) => reject(new Error(out)));
  });
}

/** As under cron, or in a workflow. */
export function unanswered(...words: readonly string[]): Promise<Ended> {
  const child = begin(served(), ...words);
  child.stdin?.end();
  return ended(child);
}

/** What an operator types in the served account, with how long each command took. */
const walked: { readonly command: string; readonly seconds: number }[] = [];

export function typed(...words: readonly string[]): Promise<Ended> {
  return timed(words.join(' '), ended(begin(served(), ...words)));
}

export async function timed(command: string, end: Promise<Ended>): Promise<Ended> {
  const beganMs = Date.now();
  const answer = await end;
  walked.push({ command, seconds: (Date.now() - beganMs) / 1000 });
  return answer;
}

/** Two sweeps, at most, see that the machine of a job is gone; until then nobody may remove what it hangs on. */
export async function destroyedAfterItsSweeps(
  destroy: () => ChildProcess = () => begin(served(), 'destroy'),
): Promise<Ended> {
  for (let tries = 0; ; tries++) {
    const removed = await destroyed(destroy());
    if (tries === 15 || !removed.out.includes('Not now:')) return removed;
    await new Promise((resolve) => setTimeout(resolve, 12_000));
  }
}

/** Writes the deployment's name where it is asked for. */
function destroyed(child: ChildProcess): Promise<Ended> {
  let isAsked = false;
  const answer = (all: string): void => {
    const name = /Write (\S+) to remove all of it/.exec(all)?.[1];
    if (name === undefined || isAsked) return;
    isAsked = true;
    child.stdin?.write(`${name}\n`);
  };
  return timed('destroy', ended(child, answer));
}

export function tellWalk(): void {
  const seconds = walked.reduce((sum, each) => sum + each.seconds, 0);
  const lines = walked.map((each) => `${each.seconds.toFixed(1).padStart(6)} s  ${each.command}`);
  process.stdout.write(
    `${lines.join('\n')}\n${walked.length} commands, ${(seconds / 60).toFixed(1)} min in them\n`,
  );
}
