/** The operator's commands. Each verb's file is loaded only when it is asked for. */
import { Command, CommanderError } from 'commander';

/** One verb: its exit code, 0, 1 for failure, 2 for usage. */
export interface Verb {
  readonly name: string;
  readonly summary: string;
  load(): Promise<{ main(args: readonly string[]): Promise<number> }>;
}

const VERBS: readonly Verb[] = [
  {
    name: 'start',
    summary: 'play a dozen jobs against simulated services',
    load: () => import('./start.ts'),
  },
  { name: 'test', summary: 'run every check and test', load: () => import('./test.ts') },
  {
    name: 'test:machine',
    summary: 'boot real Linux systems with our user data; needs root',
    load: () => import('./test-machine.ts'),
  },
  { name: 'check', summary: 'lint, types, unused code, shell scripts', load: () => import('./check.ts') },
  { name: 'job', summary: 'queue one more job in the simulated world', load: () => import('./job.ts') },
  { name: 'list', summary: 'show what is alive', load: () => import('./list.ts') },
  {
    name: 'explain',
    summary: 'tell the story of a job, and why it waits',
    load: () => import('./explain.ts'),
  },
  { name: 'retire', summary: 'end a runner by hand, safely', load: () => import('./retire.ts') },
  { name: 'advise', summary: 'show what a job would be given, and why', load: () => import('./advise.ts') },
  { name: 'build', summary: 'bundle the functions with runners.yaml', load: () => import('./build.ts') },
  { name: 'bench', summary: 'measure cold starts and deliveries', load: () => import('./bench.ts') },
  { name: 'simulate', summary: 'play days of production from seeds', load: () => import('./simulate.ts') },
  { name: 'fuzz', summary: 'send broken requests to the simulators', load: () => import('./fuzz.ts') },
  { name: 'mirror', summary: 'copy the newest runner to our regions', load: () => import('./mirror.ts') },
  {
    name: 'infra:synth',
    summary: 'write the ROS templates of the infrastructure',
    load: () => import('./infra-synth.ts'),
  },
  { name: 'doctor', summary: 'look whether all is well, read-only', load: () => import('./doctor.ts') },
  {
    name: 'setup',
    summary: 'create the GitHub App and runners.yaml, step by step',
    load: () => import('./setup.ts'),
  },
  {
    name: 'deploy',
    summary: 'deploy infrastructure and functions, or go back with --rollback',
    load: () => import('./deploy.ts'),
  },
  { name: 'destroy', summary: 'remove all that deploy made', load: () => import('./destroy.ts') },
];

/** What an operator can do something about is told in its own words. A mistake in here keeps its trace. */
function told(error: unknown): number {
  const isMistake = [TypeError, ReferenceError, RangeError, SyntaxError].some(
    (kind) => error instanceof kind,
  );
  if (!(error instanceof Error) || isMistake || process.env.DEBUG) throw error;
  // The prompts' way of saying Ctrl-C.
  const isLeft = error.name === 'ExitPromptError';
  process.stderr.write(isLeft ? '\nLeft. Nothing more is done.\n' : `${error.message}\n`);
  return isLeft ? 130 : 1;
}

export async function run(argv: readonly string[]): Promise<number> {
  const [name, ...args] = argv;
  const verb = VERBS.find((each) => each.name === name);
  if (verb !== undefined) return (await verb.load()).main(args).catch(told);
  const program = new Command('npm run').description('The commands of aliyun-spot-runners.').exitOverride();
  for (const each of VERBS) program.command(each.name).summary(each.summary);
  if (name !== undefined && name !== '--help' && name !== '-h')
    process.stderr.write(`There is no command '${name}'.\n\n`);
  try {
    program.outputHelp();
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
  }
  return name === '--help' || name === '-h' ? 0 : 2;
}
