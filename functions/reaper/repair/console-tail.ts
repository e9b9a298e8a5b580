/** A boot that failed can be read afterwards. */
import type { RunnerEntry } from '../../../shared/ledger/entries.ts';
import { readJob } from '../../../shared/ledger/read-history.ts';
import { CONSOLE_TAIL_MAX_CHARS } from '../../../shared/limits.ts';
import { parseJobId } from '../../../shared/names.ts';
import type { Job } from '../../../shared/nouns.ts';
import { badNetworkIn } from '../../../shared/runner/bad-network.ts';
import {
  isSilent,
  runnerExitIn,
  VERSION_REFUSED_STATUS,
  versionRefused,
} from '../../../shared/runner/exit.ts';
import { parseRunnerRelease, RUNNER_RELEASE_NOTE } from '../../../shared/runner/release.ts';
import { withoutSecrets } from '../../../shared/story/outside-text.ts';
import type { Observation } from '../survey/observe.ts';
import type { ReaperWorld } from '../world.ts';

/** The last lines of its console, scrubbed of what looks like a secret: in the log, and with its job. Whether it could be read, and has no line of ours. */
export async function keepConsoleTail(
  entry: RunnerEntry,
  instances: Observation['instances'],
  because: string,
  world: ReaperWorld,
): Promise<boolean> {
  const [instance] = instances;
  if (instance === undefined) return false;
  const console = await consoleOf(instance, world);
  const hasNoLine = 'text' in console && isSilent(console.text);
  const consoleTail = 'text' in console ? redact(console.text) : console.unread;
  world.log('boot.failed', { runner: entry.name, instance: instance.id, because, consoleTail });
  const job = await jobOf(entry, world);
  if (job === null) return hasNoLine;
  const { trail } = entry;
  const why =
    (await whyEnded('text' in console ? console.text : '', world)) ??
    `${entry.onlineAtMs === null ? 'a boot failed' : 'its runner had no job'}: ${because}`;
  await world.ledger.history.merge({ job, because: why, consoleTail, trail });
  return hasNoLine;
}

async function consoleOf(
  { region, id }: Observation['instances'][number],
  { instances }: ReaperWorld,
): Promise<{ readonly text: string } | { readonly unread: string }> {
  try {
    const text = await instances.consoleOutput(region, id);
    return text === null ? { unread: '(the machine was gone before its console was read)' } : { text };
  } catch (error) {
    const because = error instanceof Error ? error.message : 'unknown';
    return { unread: `(the console could not be read: ${because})` };
  }
}

/** Its network, or the runner itself, which came to its end: what they say of it; null: neither does. */
async function whyEnded(console: string, { ledger }: ReaperWorld): Promise<string | null> {
  const status = runnerExitIn(console);
  const network = badNetworkIn(console);
  if (network !== null) return network;
  if (status === null) return null;
  if (status !== VERSION_REFUSED_STATUS) return `its runner ended without a job (status ${status})`;
  const note = await ledger.notes.read(RUNNER_RELEASE_NOTE);
  return versionRefused(parseRunnerRelease(note?.entry.text ?? '')?.version ?? null);
}

/** Null: it waited for its environment for longer, and its log line is all. */
async function jobOf(entry: RunnerEntry, { ledger }: ReaperWorld): Promise<Job | null> {
  const id = entry.for ?? parseJobId(entry.name);
  return id === null ? null : readJob(id, entry.createdAtMs, ledger);
}

/** Pure: the last lines; long unbroken words (JIT configs, keys, tokens) are left out. */
export function redact(console: string): string {
  const isCut = console.length > 4 * CONSOLE_TAIL_MAX_CHARS;
  const tail = console.slice(-4 * CONSOLE_TAIL_MAX_CHARS);
  // The cut may lie within a secret.
  return withoutSecrets(isCut ? tail.replace(/^\S+/, '') : tail).slice(-CONSOLE_TAIL_MAX_CHARS);
}
