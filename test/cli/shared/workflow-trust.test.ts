/** What a deploy finds out about the workflow that may deploy. */
import { expect, test } from 'vitest';
import { workflowTrust } from '../../../cli/shared/workflow-trust.ts';
import type { GitHubAnswer } from '../../../shared/adapters/github/request.ts';
import { configOf } from '../../world/in-process.ts';

const config = configOf({ control: { deployFrom: { repository: 'acme/infra', branch: 'main' } } });
const answer = (status: number, data: unknown = {}): GitHubAnswer => ({ status, headers: {}, data });
const INSTALLED = answer(200, { id: 7 });
const found = (full_name: string) => answer(200, { id: 22, full_name, owner: { id: 11 } });
const FOUND = found('acme/infra');

function trust(...answers: readonly GitHubAnswer[]) {
  const [lines, left]: [string[], GitHubAnswer[]] = [[], [...answers]];
  const world = {
    // Nothing of it is asked here: see test/cli/deploy/failures/from-workflow.test.ts.
    alibaba: undefined as never,
    sleep: async () => undefined,
    github: async () => left.shift() ?? answer(500),
    rootOf: async () => null,
    say: (line: string) => void lines.push(line),
  };
  return { lines, asked: workflowTrust(config, world) };
}

test('both subjects, where GitHub says the ids', async () => {
  const { subjects } = (await trust(INSTALLED, FOUND).asked) ?? {};
  expect(subjects).toEqual([
    'repo:acme/infra:ref:refs/heads/main',
    'repo:acme@11/infra@22:ref:refs/heads/main',
  ]);
});

test('GitHub spells it otherwise, and so do its tokens; and that is said', async () => {
  const { lines, asked } = trust(INSTALLED, found('Acme/Infra'));
  expect((await asked)?.subjects).toEqual([
    'repo:Acme/Infra:ref:refs/heads/main',
    'repo:Acme@11/Infra@22:ref:refs/heads/main',
  ]);
  expect(lines).toContainEqual(
    'GitHub calls acme/infra Acme/Infra: write that as control.deployFrom.repository',
  );
});

test('the older one alone, where the App is not installed; and that is said', async () => {
  const { lines, asked } = trust(answer(404));
  expect((await asked)?.subjects).toEqual(['repo:acme/infra:ref:refs/heads/main']);
  expect(lines).toContainEqual(expect.stringMatching(/the ids of acme\/infra could not be read/));
});

// biome-ignore format: a table reads best as a table.
test.each([
  ['the installation is not told', [answer(502)], /answered 502 to GET \/repos\/\{owner\}\/\{repo\}\/installation/],
  ['the App’s key is refused', [answer(401)], /answered 401/],
  ['the repository is not told', [INSTALLED, answer(503)], /answered 503 to GET \/repos\/\{owner\}\/\{repo\}:/],
  ['a former name leads to another’s', [INSTALLED, found('other/infra')], /GitHub calls acme\/infra other\/infra: write that as control.deployFrom.repository, if it may deploy/],
  ['the answer is none of GitHub’s', [INSTALLED, answer(200, '<html>')], /answered 200/],
] as const)('%s: no deploy, which would take the right of the newer one away', async (_, answers, said) => {
  await expect(trust(...answers).asked).rejects.toThrow(said);
});
