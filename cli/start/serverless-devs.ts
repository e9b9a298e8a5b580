/** The command line of the stand-in for Serverless Devs. */
import { parseArgs } from 'node:util';
import { alibabaCaller } from '../../shared/adapters/alibaba/call.ts';
import { deployFunctions } from '../../simulator/empty-account/index.ts';

type Access = Readonly<
  Record<'AccountID' | 'AccessKeyID' | 'AccessKeySecret', string> & { SecurityToken?: string }
>;
type Variables = Readonly<Record<string, string | undefined>>;

export async function main(args: readonly string[], variables: Variables, root: string): Promise<number> {
  const options = {
    yes: { type: 'boolean', short: 'y' },
    access: { type: 'string', short: 'a' },
    template: { type: 'string', short: 't' },
  } as const;
  const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
  const { access = '', template } = values;
  const { ALIBABA_ENDPOINT: endpoint, [access]: held } = variables;
  const isAsked = positionals.join() === 'deploy' && template !== undefined;
  if (!isAsked || endpoint === undefined || held === undefined) {
    process.stderr.write(
      'only `s deploy -y -a VARIABLE -t FILE` is played, with the key in that variable and ALIBABA_ENDPOINT set\n',
    );
    return 2;
  }
  const { AccountID, AccessKeyID, AccessKeySecret, SecurityToken } = JSON.parse(held) as Access;
  const key = {
    accessKeyId: AccessKeyID,
    accessKeySecret: AccessKeySecret,
    securityToken: SecurityToken ?? null,
  };
  const say = (line: string): void => void process.stdout.write(`${line}\n`);
  await deployFunctions({
    ...{ root, file: template, variables, endpoint, accountId: AccountID, say },
    call: alibabaCaller(() => key),
  });
  return 0;
}
