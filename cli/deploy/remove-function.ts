/** Takes one function away, with what hangs on it. */
import { nullIfAbsent } from '../doctor/checks/roles.ts';
import type { Alibaba } from '../shared/alibaba.ts';

interface Place {
  readonly name: string;
  readonly region: string;
}

interface RemovingWorld {
  readonly alibaba: Alibaba;
  readonly say: (line: string) => void;
}

export async function removeTriggers({ alibaba }: RemovingWorld, { name, region }: Place): Promise<void> {
  const path = `/functions/${name}/triggers`;
  const { triggers } = await alibaba.fc(region, 'ListTriggers', 'GET', path);
  for (const { triggerName } of (triggers ?? []) as { triggerName: string }[])
    await alibaba.fc(region, 'DeleteTrigger', 'DELETE', `${path}/${triggerName}`);
}

export async function removeFunction(world: RemovingWorld, place: Place): Promise<void> {
  const { alibaba, say } = world;
  const { name, region } = place;
  await removeTriggers(world, place);
  const path = `/functions/${name}`;
  const { versions } = await alibaba.fc(region, 'ListFunctionVersions', 'GET', `${path}/versions`);
  for (const { versionId } of (versions ?? []) as { versionId: string }[])
    await alibaba.fc(region, 'DeleteFunctionVersion', 'DELETE', `${path}/versions/${versionId}`);
  await alibaba
    .fc(region, 'DeleteAsyncInvokeConfig', 'DELETE', `${path}/async-invoke-config`)
    .catch(nullIfAbsent);
  await alibaba.fc(region, 'DeleteFunction', 'DELETE', path);
  say(`${name} is gone`);
}
