/** An operator who installs on the empty account, with the code of the commands: only hands and addresses are others. */

import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildAll } from '../../build.ts';
import { deploy } from '../../cli/deploy/deploy.ts';
import { rollBack } from '../../cli/deploy/functions.ts';
import { invokeOnce } from '../../cli/deploy/invoke.ts';
import { ledgerOf } from '../../cli/destroy/busy.ts';
import { destroy } from '../../cli/destroy/destroy.ts';
import { examine, type Finding } from '../../cli/doctor/finding.ts';
import { CHECKS } from '../../cli/doctor/index.ts';
import { realWorld as doctorWorld, githubAsApp } from '../../cli/doctor/real-world.ts';
import { newDraft } from '../../cli/prove/draft.ts';
import { type Proof, proofOf } from '../../cli/prove/page.ts';
import { planOf } from '../../cli/prove/plan.ts';
import { intentionFile, realWorlds } from '../../cli/prove/real-world.ts';
import { stepsOf } from '../../cli/prove/steps.ts';
import { realWorld as setupWorld } from '../../cli/setup/index.ts';
import { setup } from '../../cli/setup/setup.ts';
import type { Ask } from '../../cli/setup/world.ts';
import { alibaba } from '../../cli/shared/alibaba.ts';
import { readDotEnv } from '../../cli/shared/dot-env.ts';
import { operatorLedger } from '../../cli/shared/ledger.ts';
import { regionsInUse } from '../../functions/reaper/survey/known.ts';
import { ecsAddress, ecsCall } from '../../shared/adapters/ecs/call.ts';
import { ecsImages } from '../../shared/adapters/ecs/images.ts';
import type { Config } from '../../shared/config/config.ts';
import { parseYaml } from '../../shared/config/parse.ts';
import { ACCOUNT_ID, deployFunctions, type EmptyAccount } from '../../simulator/empty-account/index.ts';
import { createApp, doorFor } from '../cli/setup/by-hand.ts';

const ROOT = join(import.meta.dirname, '../..');

export interface Operator {
  readonly root: string;
  readonly said: string[];
  config(): Config;
  setup(): Promise<number>;
  deploy(): Promise<number>;
  rollBack(): Promise<void>;
  doctor(): Promise<readonly Finding[]>;
  prove(sweep: () => Promise<void>): Promise<Proof>;
  destroy(): Promise<number>;
  close(): void;
}

/** A fresh clone has no more than what git holds; of it, these are read from the operator's folder. */
export function operatorOf(account: EmptyAccount): Operator {
  const root = mkdtempSync(join(tmpdir(), 'install-'));
  for (const file of ['s.yaml', 'package.json']) copyFileSync(join(ROOT, file), join(root, file));
  const accessKey = async () => account.accessKey;
  const cloud = alibaba(accessKey, account.variables.ALIBABA_ENDPOINT);
  const variables = (): Record<string, string> => ({ ...account.variables, ...readDotEnv(root) });
  const said: string[] = [];
  const say = (line: string): void => void said.push(line);
  const pause = () => new Promise<void>((resolve) => setTimeout(resolve, 10));
  const config = () => configIn(root);
  const self: Operator = {
    root,
    said,
    config,
    setup: () => setup(setUpBy(self, account)),
    deploy: () =>
      deploy({
        ...{ root, ours: root, made: root, alibaba: cloud, variables: variables(), say, sleep: pause },
        confirm: async () => true,
        ...{ usesOwnKey: false, download },
        build: async (built) => void (await buildAll(built, join(root, 'dist'))),
        async deployFunctions(file, filled, key) {
          const endpoint = account.variables.ALIBABA_ENDPOINT as string;
          const { call } = alibaba(async () => key, endpoint);
          const asked = { root, file, variables: filled, endpoint, accountId: ACCOUNT_ID, call, say };
          return deployFunctions(asked).then(() => 0);
        },
        github: githubAsApp(config().github.baseUrl, config().control.region, variables(), cloud, root),
        rootOf: async () => null,
        startMirror: (functionName) =>
          invokeOnce(functionName, config(), cloud, account.variables.INVOKE_ENDPOINT),
        regionsInUse: async () =>
          regionsInUse({
            ledger: await operatorLedger(config(), cloud, account.variables.TABLESTORE_ENDPOINT),
            clock: { nowMs: Date.now },
          }),
      }),
    rollBack: () => rollBack({ alibaba: cloud, config: config(), download, say }),
    doctor: () =>
      examine(
        CHECKS,
        doctorWorld(config(), { variables: variables(), accessKey, root, rootOf: async () => null }),
      ),
    prove: (sweep) => proveOn(account, config(), root, sweep),
    destroy: () => {
      const { ECS_ENDPOINT, TABLESTORE_ENDPOINT } = account.variables;
      const call = ecsCall({ credentials: accessKey, ...ecsAddress(ECS_ENDPOINT) });
      const ecs = { call, pause, deployment: config().name };
      return destroy({
        ...{ alibaba: cloud, config: config(), say, sleep: pause, images: ecsImages(ecs) },
        ...ledgerOf(() => operatorLedger(config(), cloud, TABLESTORE_ENDPOINT), ecs, Date.now),
        confirm: async () => true,
      });
    },
    close: () => rmSync(root, { recursive: true }),
  };
  return self;
}

/** Its time is made of its waits, each of which is short; `sweep` is made before each look but the first. */
async function proveOn(
  account: EmptyAccount,
  config: Config,
  root: string,
  sweep: () => Promise<void>,
): Promise<Proof> {
  let nowMs = Date.now();
  const quick = {
    nowMs: () => nowMs,
    async sleep(ms: number) {
      await new Promise<void>((resolve) => setTimeout(resolve, 20));
      nowMs += ms;
    },
  };
  const options = {
    ...{ variables: account.variables, accessKey: async () => account.accessKey },
    ...{ intention: intentionFile(join(root, 'prove.json')), run: 'a1b2c3' },
  };
  const { world } = realWorlds(config, new AbortController().signal, options);
  const plan = planOf(config, await world.markets(), quick.nowMs());
  const draft = newDraft(plan, quick.nowMs());
  const first = world.sweeps;
  let looks = 0;
  const sweeps = async () => {
    if (looks++ > 0) await sweep();
    return first();
  };
  const here = { ...world, ...quick, sweeps };
  for (const { run } of stepsOf(draft, here, here)) await run();
  return proofOf(draft, config, '0.2.0', quick.nowMs());
}

const download = async (url: string) => Buffer.from(await (await fetch(url)).arrayBuffer());

function configIn(root: string): Config {
  const parsed = parseYaml(readFileSync(join(root, 'runners.yaml'), 'utf8'));
  if (parsed.kind === 'wrong') throw new Error(parsed.mistakes.join('\n'));
  return parsed.config;
}

/** Answers with each question's own choice where there is one. */
function setUpBy(self: Operator, account: EmptyAccount): Parameters<typeof setup>[0] {
  const world = setupWorld({
    root: self.root,
    environment: account.variables,
    accessKey: async () => account.accessKey,
    ask: ASK,
  });
  return {
    ...world,
    say: (line) => {
      self.said.push(line);
      const page = /^Install it: (\S+)$/.exec(line)?.[1];
      if (page !== undefined) installing = installAt(page);
    },
    openDoor: doorFor(createApp, self.said),
    deploy: self.deploy,
    sleep: () => new Promise((resolve) => setTimeout(resolve, 20)),
  };
}

let installing: Promise<unknown> = Promise.resolve();

async function installAt(page: string): Promise<void> {
  const owner = /value="([^"]+)"/.exec(await (await fetch(page)).text())?.[1] ?? '';
  await fetch(page, { method: 'POST', body: new URLSearchParams({ owner }) });
}

const TEXTS: Readonly<Record<string, string>> = {
  'The organisation': 'acme',
  'A bucket that deploy makes for GitHub’s runner, unique over all accounts; - for none': '-', // no OSS here
  'The id of the KMS instance': 'kst-1',
  'The id of its key that encrypts secrets': 'key-1',
};

const ASK: Ask = {
  async text(message, options) {
    const text = TEXTS[message] ?? options.default ?? '';
    const checked = options.check?.(text) ?? true;
    if (checked !== true) throw new Error(`${message}: ${text} is refused: ${checked}`);
    return text;
  },
  choose: async (_message, [first]) => first?.value as never,
  async confirm() {
    await installing;
    return true;
  },
};
