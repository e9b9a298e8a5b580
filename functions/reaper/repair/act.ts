import { alertOnce } from '../../../shared/alert-once.ts';
import type { RunnerEntry } from '../../../shared/ledger/entries.ts';
import type { Held } from '../../../shared/ledger/ledger.ts';
import { terminate } from '../ending/terminate.ts';
import { holdBack } from '../events/release-held.ts';
import type { Evidence } from '../survey/evidence.ts';
import type { Observation } from '../survey/observe.ts';
import type { ReaperWorld } from '../world.ts';
import { adopt } from './adopt.ts';
import { ask } from './ask.ts';
import { close } from './close.ts';
import { confirm } from './confirm.ts';
import { countSighting, entryAfter } from './notes.ts';
import { removeRegistration, removeStray } from './remove.ts';
import { interrupt, retire } from './retire.ts';
import { giveUpBilling, noteStopped, rest } from './standby/rest.ts';
import type { Verdict } from './verdict.ts';

export async function act(
  observation: Observation,
  judged: Verdict,
  evidence: Evidence,
  world: ReaperWorld,
): Promise<void> {
  const { held, instances } = observation;
  const { kind, because } = judged;
  if (held === null) return actOnStray(observation, kind, world);
  if (judged.standing && observation.waiting) await holdBack(observation.waiting, judged.standing, world);
  switch (kind) {
    case 'keep':
    case 'adopt':
    case 'deregister':
      return;
    case 'warn':
      return alertOnce(
        `lifetime-${held.entry.name}`,
        `The runner ${held.entry.name} is busy, and ${because}.`,
        world,
      );
    case 'rest':
      return rest(held, observation, world);
    case 'bills-on':
      return giveUpBilling(held, observation, because, world);
    case 'dismiss':
      return retire({ ...held, entry: { ...held.entry, isUnwanted: true } }, observation, because, world);
    case 'stopped':
      await noteStopped(held, world);
      return;
    case 'retire':
      return retire(held, observation, because, world);
    case 'terminate':
      return letGo(held, instances, world);
    case 'remove':
      return removeRegistration(held, observation, because, world);
    case 'confirm':
      return confirm(held, observation, because, evidence, world);
    case 'ask':
      return ask(held, evidence, world);
    case 'interrupt':
      return interrupt(held, world);
    case 'close':
      return close(held, observation, world);
    case 'sight':
      return countSighting(held, because, world);
    case 'found':
    case 'online':
    case 'busy':
    case 'unsight':
    case 'look-again':
      await world.ledger.runners.replace(
        held.entry.name,
        held,
        entryAfter(kind, observation, held.entry, world.clock.nowMs()),
      );
  }
}

/** A person may have kept it for longer meanwhile: that a machine is kept no more is written first. */
async function letGo(
  held: Held<RunnerEntry>,
  instances: Observation['instances'],
  world: ReaperWorld,
): Promise<void> {
  const { entry } = held;
  const free =
    entry.keep == null
      ? held
      : await world.ledger.runners.replace(entry.name, held, { ...entry, keep: null });
  if (free !== null) await terminate(free.entry, world, instances);
}

/** The ledger does not know it. */
async function actOnStray(
  observation: Observation,
  kind: Verdict['kind'],
  world: ReaperWorld,
): Promise<void> {
  if (kind === 'adopt') await adopt(observation, world);
  if (kind === 'deregister') await removeStray(observation, world);
}
