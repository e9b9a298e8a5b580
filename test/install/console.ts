/** What a person does without any command of ours: on GitHub's pages, and in the console of Alibaba Cloud. */
import { expect } from 'vitest';
import { localPage } from '../../cli/setup/local-page.ts';
import { type Converted, parseConverted } from '../../cli/setup/progress.ts';
import { type Alibaba, alibaba } from '../../cli/shared/alibaba.ts';
import { operatingWords } from '../../shared/words/operating.ts';
import type { EmptyAccount } from '../../simulator/empty-account/index.ts';
import { createApp } from '../cli/setup/by-hand.ts';

export const REGION = 'cn-hongkong';
type FilledIn = Readonly<Record<string, string>>;

/** The form, but for the secret. */
export const FILLED_IN: FilledIn = {
  ...{ Name: 'ci', Organization: 'acme', Zone1: 'b', Zone2: 'k', GitHubAppId: '4242' },
  ...{ PrivateKeyParameter: 'the-key', CodeBucket: 'code', CodeFolder: 'of' },
};

/** With the permissions that docs/install.md lists, and installed. */
export async function makeApp({ variables }: EmptyAccount): Promise<Converted> {
  const { GITHUB_BASE_URL = '', GITHUB_API = '' } = variables;
  const page = await localPage({
    answers: { name: 'ci', owner: 'acme', scope: 'organization', baseUrl: GITHUB_BASE_URL } as never,
    ...{ state: 'any', words: operatingWords('en') },
    convert: async (code) => {
      const made = await fetch(`${GITHUB_API}/app-manifests/${code}/conversions`, { method: 'POST' });
      return parseConverted(await made.json());
    },
  });
  await createApp(page.url);
  const app = await page.converted;
  await page.close();
  const owner = new URLSearchParams({ owner: 'acme' });
  await fetch(`${app.html_url}/installations/new`, { method: 'POST', body: owner });
  return app;
}

export interface Console {
  readonly cloud: Alibaba;
  /** As an encrypted parameter. */
  keepKey(pem: string): Promise<unknown>;
  /** Gives the stack's id. */
  makeStack(filledIn: FilledIn): Promise<string>;
  updateStack(id: string, filledIn: FilledIn): Promise<unknown>;
  /** What became of it, once nothing is under way any more. */
  ended(id: string): Promise<{ readonly status: string; readonly outputs: Record<string, string> }>;
  removed(id: string): Promise<void>;
}

export function consoleOf({ accessKey, variables }: EmptyAccount, TemplateBody: string): Console {
  const cloud = alibaba(
    async () => accessKey,
    variables.ALIBABA_ENDPOINT,
    async () => undefined,
  );
  const ros = (action: string, query: FilledIn, form?: FilledIn) =>
    cloud.rpc('ros', REGION, action, { RegionId: REGION, ...query }, form);
  const ended: Console['ended'] = async (StackId) => {
    for (let look = 0; look < 10; look++) {
      const { Status, Outputs } = await ros('GetStack', { StackId });
      const outputs = (Outputs as { OutputKey: string; OutputValue: string }[]).map(
        ({ OutputKey, OutputValue }) => [OutputKey, OutputValue],
      );
      if (!String(Status).endsWith('IN_PROGRESS'))
        return { status: String(Status), outputs: Object.fromEntries(outputs) };
    }
    throw new Error('it is under way for ever');
  };
  return {
    ...{ cloud, ended },
    keepKey: (Value) =>
      cloud.rpc('oos', REGION, 'CreateSecretParameter', { Name: 'the-key', Type: 'Secret' }, { Value }),
    async makeStack(filledIn) {
      const form = { TemplateBody, ...parametersOf(filledIn) };
      return String((await ros('CreateStack', { StackName: 'runners' }, form)).StackId);
    },
    updateStack: (StackId, filledIn) =>
      ros('UpdateStack', { StackId }, { TemplateBody, ...parametersOf(filledIn) }),
    async removed(StackId) {
      await ros('DeleteStack', { StackId });
      await expect(ended(StackId)).rejects.toThrow('StackNotFound');
    },
  };
}

const parametersOf = (filledIn: FilledIn): FilledIn =>
  Object.fromEntries(
    Object.entries(filledIn).flatMap(([key, value], at) => [
      [`Parameters.${at + 1}.ParameterKey`, key],
      [`Parameters.${at + 1}.ParameterValue`, value],
    ]),
  );
