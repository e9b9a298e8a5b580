/** `npm run image`: images that bake themselves, shown and steered. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Argument, Command } from 'commander';
import { ecsImages } from '../../shared/adapters/ecs/images.ts';
import { bakedNames } from '../../shared/runner/images/bake.ts';
import { BUILD_MAX_MS } from '../../shared/runner/images/image-limits.ts';
import { amendImageNote, type ImageNote, readImageNote } from '../../shared/runner/images/image-note.ts';
import { formerLine, formerlyBaked } from '../shared/cloud/formerly-baked.ts';
import { ecsOf, type Operator, withOperator } from '../shared/operator.ts';
import { parseOptions } from '../shared/options.ts';
import { fail, say } from '../shared/screen/show.ts';
import { asked, type Change, promoted, rolledBack } from './decide.ts';
import { prune } from './prune.ts';
import { jsonOf, linesOf } from './text.ts';

const VERBS = ['bake', 'list', 'show', 'promote', 'rollback', 'prune'] as const;
type Verb = (typeof VERBS)[number];

interface Options {
  readonly json: boolean;
  readonly wait: boolean;
}

export function main(args: readonly string[]): Promise<number> {
  let [verb, named]: [Verb, string | undefined] = ['list', undefined];
  const options = parseOptions<Options>(
    command((said, name) => {
      [verb, named] = [said, name];
    }),
    args,
  );
  if (typeof options === 'number') return Promise.resolve(options);
  if (options.json && verb !== 'list' && verb !== 'show')
    return Promise.resolve(
      fail('--json goes with list and show: the others tell what they did, in words.', 2),
    );
  return withOperator((operator) => act(verb, named, options, operator));
}

function command(take: (verb: Verb, name: string | undefined) => void): Command {
  return new Command('npm run image --')
    .description(
      'Images that bake themselves (images.NAME.bake in runners.yaml): what there is, and what is to happen to them.',
    )
    .addArgument(new Argument('[verb]', 'what to do').choices(VERBS).default('list'))
    .argument('[name]', 'its name under images; may be left out where one bakes itself')
    .option('--json', 'list and show: as JSON', false)
    .option('--no-wait', 'bake: do not follow the build to its end')
    .action(take)
    .addHelpText(
      'after',
      '\nbake begins a build; promote lets a new image serve at once; rollback goes back to the good one before;\nprune deletes what nobody needs, and its snapshots: all that an image left that bakes no more.\n\nExamples:\n  npm run image\n  npm run image -- bake arm64\n  npm run image -- rollback arm64',
    );
}

async function act(
  verb: Verb,
  named: string | undefined,
  options: Options,
  operator: Operator,
): Promise<number> {
  const former = await formerlyBaked(operator);
  const baked = bakedNames(operator.config);
  const names = verb === 'prune' ? [...baked, ...former] : baked;
  if (verb === 'list' && !options.json) former.map(formerLine).forEach(say);
  if (names.length === 0) return noneBakes(verb, options, operator);
  if (named !== undefined && !names.includes(named))
    return fail(`No image '${named}' bakes itself. Those that do: ${names.join(', ')}`, 2);
  return verb === 'list'
    ? show(named === undefined ? names : [named], options, operator)
    : actOnOne(verb, named, names, options, operator);
}

function actOnOne(
  verb: Exclude<Verb, 'list'>,
  named: string | undefined,
  names: readonly string[],
  options: Options,
  operator: Operator,
): Promise<number> {
  const name = named ?? (names.length === 1 ? names[0] : undefined);
  if (name === undefined) return Promise.resolve(fail(`Which one? ${names.join(', ')}`, 2));
  return actOn(verb, name, options, operator);
}

/** A list without a name in it is a list for a script, and for a person a question. */
const noneBakes = async (verb: Verb, options: Options, operator: Operator): Promise<number> =>
  verb === 'list' && options.json
    ? show([], options, operator)
    : fail('No image of runners.yaml bakes itself: write images.NAME.bake: true.');

function actOn(
  verb: Exclude<Verb, 'list'>,
  name: string,
  options: Options,
  operator: Operator,
): Promise<number> {
  switch (verb) {
    case 'show':
      return show([name], options, operator);
    case 'prune':
      return prune(name, builderOf(operator), operator, say);
    case 'promote':
      return change(name, promoted, operator);
    case 'rollback':
      return change(name, rolledBack, operator);
    case 'bake':
      return bake(name, options, operator);
  }
}

const builderOf = (operator: Operator) => ecsImages(ecsOf(operator));

async function show(names: readonly string[], { json }: Options, { ledger }: Operator): Promise<number> {
  const notes = await Promise.all(
    names.map(async (name) => [name, await readImageNote(name, ledger)] as const),
  );
  if (json)
    say(
      JSON.stringify(
        notes.map(([name, note]) => jsonOf(name, note)),
        null,
        2,
      ),
    );
  else for (const line of notes.flatMap(([name, note]) => linesOf(name, note))) say(line);
  return 0;
}

/** Decided on what the note is at the moment of the write. */
async function change(
  name: string,
  decide: (note: ImageNote) => Change,
  { ledger }: Operator,
): Promise<number> {
  let last: Change | null = null;
  await amendImageNote(
    name,
    (before) => {
      last = decide(before);
      return last.kind === 'changed' ? last.note : before;
    },
    ledger,
  );
  const done = last as Change | null;
  if (done?.kind !== 'changed') return fail(done?.because ?? 'Nothing was changed.');
  say(done.text);
  return 0;
}

async function bake(name: string, { wait }: Options, operator: Operator): Promise<number> {
  const code = await change(name, asked, operator);
  return code === 0 && wait ? follow(name, operator) : code;
}

const LOOK_PAUSE_MS = 5_000;

/** Until the build that was asked for has ended; one line for each step. */
async function follow(name: string, { ledger }: Operator): Promise<number> {
  let said = '';
  for (let look = 0; look < BUILD_MAX_MS / LOOK_PAUSE_MS; look++) {
    const note = await readImageNote(name, ledger);
    if (note.build === null && !note.isAsked) return tellEnd(note);
    const step = note.build === null ? 'waits for the next sweep' : note.build.step.toLowerCase();
    if (step !== said) say(`${note.build?.name ?? name}: ${step}`);
    said = step;
    await sleep(LOOK_PAUSE_MS);
  }
  return fail('It is not done yet: npm run image shows it.');
}

function tellEnd({ failure, images: [newest] }: ImageNote): number {
  if (failure !== null) return fail(`It failed: ${failure.because}`);
  say(`${newest?.name ?? 'The image'} is made, and is tried by the next jobs.`);
  return 0;
}
