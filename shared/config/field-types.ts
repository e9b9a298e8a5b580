/** The small words of `runners.yaml`, each with a message that names what is wanted and never the value. */
import * as z from 'zod';

const UNITS_MS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** `90s`, `5m`, `6h`, `5d` → milliseconds. */
export const ms = z
  .string({
    error: ({ input }) => (input === undefined ? undefined : 'must be a time such as 90s, 5m, 6h or 5d'),
  })
  .regex(/^\d{1,6}[smhd]$/, 'must be a time such as 90s, 5m, 6h or 5d')
  .transform((text) => Number(text.slice(0, -1)) * UNITS_MS[text.slice(-1) as keyof typeof UNITS_MS]);

export const regionId = z.string().regex(/^[a-z]{2}-[a-z0-9-]{2,30}$/, 'must look like cn-hangzhou');

/** GitHub compares labels without case; a comma or blank would not survive `runs-on`. */
export const labelText = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'must be a label: letters, digits, . _ -');

/** A name of an Enterprise Managed User ends in `_` and the enterprise's short code. */
export const githubName = z
  .string()
  .regex(
    /^[A-Za-z0-9](?:[A-Za-z0-9_-]{0,38})\/(?:\*|[A-Za-z0-9._-]{1,100})$/,
    'must be owner/name or owner/*',
  );

/** Of a distribution's package (Debian policy 5.6.1, and what rpm has beyond it); never an option of its installer. */
export const packageName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9.+_-]*$/, 'must be the name of a package');

export const familyPattern = z
  .string()
  .regex(/^ecs\.[a-z0-9-]+\*?$/, 'must be a family such as ecs.t6, or a pattern such as ecs.e-*');

/** A family, a pattern of families, or one type. */
export const typePattern = z
  .string()
  .regex(
    /^ecs\.[a-z0-9-]+(?:\*|\.[a-z0-9-]+)?$/,
    'must be a family such as ecs.c8y, a type such as ecs.c8y.2xlarge, or a pattern such as ecs.c8*',
  );

export const url = z.url({ protocol: /^https?$/, error: 'must be an http or https address' });

/** An Alibaba resource id such as vpc-bp1aevy8sofi8mh1q. */
export const resourceId = (prefix: string) =>
  z.string().regex(new RegExp(`^${prefix}-[a-zA-Z0-9-]{2,40}$`), `must be an id that starts with ${prefix}-`);

/** An IPv4 or IPv6 range such as 192.30.252.0/22 or 2a0a:a440::/29. */
export const addressRange = z.union([z.cidrv4(), z.cidrv6()], 'must be an address range');

const OCTET = '(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)';
/** An IPv4 range such as 10.1.0.0/16. */
export const ipRange = z
  .string()
  .regex(
    new RegExp(`^${OCTET}(?:\\.${OCTET}){3}/(?:[89]|[12]\\d|3[0-2])$`),
    'must be a range such as 10.1.0.0/16',
  );

const ARCHES = { amd64: 'amd64', arm64: 'arm64', x64: 'amd64', x86_64: 'amd64', aarch64: 'arm64' } as const;

/** As in labels, with the names that others give them. */
export const Arch = z
  .enum(Object.keys(ARCHES) as (keyof typeof ARCHES)[], 'must be amd64 or arm64')
  .transform((name) => ARCHES[name]);
