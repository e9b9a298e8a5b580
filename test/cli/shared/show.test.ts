/** Nothing from outside reaches a terminal as a control character. */
import pc from 'picocolors';
import { expect, test } from 'vitest';
import { gatherFindings } from '../../../cli/explain/findings.ts';
import { toJson } from '../../../cli/explain/index.ts';
import { renderText } from '../../../cli/explain/text.ts';
import { jsonOf } from '../../../cli/list/index.ts';
import { readLiveState } from '../../../cli/list/live-state.ts';
import { renderList } from '../../../cli/list/table.ts';
import { PIPE } from '../../../cli/shared/screen/screen.ts';
import { shownText } from '../../../cli/shared/screen/show.ts';
import type { JobId } from '../../../shared/nouns.ts';
import { plainData, plainJson } from '../../../shared/story/outside-text.ts';
import { build } from '../../shared/ledger/builders.ts';
import type { World } from '../../world/in-process.ts';
import { MINUTE_MS, open, operatorOf } from '../explain/fixture.ts';

/** Title, screen, colour, 8-bit CSI, a line of its own, right-to-left, zero width, a hyperlink, a bell. */
const HOSTILE =
  'a\u001b]0;owned\u0007b\u001b[2Jc\u001b[31md\u009b2Je\nf\u202eg\u200bh\u001b]8;;http://evil\u001b\\i\rj\u0000k';
const CONTROL = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;
const withoutLines = (text: string) => text.replaceAll('\n', '');

async function settled<Found>(world: World, asked: Promise<Found>): Promise<Found> {
  let isDone = false;
  const answer = asked.finally(() => {
    isDone = true;
  });
  await world.until(() => isDone, MINUTE_MS);
  return answer;
}

async function hostileWorld(): Promise<World> {
  const world = await open();
  const { ledger, clock } = world.adapters();
  const at = { name: HOSTILE, repository: `acme/${HOSTILE}`, workflow: HOSTILE, createdAtMs: clock.nowMs() };
  const job = build.job(1, { ...at, labels: ['self-hosted', HOSTILE] });
  await ledger.jobs.add(
    job.id,
    build.jobEntry(1, { job, because: HOSTILE, trail: [{ atMs: 1, text: HOSTILE }] }),
  );
  const refused = build.job(2, { ...at, labels: [HOSTILE] });
  await ledger.history.merge({
    job: refused,
    outcome: 'refused',
    because: HOSTILE,
    consoleTail: `one\n${HOSTILE}`,
  });
  return world;
}

test.each([true, false])('list, as JSON: %s, shows no control character of a job', async (isJson) => {
  const world = await hostileWorld();
  const state = await settled(world, readLiveState(operatorOf(world)));
  const text = shownText(state, { isJson, json: jsonOf, text: renderList }, PIPE);
  // Between the columns of a table in a pipe.
  expect(CONTROL.test(withoutLines(isJson ? text : text.replaceAll('\t', ' ')))).toBe(false);
  expect(text).toContain('owned');
  world.fc.close();
});

test.each([1, 2])('explain of job %i shows none either, nor as JSON', async (id) => {
  const world = await hostileWorld();
  const operator = operatorOf(world);
  const findings = await settled(world, gatherFindings(id as JobId, null, operator));
  const how = {
    json: (found: typeof findings) => toJson(found, operator),
    text: (found: typeof findings) => renderText(found, operator.config, false),
  };
  for (const isJson of [true, false])
    expect(CONTROL.test(withoutLines(shownText(findings, { ...how, isJson }, PIPE)))).toBe(false);
  world.fc.close();
});

test('a text brings no colour, and keeps ours', () => {
  const paint = pc.createColors(true);
  const text = (data: { name: string }) => paint.bold(data.name);
  const shown = shownText({ name: '\u001b[31mred' }, { isJson: false, json: (all) => all, text }, PIPE);
  expect(shown).toBe(paint.bold(' [31mred'));
});

test('JSON for a terminal parses to the very text', () => {
  const odd = { name: `${HOSTILE}\u{e0041}\u2028`, lines: ['ünï 日本'] };
  expect(JSON.parse(plainJson(odd))).toEqual(odd);
  expect(plainJson(odd)).toContain('日本');
});

test('a console keeps its lines, and a name does not', () => {
  expect(plainData({ consoleTail: 'a\r\nb\u001b', name: 'a\nb' })).toEqual({
    consoleTail: 'a\nb ',
    name: 'a b',
  });
});
