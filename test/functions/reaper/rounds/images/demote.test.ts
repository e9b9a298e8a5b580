/** What served well may break: by which boots it is put aside. */
import { expect, test } from 'vitest';
import { afterBoots } from '../../../../../functions/reaper/rounds/images/demote.ts';
import type { RunnerEntry } from '../../../../../shared/ledger/entries.ts';
import {
  type BakedImage,
  BLANK_IMAGE_NOTE,
  type ImageNote,
} from '../../../../../shared/runner/images/image-note.ts';
import { build } from '../../../../shared/ledger/builders.ts';

const IMAGE: BakedImage = {
  ...{ name: 'new', state: 'good', recipe: 'abc', runnerVersion: '2.336.0', bakedAtMs: 0 },
  ...{ ids: { 'cn-hangzhou': 'm-new' }, good: 3, bad: 0, because: '3 runners of it came online in time' },
};
const NEVER = { state: 'retiring', because: 'it never came online' } as const;
/** A runner of the image, by the minute of its launch. */
const boot = (minute: number, some: Partial<RunnerEntry>): RunnerEntry =>
  build.runnerEntry(`${minute}-1`, {
    ...{ image: 'new', instanceId: `i-${minute}` as never, createdAtMs: minute * 60_000, ...some },
  });
const online = (minute: number, atMinute: number) =>
  boot(minute, { state: 'busy', onlineAtMs: atMinute * 60_000 });

/** One sweep after the other. */
function after(...sweeps: readonly (readonly RunnerEntry[])[]): BakedImage | undefined {
  const note: ImageNote = { ...BLANK_IMAGE_NOTE, images: [IMAGE, { ...IMAGE, name: 'old' }] };
  return sweeps.reduce<ImageNote>((before, runners) => afterBoots(before, runners, []), note).images[0];
}

// biome-ignore format: a table reads best as a table.
test.each([
  ['two in a row did not come online', [[boot(1, NEVER)], [boot(20, NEVER)]], 'aside'],
  ['two at once did not', [[boot(1, NEVER), boot(2, NEVER)]], 'aside'],
  ['one wrote no line', [[boot(1, { ...NEVER, isSilent: true })]], 'aside'],
  ['one did not, seen in many sweeps', [[boot(1, NEVER)], [boot(1, NEVER)], [boot(1, NEVER)]], 'good'],
  ['one came online between two that did not', [[boot(1, NEVER)], [online(12, 13)], [boot(20, NEVER)]], 'good'],
  ['others of the same minute came online while two did not', [[online(1, 2), boot(1, { state: 'booting' }), boot(1, { state: 'booting' })], [boot(1, NEVER), boot(1, NEVER)]], 'good'],
  ['one that came online before both still runs', [[online(0, 1)], [online(0, 1), boot(5, NEVER)], [online(0, 1), boot(20, NEVER)]], 'aside'],
  ['two were not needed any more', [[boot(1, { state: 'retiring', because: 'its job ended' }), boot(2, { state: 'retiring', because: 'its job ended' })]], 'good'],
  ['two of another image did not', [[boot(1, { ...NEVER, image: 'stock' }), boot(2, { ...NEVER, image: null })]], 'good'],
  ['two boot', [[boot(1, { state: 'booting' }), boot(2, { state: 'booting' })]], 'good'],
])('%s', (_what, sweeps, state) => {
  expect(after(...sweeps)?.state).toBe(state);
});

test('the market took both back: that says nothing of the image', () => {
  const note = { ...BLANK_IMAGE_NOTE, images: [IMAGE] };
  const taken = ['i-1', 'i-2'].map((id) => ({ id: id as never, isRecycling: true }));
  const next = afterBoots(note, [boot(1, NEVER), boot(2, NEVER)], taken);
  expect(next).toEqual(note);
});

test('it says why, and the one before is not judged by its runners', () => {
  const note = { ...BLANK_IMAGE_NOTE, images: [IMAGE, { ...IMAGE, name: 'old' }] };
  const next = afterBoots(note, [boot(1, NEVER), boot(2, NEVER)], []);
  expect(next.images.map(({ state }) => state)).toEqual(['aside', 'good']);
  expect(next.images[0]?.because).toBe('2 runners of it in a row did not come online');
});
