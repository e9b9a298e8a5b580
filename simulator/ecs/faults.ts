/** What can go wrong with a call, in words of the domain. */
import type { Params } from './parameters.ts';
import { EcsRefusal, NoAnswer } from './refusal.ts';

/**
 * - `timeout-before`: nothing is done and nothing is answered; `timeout-after`: it is done, the answer is lost;
 * - `late`: nothing is answered, and it is done a minute later at most. ECS's own code LastTokenProcessing says that a
 *   request may be under way while nobody hears of it;
 * - `hang`: it is done, and the connection stays silent; `truncated`: the answer ends in the middle;
 * - `500-after-success`: it is done, and the answer is 500 InternalError; `gateway`: nothing is done, a 502 in HTML;
 * - `400-after-success`: it is done, and the answer is 400 UnknownError (alibaba/terraform-provider issue 466);
 * - `{code}`: nothing is done, and ECS says so with this code.
 */
export type Fault = NamedFault | { readonly code: string; readonly status?: number };

type NamedFault =
  | 'timeout-before'
  | 'timeout-after'
  | 'hang'
  | 'truncated'
  | '500-after-success'
  | '400-after-success'
  | 'gateway'
  | 'late';

export type FaultSource = (action: string, params: Params, region: string) => Fault | null;

/** Runs `act` as the fault has it; without a fault, just runs it. */
export function applyFault(fault: Fault | null, act: () => object, later: (act: () => void) => void): object {
  if (fault === null) return act();
  if (typeof fault === 'object') throw new EcsRefusal(fault.code, undefined, fault.status);
  return fault === 'late' ? tooLate(act, later) : spoiled(fault, act);
}

function tooLate(act: () => object, later: (act: () => void) => void): never {
  later(() => {
    try {
      act();
    } catch (error) {
      // A refusal that nobody hears.
      if (!(error instanceof EcsRefusal)) throw error;
    }
  });
  throw new NoAnswer('cut', null);
}

function spoiled(fault: Exclude<NamedFault, 'late'>, act: () => object): never {
  switch (fault) {
    case 'timeout-before':
      throw new NoAnswer('cut', null);
    case 'gateway':
      throw new NoAnswer('gateway', null);
    case 'timeout-after':
      throw new NoAnswer('cut', act());
    case 'hang':
      throw new NoAnswer('hang', act());
    case 'truncated':
      throw new NoAnswer('truncated', act());
    case '500-after-success':
      act();
      throw new EcsRefusal('InternalError', 'The request processing has failed due to some unknown error.');
    case '400-after-success':
      act();
      throw new EcsRefusal(
        'UnknownError',
        'The request processing has failed due to some unknown error.',
        400,
      );
  }
}
