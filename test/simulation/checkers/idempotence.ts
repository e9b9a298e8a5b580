/** Requests are resent word for word, and only a definite refusal moves on to another. */

import type { Params } from '../../../simulator/ecs/parameters.ts';
import type { Report } from './truth.ts';

interface Failure {
  readonly code: string;
  readonly status: number | null;
}

export function createIdempotence(report: Report) {
  const words = new Map<string, string>();
  /** Runner → the token whose outcome nobody knows. */
  const unclear = new Map<string, string>();
  return {
    answered(params: Params, failure: Failure | null): void {
      const { ClientToken: token = '', InstanceName: name = '' } = params;
      const said = JSON.stringify(Object.entries(params).sort(([a], [b]) => (a < b ? -1 : 1)));
      if (token === '') report('a launch carries a client token', name);
      if ((words.get(token) ?? said) !== said)
        report('a request is resent word for word', `${name}: ${token}`);
      words.set(token, said);
      const other = unclear.get(name);
      if (other !== undefined && other !== token)
        report('an unknown outcome ends the walk', `${name} asks again with other words`);
      if (isUnclear(failure)) unclear.set(name, token);
    },
    /** Its entry is gone: it was seen that there is no instance. A job that is found anew counts its launches anew. */
    closed: (name: string) => void unclear.delete(name),
  };
}

/** No answer, or the service's own failure: an instance may have been made. */
function isUnclear(failure: Failure | null): boolean {
  return failure !== null && (failure.status === null || failure.status === 500);
}
