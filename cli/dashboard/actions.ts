/** The one thing that can be done from the page, where the operator allowed it: to retire a runner, as safely as the command does. */
import type { RunnerEntry } from '../../shared/ledger/entries.ts';
import { LEDGER_SCAN_MAX } from '../../shared/limits.ts';
import { decideRetirement } from '../retire/decide.ts';
import { markRetired } from '../retire/mark.ts';
import type { Operator } from '../shared/operator.ts';
import { html } from '../shared/screen/html.ts';
import { type Say, type Section, section, translated } from './say.ts';

const GONE = 'There is no such runner in the ledger (any more).';

/** What would happen, and the button. */
export async function retirePage(runner: string, operator: Operator, say: Say): Promise<Section[]> {
  const entry = await find(runner, operator);
  if (entry === null) return saying(GONE, say);
  const plan = decideRetirement(entry, false);
  if (plan.kind === 'refused') return saying(plan.because, say);
  if (plan.kind === 'already') return saying(plan.text, say);
  const { words, link } = say;
  return [
    section(
      'retire',
      words.retireAsk,
      html`<p class="name">${entry.name}</p><p>${translated(plan.text, say)}</p><form method="post" action="${link('retire')}"><input type="hidden" name="runner" value="${entry.name}"><button>${words.goOn}</button> <a href="${link('now')}">${words.back}</a></form>`,
    ),
  ];
}

/** Never by force: a runner with a job is left alone. */
export async function retire(runner: string, operator: Operator, say: Say): Promise<Section[]> {
  const entry = await find(runner, operator);
  if (entry === null) return saying(GONE, say);
  const done = await markRetired(entry, false, operator.ledger, operator.clock.nowMs());
  return saying(done.kind === 'refused' ? done.because : done.text, say);
}

async function find(runner: string, { ledger }: Operator): Promise<RunnerEntry | null> {
  const { things } = await ledger.runners.list(LEDGER_SCAN_MAX);
  return things.find(({ entry }) => entry.name === runner)?.entry ?? null;
}

const saying = (text: string, say: Say): Section[] => [
  section(
    'said',
    null,
    html`<p class="banner" role="status">${translated(text, say)}</p><p><a href="${say.link('now')}">${say.words.back}</a></p>`,
  ),
];
