/** The command line of the stand-in for Serverless Devs. */
import { parseArgs } from 'node:util';
import { alibabaCaller } from '../../shared/adapters/alibaba/call.ts';
import { deployFunctions } from '../../simulator/empty-account/index.ts';

type Variables = Readonly<Record<string, string | undefined>>;

export async function main(args: readonly string[], variables: Variables, root: string): Promise<number> {
  const options = { yes: { type: 'boolean', short: 'y' }, template: { type: 'string', short: 't' } } as const;
  const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
  const { AccessKeyID = '', AccessKeySecret = '', SecurityToken, ALIBABA_ENDPOINT: endpoint } = variables;
  if (positionals.join() !== 'deploy' || values.template === undefined || endpoint === undefined) {
    process.stderr.write('only `s deploy -y -t FILE` is played, with ALIBABA_ENDPOINT set\n');
    return 2;
  }
  const key = {
    accessKeyId: AccessKeyID,
    accessKeySecret: AccessKeySecret,
    securityToken: SecurityToken ?? null,
  };
  const say = (line: string): void => void process.stdout.write(`${line}\n`);
  await deployFunctions({
    ...{ root, file: values.template, variables, endpoint, say },
    call: alibabaCaller(() => key),
  });
  return 0;
}
