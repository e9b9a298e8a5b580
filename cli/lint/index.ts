/** `npm run lint [-- runners.yaml .github/workflows/*.yml]`: mistakes before they are deployed or pushed. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { Command, Option } from 'commander';
import type { Config } from '../../shared/config/config.ts';
import { parseYaml } from '../../shared/config/parse.ts';
import { parseOptions } from '../shared/options.ts';
import { FOLDER } from '../shared/package/places.ts';
import { textOf } from '../shared/runners-yaml.ts';
import { complain, fail, say } from '../shared/screen/show.ts';
import { ROOT } from '../shared/steps.ts';
import { userDataMistakes } from '../shared/user-data-size.ts';
import { lintWorkflow } from './check.ts';
import { FORMATS, type Format, type LintFinding, rendered } from './finding.ts';

interface Options {
  readonly config?: string;
  readonly format: Format;
  readonly out?: string;
}

const command = (): Command =>
  new Command('npm run lint --')
    .description(
      'Checks runners.yaml, and the runs-on of workflows against it. Needs no account and no network.',
    )
    .argument(
      '[files...]',
      'runners.yaml and workflows; without any: runners.yaml and .github/workflows here',
    )
    .option('--config <file>', 'the runners.yaml that workflows are held to')
    .addOption(new Option('--format <format>', 'how findings are told').choices([...FORMATS]).default('text'))
    .option('--out <file>', 'where they are written, instead of to the terminal')
    .addHelpText('after', '\nExit codes: 0 nothing wrong (warnings do not count), 1 something is, 2 usage.');

export async function main(args: readonly string[]): Promise<number> {
  const asked = command();
  const options = parseOptions<Options>(asked, args);
  if (typeof options === 'number') return options;
  const files = asked.args.length > 0 ? asked.args : proposed(options.config);
  const isConfiguration = (file: string) => file === options.config || isRunnersYaml(file);
  const path = options.config ?? files.find(isConfiguration) ?? join(FOLDER, 'runners.yaml');
  const absent = [path, ...files].find((file) => !existsSync(file));
  if (absent !== undefined) {
    const how = absent === path ? ' Name it with --config, or npm run setup makes a runners.yaml.' : '';
    return fail(`There is no ${absent}.${how}`, 2);
  }
  const workflows = files.filter((file) => !isConfiguration(file));
  const texts = new Map([path, ...workflows].map((file) => [file, textOf(file)]));
  if ([...texts.values()].includes(null)) return 2;
  const read = (file: string) => texts.get(file) ?? '';
  const { config, found } = lintConfiguration(path, read(path));
  const all = [
    ...found,
    ...(config === null ? [] : workflows.flatMap((file) => lintWorkflow(file, read(file), config))),
  ];
  tell(all, options);
  return all.some(({ level }) => level === 'error') ? 1 : 0;
}

/** By its name, but for workflows: theirs are their own. */
const isRunnersYaml = (file: string): boolean =>
  /^runners.*\.ya?ml$/.test(basename(file)) && basename(dirname(resolve(file))) !== 'workflows';

function tell(found: readonly LintFinding[], { format, out }: Options): void {
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
  const text = rendered(found, format, version);
  if (out !== undefined) writeFileSync(out, text);
  else if (text !== '') say(text.trimEnd());
  if (format === 'text' && found.length === 0) complain('Nothing is wrong.');
}

function proposed(config = join(FOLDER, 'runners.yaml')): string[] {
  const folder = join('.github', 'workflows');
  const workflows = existsSync(folder) ? readdirSync(folder).filter((name) => /\.ya?ml$/.test(name)) : [];
  return [config, ...workflows.map((name) => join(folder, name))];
}

/** A file with mistakes has no meaning that workflows could be held to. */
function lintConfiguration(
  file: string,
  text: string,
): {
  readonly config: Config | null;
  readonly found: readonly LintFinding[];
} {
  const parsed = parseYaml(text);
  if (parsed.kind === 'wrong')
    return {
      config: null,
      found: parsed.mistakes.map((text, at) => ({ file, line: parsed.lines[at] ?? 1, level: 'error', text })),
    };
  const says =
    (level: LintFinding['level']) =>
    (text: string): LintFinding => ({ file, line: 1, level, text });
  const large = userDataMistakes(parsed.config).map(says('error'));
  return { config: parsed.config, found: [...large, ...parsed.warnings.map(says('warning'))] };
}
