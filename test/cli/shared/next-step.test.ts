/** What services refuse comes with what a person does about it. */
import { expect, test } from 'vitest';
import { nextStep } from '../../../cli/shared/screen/next-step.ts';
import { StackFailed } from '../../../cli/shared/stacks/states.ts';
import { unanswered } from '../../../cli/shared/try-again.ts';
import { AlibabaRefusal, NoAlibabaAnswer } from '../../../shared/adapters/alibaba/call.ts';
import { EcsFailure } from '../../../shared/adapters/ecs/call.ts';
import { FcRefusal } from '../../../shared/adapters/function-compute/queue.ts';
import { GitHubFailed, Throttled } from '../../../shared/adapters/github/request.ts';
import { toTableError } from '../../../shared/adapters/tablestore/errors.ts';

const table = (words: string) =>
  toTableError(Object.assign(new Error(words), { code: 403 }), 'GetRange ledger');
const node = (code: string) => toTableError(Object.assign(new Error('failed'), { code }), 'GetRange ledger');
const refused = (code: string, status = 400) => new AlibabaRefusal('ListFunctionVersions', code, status);
const noAnswer = new NoAlibabaAnswer({
  action: 'GetCallerIdentity',
  endpoint: 'https://sts.aliyuncs.com',
} as never);
const noAnswerBy = (code: string) =>
  new NoAlibabaAnswer({ action: 'GetStack', endpoint: 'https://ros.aliyuncs.com' } as never, { code });
const stack = (why: string) => new StackFailed('ci-runner-control', 'CREATE_ROLLBACK_COMPLETE', why);
const unansweredBy = (cause: Error): Error => {
  try {
    return unanswered(cause);
  } catch (error) {
    return error as Error;
  }
};
const gitHub = (status: number, words = 'Not Found') => new GitHubFailed('GET /app', status, words);
const fc = (status: number, code: string) => new FcRefusal('ci-launcher', { status, code } as never);

// biome-ignore format: a table reads best as a table.
test.each([
  ['a ledger that is not there',       table('OTSAuthFailed The instance is not found.'),       /nothing is deployed there yet.*npm run deploy/],
  ['a table that is not there',        table('OTSObjectNotExist Requested table does not exist'), /npm run deploy/],
  ['a key that may not read it',       table('OTSNoPermissionAccess You have no permission'),   /rights that docs\/install\.md lists/],
  ['a key that TableStore does not know', table('OTSAuthFailed The AccessKeyID does not exist.'), /ALIBABA_CLOUD_ACCESS_KEY_ID/],
  ['a session that has ended there',   table('OTSAuthFailed The security token is expired.'),   /token may have expired/],
  ['a network without names',          node('ENOTFOUND'),                                       /network, and HTTPS_PROXY/],
  ['a clock that TableStore does not believe', table('OTSAuthFailed Mismatch between system time and x-ots-date: Sat, 07 Jun 2014 14:25:40 GMT.'), /this machine’s clock is off/],
  ['an instance that is not running',  table('OTSAuthFailed The instance is not running.'),     /TableStore console.*bill/],
  ['a shut instance',                  table('OTSAuthFailed denied by instance ACL'),           /allow access from the Internet/],
  ['a function that is not deployed',  refused('FunctionNotFound', 404),                        /npm run deploy/],
  ['a right that is missing',          refused('Forbidden.RAM', 403),                           /this key may not do that/],
  ['Alibaba’s own misspelling',        refused('Forbbiden', 403),                               /this key may not do that/],
  ['a wrong key',                      refused('InvalidAccessKeyId.NotFound', 404),             /ALIBABA_CLOUD_ACCESS_KEY_ID/],
  ['a wrong key, as Function Compute says it', refused('InvalidAccessKeyID', 403),         /ALIBABA_CLOUD_ACCESS_KEY_ID/],
  ['a wrong secret',                   refused('SignatureDoesNotMatch'),                        /ALIBABA_CLOUD_ACCESS_KEY_SECRET/],
  ['an expired session',               refused('InvalidSecurityToken.Expired'),                 /token may have expired/],
  ['a clock that is off',              refused('InvalidTimeStamp.Expired'),                     /this machine’s clock is off/],
  ['a clock that is off, as older services say it', refused('IllegalTimestamp'),                /this machine’s clock is off/],
  ['a clock that is off, to ECS',      new EcsFailure('InvalidTimeStamp.Expired', 400),         /this machine’s clock is off/],
  ['a control policy',                 new AlibabaRefusal('CreateStack', 'NoPermission', 403, 'ros:CreateStack, by a control policy of the resource directory'), /administrator of the resource directory/],
  ['a secret’s key that is disabled',  Object.assign(new Error('the secret kms:ci-key could not be read: Rejected.Disabled'), { name: 'SecretUnread' }), /KMS console/],
  ['a service that was never opened',  refused('ServiceNotActivated'),                          /activate that service/],
  ['a stack whose name is taken',      stack('Ledger: Requested instance already exists'),      /another name in runners\.yaml/],
  ['a stack whose bucket is another’s', stack('MirrorBucket: BucketAlreadyExists: The requested bucket name is not available'), /another name in runners\.yaml/],
  ['a stack without a right',          stack('Vpc: 403 Forbidden.RAM: User not authorized to operate'), /rights that docs\/install\.md lists/],
  ['a stack beyond a quota',           stack('Vpc: QuotaExceeded.Vpc'),                         /Quota Center/],
  ['a stack in arrears',               stack('Nat: InvalidAccountStatus.NotEnoughBalance'),     /top up/],
  ['a stack of a service that nobody opened', stack('Ledger: The OTS service is not activated'), /activate that service/],
  ['a stack that failed otherwise',    stack('Vpc: Something new'),                             /^otherwise$/],
  ['a proxy’s own certificate',        noAnswerBy('SELF_SIGNED_CERT_IN_CHAIN'),                 /NODE_EXTRA_CA_CERTS/],
  ['a proxy’s own certificate, before TableStore', node('UNABLE_TO_VERIFY_LEAF_SIGNATURE'),     /NODE_EXTRA_CA_CERTS/],
  ['a proxy’s own certificate, before GitHub', gitHub(0, 'self-signed certificate in certificate chain'), /NODE_EXTRA_CA_CERTS/],
  ['a proxy’s own certificate, before ECS', new EcsFailure('NoAnswer', null, 'its certificate is not trusted (SELF_SIGNED_CERT_IN_CHAIN)'), /NODE_EXTRA_CA_CERTS/],
  ['no money',                         refused('InvalidAccountStatus.NotEnoughBalance', 403),   /top up/],
  ['a quota',                          refused('QuotaExceeded.Vpc'),                            /Quota Center/],
  ['too many calls',                   refused('Throttling.User'),                              /in a minute/],
  ['a service that failed',            refused('InternalError', 500),                           /itself failed/],
  ['no answer of Function Compute',    unansweredBy(new Error('socket hang up')),               /HTTPS_PROXY/],
  ['no answer',                        noAnswer,                                                /HTTPS_PROXY/],
  ['a launcher that is not there',     fc(404, 'FunctionNotFound'),                             /npm run deploy/],
  ['no right to invoke it',            fc(403, 'AccessDenied'),                                 /this key may not do that/],
  ['a key id that KMS does not have',  refused('Forbidden.KeyNotFound', 404),                   /not there.*look how it is written/],
  ['an account that is not verified',  refused('Forbidden.RiskControl', 403),                   /must be verified/],
  ['ECS out of reach',                 new EcsFailure('NoAnswer', null),                        /HTTPS_PROXY/],
  ['a right at ECS that is missing',   new EcsFailure('NoPermission', 403, 'not authorized'),   /this key may not do that/],
  ['an expired session at ECS',        new EcsFailure('InvalidSecurityToken.Expired', 400),     /token may have expired/],
  ['ECS asked too often',              new EcsFailure('Throttling.User', 400),                  /in a minute/],
  ['GitHub out of reach',              gitHub(0, 'fetch failed'),                               /HTTPS_PROXY/],
  ['another App’s key',                gitHub(401, 'Bad credentials'),                          /GITHUB_APP_ID and GITHUB_PRIVATE_KEY/],
  ['used-up calls',                    gitHub(403, 'API rate limit exceeded'),                  /next hour/],
  ['calls that are held back',         new Throttled('GET /app', 403, 60_000),                  /next hour/],
  ['an IP allow list',                 gitHub(403, 'Although you appear to have the correct authorization credentials, the `acme` organization has an IP allow list enabled, and your IP address is not permitted to access this resource.'), /allow list of that organisation/],
  ['an installation that is suspended', gitHub(403, 'This installation has been suspended'),    /suspended.*owner/],
  ['a missing permission',             gitHub(403, 'Resource not accessible by integration'),   /lacks a permission/],
  ['what the App does not see',        gitHub(404),                                             /installed there/],
  ['GitHub’s own failure',             gitHub(502, 'Bad gateway'),                              /githubstatus\.com/],
  ['a code that nobody knows',         refused('SomethingNew'),                                 /^otherwise$/],
])('%s', (_what, error, step) => {
  expect(nextStep(error, 'otherwise')).toMatch(step);
});

test.each([
  ['getaddrinfo ENOTFOUND x.log.aliyuncs.com', /^there was no answer: check this machine’s network/],
  ['Log Service refused: Unauthorized (401)', /^it needs log:GetLogStoreLogs/],
  ['Log Service refused: ProjectNotExist (404)', /^nothing is deployed there yet/],
  ['Log Service is not played here', /^the file account\.log/],
])('the functions’ lines: %s', (message, step) => {
  expect(nextStep({ name: 'LogService', message }, 'otherwise')).toMatch(step);
});

test('what no service said has none', () => {
  expect(nextStep(new Error('There is no runners.yaml'), 'otherwise')).toBe(null);
});
