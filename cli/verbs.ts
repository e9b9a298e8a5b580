/** The commands: operators' first, then those of whoever changes the project. */
import pc from 'picocolors';
import { nearestOf } from '../shared/job/label-words.ts';
import { IS_PACKAGE } from './shared/package/places.ts';
import { fileTrouble } from './shared/screen/file-trouble.ts';
import { LEFT, sayWhenLeft } from './shared/screen/leaving.ts';
import { nextStep } from './shared/screen/next-step.ts';
import { complain, fail } from './shared/screen/show.ts';
import { unaskedOf } from './shared/screen/unasked.ts';

/**
 * One verb; `main` gives its exit code: 0, 1 for failure, 2 for usage. Its file is loaded only when it is asked for.
 * `after`: what a failure, or Ctrl-C, left behind, and how to go on.
 */
type Verb = readonly [
  name: string,
  summary: string,
  load: () => Promise<{ main(args: readonly string[]): Promise<number> }>,
  after?: string,
];

const UNCHANGED = 'Nothing was changed; it can be run again at any time.';

/** What operators use, in the order in which they meet it. */
const OPERATORS: readonly Verb[] = [
  ['start', 'play a dozen jobs against simulated services', () => import('./start/index.ts')],
  ['job', 'queue one more job in the simulated world', () => import('./job/index.ts')],
  [
    'setup',
    'create the GitHub App and runners.yaml, step by step',
    () => import('./setup/index.ts'),
    'What was answered and made is kept: npm run setup goes on from there.',
  ],
  [
    'deploy',
    'deploy all of it, or go back with --rollback',
    () => import('./deploy/index.ts'),
    'What is said to be done stays: npm run deploy goes on from there.',
  ],
  ['doctor', 'check that everything is well; read-only', () => import('./doctor/index.ts'), UNCHANGED],
  [
    'prove',
    'ask the account what only it can tell',
    () => import('./prove/index.ts'),
    'npm run prove -- --clean removes what it left, should it have left anything.',
  ],
  ['list', 'show what is alive', () => import('./list/index.ts'), UNCHANGED],
  ['dashboard', 'show all of it in a browser, live', () => import('./dashboard/index.ts'), UNCHANGED],
  ['explain', 'tell the story of a job, and why it waits', () => import('./explain/index.ts'), UNCHANGED],
  ['logs', 'show all that was written about a job', () => import('./logs/index.ts'), UNCHANGED],
  ['cost', 'tell what jobs have cost', () => import('./cost/index.ts'), UNCHANGED],
  ['advise', 'show what a job would be given, and why', () => import('./advise/index.ts'), UNCHANGED],
  [
    'create',
    'launch a runner that waits for a job',
    () => import('./create/index.ts'),
    'What was asked for goes on by itself: npm run list shows it, npm run retire ends it.',
  ],
  [
    'retire',
    'end a runner by hand, safely',
    () => import('./retire/index.ts'),
    'npm run list shows whether it was marked; to ask again does no harm.',
  ],
  [
    'keep',
    'keep a machine for a person to look at',
    () => import('./keep/index.ts'),
    'npm run list shows whether it is kept; to ask again does no harm.',
  ],
  [
    'connect',
    'open a shell on the machine of a job or runner',
    () => import('./connect/index.ts'),
    UNCHANGED,
  ],
  [
    'stop',
    'end every machine, and launch no more',
    () => import('./stop/index.ts'),
    'What was stopped stays so, and each sweep goes on ending it: npm run stop goes on from there, npm run resume undoes that.',
  ],
  [
    'resume',
    'undo a stop',
    () => import('./stop/resume.ts'),
    'npm run list shows whether anything is stopped; to ask again does no harm.',
  ],
  [
    'mirror',
    'copy the newest runner to our regions',
    () => import('./mirror/index.ts'),
    'What was copied stays: npm run mirror goes on from there, and the function does so each day.',
  ],
  [
    'image',
    'show and steer images that bake themselves',
    () => import('./image/index.ts'),
    'npm run image shows what was done; a build that is under way goes on by itself.',
  ],
  ['lint', 'check runners.yaml, and the runs-on of workflows', () => import('./lint/index.ts'), UNCHANGED],
  ['build', 'bundle the functions with runners.yaml', () => import('./build/index.ts')],
  ['infra:synth', 'write the ROS templates of the infrastructure', () => import('./infra-synth/index.ts')],
  [
    'destroy',
    'remove all that deploy made',
    () => import('./destroy/index.ts'),
    'What is said to be gone is gone: npm run destroy goes on from there.',
  ],
];

/** What those who change the project use. */
const DEVELOPERS: readonly Verb[] = [
  ['test', 'run every check and test', () => import('../dev/test.ts')],
  ['check', 'lint, types, unused code, shell scripts', () => import('../dev/check.ts')],
  [
    'test:machine',
    'boot real Linux systems with our user data; needs root',
    () => import('../dev/test-machine.ts'),
  ],
  ['simulate', 'play days of production from seeds', () => import('../dev/simulate/index.ts')],
  ['fuzz', 'send broken requests to the simulators', () => import('../dev/fuzz/index.ts')],
  ['bench', 'measure cold starts and deliveries', () => import('../dev/bench/index.ts')],
  ['catalog', 'bring the offline catalogue of instance types up to date', () => import('../dev/catalog.ts')],
  ['pack', 'build what npm pack puts into the package', () => import('../dev/pack.ts')],
  [
    'release',
    'make what stands beside a release: code and templates',
    () => import('../dev/release/index.ts'),
  ],
];

const LOOK = 'run it again in a minute; if it says the same, npm run doctor looks for the cause';

const LEFT_WORDS = '\nLeft. Nothing more is done.';
const NOBODY = '\nNobody is there to be asked: say --yes where --help has it, or run it in a terminal.';

/** What an operator can do something about is told in its own words. A mistake in here keeps its trace. */
function reportError(error: unknown, after: string | undefined): number {
  const isMistake = [TypeError, ReferenceError, RangeError, SyntaxError].some(
    (kind) => error instanceof kind,
  );
  if (!(error instanceof Error) || isMistake || process.env.DEBUG) throw error;
  const unasked = unaskedOf(error);
  if (unasked === 'closed') return fail(NOBODY, 2);
  const isLeft = unasked === 'left';
  complain(isLeft ? LEFT_WORDS : (fileTrouble(error) ?? error.message));
  const step = nextStep(error, LOOK);
  if (step !== null) complain(`→ ${step}`);
  // Who is nobody has done nothing.
  if (after !== undefined && error.name !== 'NoCredentials') complain(after);
  return isLeft ? LEFT : 1;
}

/** Those who change the project have it, and not the package. */
const SECTIONS: readonly (readonly [title: string, verbs: readonly Verb[]])[] = IS_PACKAGE
  ? [['Commands', OPERATORS]]
  : [
      ['For operators', OPERATORS],
      ['For those who change the project', DEVELOPERS],
    ];

/** The exit code of `npm run NAME -- ARGUMENTS`; without a name, or with one that is not there, the list of them. */
export async function run(argv: readonly string[]): Promise<number> {
  const [name, ...args] = argv;
  const verb = SECTIONS.flatMap(([, verbs]) => verbs).find(([each]) => each === name);
  if (verb !== undefined) {
    const { main } = await verb[2]();
    const after = verb[3];
    if (after !== undefined) sayWhenLeft(() => complain(`${LEFT_WORDS}\n${after}`));
    return main(args).catch((error: unknown) => reportError(error, after));
  }
  const isAskedFor = name === undefined || ['help', '--help', '-h'].includes(name);
  if (isAskedFor) process.stdout.write(list());
  else complain(`There is no command '${name}'${meant(name)}.\n\n${list().trimEnd()}`);
  return isAskedFor ? 0 : 2;
}

function meant(name: string): string {
  const names = SECTIONS.flatMap(([, verbs]) => verbs.map(([each]) => each));
  const nearest = nearestOf(name, names);
  return nearest === null ? '' : `; is '${nearest}' meant?`;
}

function list(): string {
  const { isColorSupported, bold } = pc;
  const title = (text: string) => (isColorSupported ? bold(text) : text);
  const lines = (verbs: readonly Verb[]) =>
    verbs.map(([name, summary]) => `  npm run ${name.padEnd(NAME_WIDTH)}${summary}\n`).join('');
  return [
    ...SECTIONS.map(([heading, verbs]) => `${title(heading)}\n${lines(verbs)}\n`),
    "What a command takes is told by 'npm run COMMAND -- --help'.\n",
  ].join('');
}

const NAME_WIDTH = 14;
