/**
 * A bucket policy, as far as reading from a VPC needs it (Alibaba Cloud docs, "Bucket policy", "Policy syntax and
 * elements"). What is not known here is refused, never taken as granted.
 */
import * as z from 'zod';

const Statement = z.strictObject({
  Effect: z.enum(['Allow', 'Deny']),
  Action: z.array(z.string().regex(/^oss:/)),
  Principal: z.array(z.string()),
  Resource: z.array(z.string().regex(/^acs:oss:/)),
  Condition: z
    .strictObject({ StringEquals: z.strictObject({ 'acs:SourceVpc': z.array(z.string().regex(/^vpc-/)) }) })
    .optional(),
});
export const Policy = z.strictObject({ Version: z.literal('1'), Statement: z.array(Statement) });
export type Policy = z.output<typeof Policy>;

export interface Asking {
  readonly action: string;
  readonly bucket: string;
  readonly key: string;
  /** Null: not from a VPC, by way of the internal endpoint. */
  readonly vpc: string | null;
}

/** Whether one who is not known may do this. A Deny wins over any Allow. */
export function allowsAnonymous(policy: Policy | null, asking: Asking): boolean {
  const matching = (policy?.Statement ?? []).filter((statement) => matches(statement, asking));
  return (
    matching.some(({ Effect }) => Effect === 'Allow') && !matching.some(({ Effect }) => Effect === 'Deny')
  );
}

function matches(statement: Policy['Statement'][number], { action, bucket, key, vpc }: Asking): boolean {
  const vpcs = statement.Condition?.StringEquals['acs:SourceVpc'];
  return (
    statement.Action.some((pattern) => isLike(action, pattern)) &&
    statement.Principal.includes('*') &&
    statement.Resource.some((pattern) => isLike(`${bucket}/${key}`, pattern.split(':').slice(4).join(':'))) &&
    (vpcs === undefined || (vpc !== null && vpcs.includes(vpc)))
  );
}

function isLike(text: string, pattern: string): boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`).test(text);
}
