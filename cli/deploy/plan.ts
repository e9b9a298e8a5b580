/** What a deploy would change, and how it is said. */
import type { Config } from '../../shared/config/config.ts';
import type { StackChange } from '../shared/stacks.ts';
import type { FormerMirror } from './former-regions.ts';
import type { Live } from './functions.ts';
import { whyStraight } from './serverless-devs.ts';
import type { Lack } from './settings.ts';
import { COST_SOURCE } from './standing-costs.ts';

export interface Plan {
  readonly config: Config;
  readonly stacks: readonly StackChange[];
  readonly functions: readonly Live[];
  /** What of s.yaml they lack. */
  readonly settings: readonly Lack[];
  /** They go. */
  readonly formerMirrors: readonly FormerMirror[];
  readonly release: string | null;
  /** Of what would be made: what it costs a month while no job runs. */
  readonly standing: readonly string[];
  /** Of `runners.yaml`: which keys differ from what is deployed. */
  readonly keys: readonly string[];
  /** The changelog since the deployed version. */
  readonly news: readonly string[];
  readonly isEmpty: boolean;
}

interface Shown {
  readonly say: (line: string) => void;
  readonly variables: Readonly<Record<string, string | undefined>>;
}

export function show(plan: Plan, { say, variables }: Shown): void {
  if (plan.isEmpty) {
    say('Nothing to change.');
    return;
  }
  for (const change of plan.stacks.filter(({ lines }) => lines.length > 0)) {
    const { stackName, region } = change.template;
    say(`${VERBS[change.way]} ${stackName} in ${region}`);
    for (const line of change.lines) say(`  ${line}`);
  }
  for (const { name, release } of plan.functions) say(functionLine(name, release, plan.release));
  const other = otherApp(plan, variables);
  if (other !== null)
    say(
      `They are of another GitHub App (${other}, and here ${variables.GITHUB_APP_ID}). If they are another deployment’s that is called ${plan.config.name}, too, answer no, and choose another name: in runners.yaml.`,
    );
  for (const { name, what } of plan.settings) say(`~ ${name}: ${what} is not as it must be`);
  for (const { name, region } of plan.formerMirrors)
    say(`- ${name}: ${region} has no bucket in runners.yaml any more; ${bucketOf(plan, region)}`);
  list(`While no job runs (${COST_SOURCE}):`, plan.standing, say);
  list('In runners.yaml, against what is deployed:', plan.keys, say);
  list('New in this version:', plan.news, say);
  const straight = whyStraight(variables);
  if (straight !== null) say(straight);
}

/** Null: what is deployed is of this one, or nothing is. */
const otherApp = ({ functions }: Plan, { GITHUB_APP_ID }: Shown['variables']): string | null =>
  functions.map(({ variables }) => variables.GITHUB_APP_ID).find((id) => id && id !== GITHUB_APP_ID) ?? null;

/** Made by a placement's stack, it goes with its resource there; brought, or with all of its placement, it stays. */
function bucketOf({ stacks }: Plan, region: string): string {
  const isGoing = stacks.some(
    ({ template, lines }) => template.region === region && lines.includes('- MirrorBucket'),
  );
  return isGoing ? 'the bucket goes, with all that is in it' : 'the bucket itself stays';
}

const VERBS: Readonly<Record<StackChange['way'], string>> = {
  ...{ make: 'create', again: 'make again', wait: 'wait for', change: 'change', leave: 'leave' },
};

function list(title: string, lines: readonly string[], say: (line: string) => void): void {
  if (lines.length > 0) say(title);
  for (const line of lines) say(`  ${line}`);
}

function functionLine(name: string, was: string | null, will: string | null): string {
  if (was === null) return `+ ${name}`;
  return was === will ? `= ${name} (${was}): the same code` : `~ ${name} (${was} → ${will ?? 'a new build'})`;
}
