/** What `prove` asks of metadata goes by `images.NAME.metadata`. */
import { expect, test } from 'vitest';
import { exitCodeOf } from '../../../cli/prove/page.ts';
import { openCloud } from './cloud.ts';

const V1 = { Features: { ImdsSupport: 'v1' } };

test('metadata of the older kind is as it should be where `runners.yaml` says any', async () => {
  const turned = { image: V1, boot: { withoutToken: '200', withToken: '403' } };
  const proof = await openCloud({ metadata: 'any', ...turned }).prove();
  const verdicts = proof.facts.filter(({ id }) => id === 'image' || id === 'metadata');
  expect(verdicts.map(({ verdict }) => verdict)).toEqual(['as assumed', 'as assumed']);
  expect(exitCodeOf(proof)).toBe(0);
});
