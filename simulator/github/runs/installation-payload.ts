/** A delivery that tells of an installation. */
import type { Installation } from '../model.ts';
import { example, onto, ownerRecord } from '../payloads.ts';
import { isoTime } from '../wire.ts';

const INSTALLED = example('installation', ({ action }) => action === 'created');

export function installationPayload(
  action: string,
  { id, account, createdAtMs }: Installation,
): Record<string, unknown> {
  const [whose, at] = [{ target_id: account.id, target_type: account.type }, isoTime(createdAtMs)];
  const own = {
    id,
    account: ownerRecord(account),
    ...whose,
    created_at: at,
    updated_at: at,
    app_slug: 'app',
  };
  return onto(INSTALLED, { action, installation: own, repositories: [] });
}
