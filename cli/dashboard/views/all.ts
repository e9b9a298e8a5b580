/** The pages by name, in the order of the navigation. */
import type { View } from '../world.ts';
import { HEALTH } from './health.ts';
import { JOB } from './job.ts';
import { MONEY } from './money.ts';
import { type NowState, nowJson, readNow } from './now.ts';
import { nowSections } from './now-page.ts';
import { WAITS } from './waits.ts';

const NOW: View<NowState> = {
  everyMs: () => 2_000,
  read: (_, { operator }) => readNow(operator),
  json: nowJson,
  sections: (state, _, say, { allowsActions }) => nowSections(state, say, allowsActions),
};

export const PAGES = ['now', 'job', 'waits', 'money', 'health'] as const;
export type Page = (typeof PAGES)[number];

export const VIEWS = {
  now: NOW,
  job: JOB,
  waits: WAITS,
  money: MONEY,
  health: HEALTH,
} as Readonly<Record<Page, View<unknown>>>;
