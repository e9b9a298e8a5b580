/** ModifyInstanceAutoReleaseTime. @see SDK model ModifyInstanceAutoReleaseTimeRequest; API reference, "Error codes" */
import type { Cloud } from '../cloud.ts';
import { releaseAt } from '../life.ts';
import { type Params, required } from '../parameters.ts';
import type { Region } from '../region/catalogue.ts';
import { standing } from './removals.ts';
import { releaseTime } from './run-checks.ts';

/** Without a time the release is taken back. That one which was announced by the market still moves is not documented. */
export function modifyInstanceAutoReleaseTime(cloud: Cloud, region: Region, params: Params): object {
  const { machine } = standing(cloud, region, required(params, 'InstanceId'));
  releaseAt(cloud, machine, releaseTime(params, cloud.clock.nowMs()));
  return {};
}
