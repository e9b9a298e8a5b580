/** The deployment's ledger, with the operator's own key. */
import { randomUUID } from 'node:crypto';
import { namesOf } from '../../infra/names.ts';
import { withoutNull } from '../../shared/adapters/alibaba/acs3.ts';
import { tablestoreLedger } from '../../shared/adapters/tablestore/tables.ts';
import type { Config } from '../../shared/config/config.ts';
import type { Ledger } from '../../shared/ledger/ledger.ts';
import type { Alibaba } from './alibaba.ts';

/** `endpoint`: a simulator's; absent: the region's own. */
export async function operatorLedger(config: Config, cloud: Alibaba, endpoint?: string): Promise<Ledger> {
  const instance = namesOf(config).tablestoreInstance;
  const credentials = withoutNull(await cloud.accessKey());
  const connection = {
    endpoint: endpoint ?? `https://${instance}.${config.control.region}.ots.aliyuncs.com`,
    instance,
    credentials: () => credentials,
  };
  return tablestoreLedger(connection, randomUUID);
}
