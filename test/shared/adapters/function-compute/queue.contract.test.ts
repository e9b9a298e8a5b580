import { describe, expect, test } from 'vitest';
import type { FcCredentials } from '../../../../shared/adapters/function-compute/invocation.ts';
import type { FcSignature } from '../../../../shared/adapters/function-compute/invoker.ts';
import { EVENT_MAX_BYTES } from '../../../../shared/limits.ts';
import { inProcessQueue } from '../../../../simulator/function-compute/index.ts';
import { EVENT, KEY, open, silent } from './queue-fixture.ts';

describe.each<FcSignature>(['fc', 'acs3'])('signed with %s', (signature) => {
  test('an event is accepted, and arrives as it was sent', async () => {
    const { queue, got, pass } = await open({ signatures: [signature] });
    await queue({ signature }).launch(EVENT);
    await queue({ signature }).reap(EVENT);
    await pass(10_000);
    expect(got.launcher.map((text) => JSON.parse(text))).toEqual([EVENT]);
    expect(got.reaper.map((text) => JSON.parse(text))).toEqual([EVENT]);
  });

  test('temporary credentials go with their token, and are asked for at each call', async () => {
    const { queue, account, got, pass } = await open();
    const held = ['a', 'b'].map((name) => ({
      accessKeyId: `STS.${name}`,
      accessKeySecret: name,
      securityToken: `t-${name}`,
    }));
    for (const key of held)
      account.add(key.accessKeyId, { secret: key.accessKeySecret, securityToken: key.securityToken });
    let asked = 0;
    const sending = queue({ signature, credentials: () => held[asked++] as FcCredentials });
    await sending.launch(EVENT);
    await sending.launch(EVENT);
    await pass(10_000);
    expect([asked, got.launcher.length]).toEqual([2, 2]);
  });

  // biome-ignore format: a table reads best as a table.
  test.each<[name: string, key: FcCredentials, code: string]>([
    ['an unknown key',                     { accessKeyId: 'LTAInobody', accessKeySecret: 'x' },                              'InvalidAccessKeyID'],
    ['temporary credentials that ended',   { accessKeyId: 'STS.old', accessKeySecret: 'x', securityToken: 't' },             'InvalidSecurityToken.Expired'],
    ['temporary credentials’ wrong token', { accessKeyId: 'STS.new', accessKeySecret: 'x', securityToken: 'other' },         'InvalidSecurityToken'],
    ['a role that may not invoke',         { accessKeyId: 'LTAIrole', accessKeySecret: 'x' },                                'AccessDenied'],
  ])('%s is refused for good, and the signature stays', async (_name, key, code) => {
    const { queue, account, lines, fc } = await open();
    account.add('STS.old', { secret: 'x', securityToken: 't', expiresAtMs: 1 });
    account.add('STS.new', { secret: 'x', securityToken: 't' });
    account.add('LTAIrole', { secret: 'x', mayDo: () => false });
    await expect(queue({ signature, credentials: () => key }).launch(EVENT)).rejects.toMatchObject({ code });
    expect([lines, fc.pending]).toEqual([[], 0]);
  });

  test('an unknown function is refused', async () => {
    const { queue, lines } = await open();
    await expect(queue({ signature, launcher: 'nobody' }).launch(EVENT)).rejects.toMatchObject({
      status: 404,
      code: 'FunctionNotFound',
    });
    expect(lines).toEqual([]);
  });

  test.each(['errorCode', 'ErrorCode', 'Code'] as const)(
    'where the gateway takes only the other signature and spells errors %s, it changes over once, loudly, for good',
    async (errors) => {
      const other = signature === 'fc' ? 'acs3' : 'fc';
      const { queue, got, lines, pass } = await open({ signatures: [other], errors });
      const sending = queue({ signature });
      await sending.launch(EVENT);
      await sending.launch(EVENT);
      await pass(10_000);
      expect(got.launcher).toHaveLength(2);
      expect(lines).toEqual([
        {
          event: 'queue.signature-changed',
          from: signature,
          to: other,
          code: 'SignatureNotMatch',
          advice: 'set functionCompute.signature',
        },
      ]);
    },
  );

  test('where neither signature is taken it changes over once and then says so', async () => {
    const { queue, lines } = await open({ signatures: [] });
    const sending = queue({ signature });
    for (let n = 0; n < 2; n++)
      await expect(sending.launch(EVENT)).rejects.toMatchObject({ code: 'SignatureNotMatch' });
    expect(lines).toHaveLength(1);
  });

  test('a wrong secret is a wrong signature: no secret is in what is said of it', async () => {
    const { queue, lines } = await open();
    const wrong = { ...KEY, accessKeySecret: 'not-the-secret-at-all' };
    const error = await queue({ signature, credentials: () => wrong })
      .launch(EVENT)
      .catch((thrown: Error) => thrown);
    expect(error).toMatchObject({ name: 'FcRefusal', status: expect.any(Number) });
    expect(JSON.stringify([lines, String(error)])).not.toContain('not-the-secret-at-all');
  });

  test('what may pass is tried again, and no more than three times', async () => {
    const { queue, fc, seen } = await open();
    fc.faults.throttle = 1;
    await expect(queue({ signature }).launch(EVENT)).rejects.toMatchObject({
      status: 429,
      code: 'ResourceExhausted',
    });
    const times = [0.9, 0.9, 0];
    Object.defineProperty(fc.faults, 'throttle', { get: () => ((times.shift() ?? 0) > 0.5 ? 1 : 0) });
    await queue({ signature }).launch(EVENT);
    expect(seen.filter(({ kind }) => kind === 'accepted')).toHaveLength(1);
  });
});

test.each<FcSignature>(['fc', 'acs3'])(
  'a gateway that never answers is given up, with %s',
  async (signature) => {
    const { queue } = await open();
    const { endpoint, asked } = await silent();
    await queue({ signature }).launch(EVENT); // loads the client, so that the short time below is the gateway's
    await expect(queue({ signature, endpoint, callMs: 250 }).launch(EVENT)).rejects.toThrow(
      'Function Compute gave no answer',
    );
    expect(asked()).toBe(3);
  },
);

test('an event over 16 KB is not even sent', async () => {
  const { queue, seen, fc } = await open();
  const large = { ...EVENT, job: { ...EVENT.job, labels: ['x'.repeat(EVENT_MAX_BYTES)] } };
  await expect(queue().launch(large)).rejects.toThrow('larger than 16384 bytes');
  await expect(
    inProcessQueue(fc, { launcher: 'ci-launcher', reaper: 'ci-reaper' }).launch(large),
  ).rejects.toThrow('too large');
  expect(seen).toEqual([]);
});

test('the queue in process does what the one on the wire does', async () => {
  const { fc, got, pass } = await open();
  const queue = inProcessQueue(fc, { launcher: 'ci-launcher', reaper: 'nobody' });
  await queue.launch(EVENT);
  await pass(10_000);
  expect(got.launcher.map((text) => JSON.parse(text))).toEqual([EVENT]);
  await expect(queue.reap(EVENT)).rejects.toThrow('404 FunctionNotFound');
});
