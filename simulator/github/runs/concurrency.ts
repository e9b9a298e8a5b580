/**
 * Concurrency groups. GitHub docs, "Control the concurrency of workflows and jobs": one job or run of a group at a time;
 * who comes meanwhile is pending. By default one may be, and the next takes its place; with `queue: max` up to 100, in
 * the order in which they began to wait, and further ones are cancelled. Whoever has its turn keeps it while it waits
 * for a runner.
 */
import type { SimJob, SimRun } from '../model.ts';
import type { ConcurrencyGroup, State } from '../state.ts';
import { Refusal } from '../wire.ts';
import { listLater } from './listed.ts';
import type { Concurrency } from './plans.ts';

const PENDING_MAX = 100;

type Member = SimJob | SimRun;

/** `begin`: what happens at its turn, now or later. */
export function enterGroup(state: State, member: Member, rule: Concurrency, begin: () => void): void {
  if (rule.queue === 'max' && rule.cancelInProgress === true)
    throw new Refusal(422, "The workflow is not valid: 'queue: max' and 'cancel-in-progress: true'.");
  const group = groupOf(state, member, rule);
  turns.set(member, begin);
  if (group.holder === null) take(group, member);
  else wait(state, group, member, rule);
}

function wait(state: State, group: ConcurrencyGroup, member: Member, rule: Concurrency): void {
  member.isPending = true;
  const isFull = rule.queue === 'max' && group.pending.length >= PENDING_MAX;
  const replaced = rule.queue === 'max' ? [] : [...group.pending];
  group.pending.push(member);
  if (isFull) state.cancel(member);
  for (const other of replaced) state.cancel(other);
  if (rule.cancelInProgress === true && group.holder !== null) state.cancel(group.holder);
}

/** It has ended. */
export function leaveGroup(state: State, member: Member, rule: Concurrency): void {
  const group = groupOf(state, member, rule);
  const at = group.pending.indexOf(member);
  if (at >= 0) group.pending.splice(at, 1);
  if (group.holder !== member) return;
  group.holder = null;
  const next = group.pending.shift();
  if (next === undefined) return;
  take(group, next);
  listLater(state, 'plans' in next ? next : next.run);
}

const turns = new WeakMap<Member, () => void>();

function take(group: ConcurrencyGroup, member: Member): void {
  group.holder = member;
  member.isPending = false;
  turns.get(member)?.();
}

function groupOf(state: State, member: Member, rule: Concurrency): ConcurrencyGroup {
  const { repository } = 'plans' in member ? member : member.run;
  const key = `${repository.fullName} ${rule.group}`.toLowerCase();
  const group = state.concurrency.get(key) ?? { holder: null, pending: [] };
  state.concurrency.set(key, group);
  return group;
}
