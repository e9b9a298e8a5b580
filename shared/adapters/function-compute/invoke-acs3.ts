/** An invocation signed with ACS3-HMAC-SHA256. */
import { codeOf, send } from '../alibaba/send.ts';
import { FC_VERSION, type FcAnswer, type FcCall, pathOf } from './invocation.ts';

/** Parameters as SDK model `InvokeFunction` of version 2023-03-30 sends them. */
export async function invoke(call: FcCall): Promise<FcAnswer> {
  const { status, body } = await send(
    {
      endpoint: call.endpoint.origin,
      action: 'InvokeFunction',
      version: FC_VERSION,
      roa: { method: 'POST', path: `/${FC_VERSION}${pathOf(call.functionName)}` },
      bytes: call.body,
      headers: { 'x-fc-invocation-type': call.type ?? 'Async' },
    },
    call.credentials,
    call.timeoutMs,
  );
  return { status, code: status < 400 ? '' : codeOf(body), body };
}
