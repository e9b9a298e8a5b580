/** `npm run infra:synth [-- --config FILE --out FOLDER]`: the ROS templates, without network or credentials. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { secretReferences } from '../../infra/secrets.ts';
import { readDotEnv } from '../shared/dot-env.ts';
import { parseOptions } from '../shared/options.ts';
import { FOLDER, MADE } from '../shared/package/places.ts';
import { readRunnersYaml } from '../shared/runners-yaml.ts';
import { say } from '../shared/screen/show.ts';

interface Options {
  readonly config?: string;
  readonly out: string;
}

const command = (): Command =>
  new Command('npm run infra:synth --')
    .description('Writes the ROS templates, without network or credentials.')
    .option('--config <file>', 'another runners.yaml')
    .option('--out <folder>', 'where they are written', join(MADE, 'cdk.out'));

export async function main(args: readonly string[]): Promise<number> {
  const values = parseOptions<Options>(command(), args);
  if (typeof values === 'number') return values;
  const config = readRunnersYaml(values.config);
  if (config === null) return 2;
  const { synthesise } = await import('../../infra/app.ts');
  const secrets = secretReferences({ ...readDotEnv(FOLDER), ...process.env });
  mkdirSync(values.out, { recursive: true });
  for (const { stackName, region, body } of synthesise(config, secrets, values.out)) {
    const file = join(values.out, `${stackName}.json`);
    writeFileSync(file, `${JSON.stringify(body, null, 2)}\n`);
    const { Resources } = body as { Resources: Record<string, unknown> };
    say(`${file}  (${region}, ${Object.keys(Resources).length} resources)`);
  }
  return 0;
}
