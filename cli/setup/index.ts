/** `npm run setup`: from an account and an organisation to the first delivery. */

import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'commander';
import type { AccessKey } from '../../shared/adapters/alibaba/acs3.ts';
import { apiUrl } from '../../shared/adapters/github/client.ts';
import { exchange } from '../../shared/adapters/http/exchange.ts';
import { parseYaml } from '../../shared/config/parse.ts';
import { parseJson } from '../../shared/json.ts';
import { type Language, languageOf } from '../../shared/words/language.ts';
import { operatingWords } from '../../shared/words/operating.ts';
import { webhookUrl } from '../doctor/checks/functions.ts';
import { nullIfAbsent } from '../doctor/checks/roles.ts';
import { githubAsApp } from '../doctor/real-world.ts';
import { type Alibaba, alibaba, operatorKey } from '../shared/alibaba.ts';
import { readDotEnv } from '../shared/dot-env.ts';
import { parseOptions } from '../shared/options.ts';
import { FOLDER, IS_PACKAGE } from '../shared/package/places.ts';
import { openDoor } from '../shared/screen/door.ts';
import { LEFT, leaving } from '../shared/screen/leaving.ts';
import { complain, fail, say } from '../shared/screen/show.ts';
import { unaskedOf } from '../shared/screen/unasked.ts';
import { prepareFolder } from './folder.ts';
import { progressFile } from './progress.ts';
import { prompts } from './prompts.ts';
import { setup } from './setup.ts';
import type { Ask, SetupWorld } from './world.ts';

const command = (): Command =>
  new Command('npm run setup --').description(
    'From an account and an organisation to the first delivery. Leave it at any point: the next run goes on from there.',
  );

export async function main(args: readonly string[]): Promise<number> {
  const options = parseOptions<object>(command(), args);
  if (typeof options === 'number') return options;
  const words = operatingWords(languageOf(process.env, preferredIn(FOLDER)));
  const ask = prompts(words.say);
  const added = IS_PACKAGE ? prepareFolder(FOLDER) : [];
  if (added.length > 0) say(words.say(`Kept out of git from now on (.gitignore): ${added.join(', ')}.`));
  const world = realWorld({ root: FOLDER, environment: process.env, accessKey: operatorKey, ask });
  const tellLeft = () => complain(`\n${words.say('Left. The next npm run setup goes on from here.')}`);
  // While it waits for the browser, say: a question tells of Ctrl-C by itself.
  leaving().signal.addEventListener('abort', () => {
    tellLeft();
    process.exit(LEFT);
  });
  try {
    return await setup({ ...world, words, say: (line) => say(words.say(line)) });
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const unasked = unaskedOf(error);
    if (unasked === null) throw Object.assign(error, { message: words.say(error.message) });
    if (unasked === 'closed')
      return fail(`\n${words.say('Nobody is there to be asked: run npm run setup in a terminal.')}`, 2);
    tellLeft();
    return LEFT;
  }
}

/** What `runners.yaml` says, where it is there already and whole. */
function preferredIn(root: string): Language {
  const path = join(root, 'runners.yaml');
  const parsed = existsSync(path) ? parseYaml(readFileSync(path, 'utf8')) : null;
  return parsed?.kind === 'ok' ? parsed.config.alerts.language : 'en';
}

export interface RealOptions {
  readonly root: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly accessKey: () => Promise<AccessKey>;
  readonly ask: Ask;
}

export function realWorld({ root, environment, accessKey, ask }: RealOptions): SetupWorld {
  const cloud = alibaba(accessKey, environment.ALIBABA_ENDPOINT);
  const progress = progressFile(root);
  return {
    root,
    variables: environment,
    progress,
    ask,
    alibaba: cloud,
    say,
    words: operatingWords('en'),
    zonesOf: (region) => zonesOf(cloud, region),
    newState: () => randomBytes(24).toString('base64url'),
    convert: (baseUrl, code) => convert(environment.GITHUB_API ?? apiUrl(baseUrl), code),
    github() {
      const { baseUrl = '', region = '' } = progress.read().answers ?? {};
      return githubAsApp(baseUrl, region, { ...environment, ...readDotEnv(root) }, cloud, root);
    },
    openDoor,
    deploy: async () => (await import('../deploy/index.ts')).main([]),
    webhookUrl: async () => {
      const parsed = parseYaml(readFileSync(join(root, 'runners.yaml'), 'utf8'));
      if (parsed.kind === 'wrong')
        throw new Error(`runners.yaml has mistakes: ${parsed.mistakes.join('; ')}`);
      return webhookUrl({ alibaba: cloud, config: parsed.config }).catch(nullIfAbsent);
    },
    sleep,
  };
}

/** Without credentials, or rights, the operator knows them anyway. */
async function zonesOf(cloud: Alibaba, region: string): Promise<string[]> {
  try {
    const { Zones } = await cloud.rpc('ecs', region, 'DescribeZones');
    return (Zones as { Zone: { ZoneId: string }[] }).Zone.map(({ ZoneId }) => ZoneId.slice(-1)).sort();
  } catch {
    return [];
  }
}

/** @see https://docs.github.com/rest/apps/apps#create-a-github-app-from-a-manifest */
async function convert(api: string, code: string): Promise<{ status: number; data: unknown }> {
  const { status, body } = await exchange({
    url: new URL(`${api}/app-manifests/${encodeURIComponent(code)}/conversions`),
    method: 'POST',
    headers: { accept: 'application/vnd.github+json', 'user-agent': 'aliyun-spot-runners' },
    maxMs: 30_000,
    // The code is good for one exchange.
    isOnce: true,
  });
  return { status, data: parseJson(body.toString()) };
}
