/** What a person does about a service's refusal, by its code: a code alone is no advice. Pure. */

/** By its name, so that no command loads what another one asks. */
interface VendorError {
  readonly name: string;
  readonly message: string;
  readonly code?: unknown;
  /** Alibaba Cloud's; `status`: GitHub's, and Function Compute's. 0: there was no answer. */
  readonly statusCode?: unknown;
  readonly status?: unknown;
}

const NETWORK =
  'there was no answer: check this machine’s network, and HTTPS_PROXY where it needs one; then run it again';
export const RIGHTS =
  'this key may not do that: give its owner the rights that docs/install.md lists, or use another key';
const KEY =
  'Alibaba Cloud does not know this key: check ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET; a session’s token may have expired';
const CLOCK =
  'this machine’s clock is off, and a signature is good for minutes: set it by a time server; then run it again';
const CERTIFICATE =
  'somebody on the way shows a certificate that this machine does not trust: where that is your company’s proxy, name the file of its CA as NODE_EXTRA_CA_CERTS; where it is out of date, look at this machine’s clock';
const ACTIVATE =
  'activate that service in the Alibaba Cloud console; docs/install.md lists those that are needed';
const PAY = 'top up the Alibaba Cloud account, or settle its bill';
const QUOTA = 'a quota of the account is used up: ask for more in the Quota Center';
const NOT_DEPLOYED = 'nothing is deployed there yet, or it was destroyed: npm run deploy';
const APP_KEY =
  'the App’s key is none that can be read: check GITHUB_PRIVATE_KEY in .env, which holds the key or says where it is kept';

const WORKFLOW =
  'RAM does not take this workflow’s token: npm run deploy by hand trusts GitHub’s certificate and names of today; npm run doctor compares them';
const SECRET = 'correct what .env says of it, or put that secret where .env says that it is';

/** Held against status, code and words, in this order. */
// biome-ignore format: a table reads best as a table.
const STEPS: readonly (readonly [whose: string, said: RegExp, step: string])[] = [
  ['TableError',      /instance is not found|OTSObjectNotExist/i,                    NOT_DEPLOYED],
  ['TableError',      /instance ACL/i,                                               'in the TableStore console, under the instance’s network management, allow access from the Internet'],
  ['TableError',      /Mismatch between system time/i,                               CLOCK],
  ['TableError',      /instance is not running/i,                                    'look at the instance in the TableStore console, and whether the account’s bill is paid'],
  ['TableError',      /OTSAuthFailed.*(?:AccessKey|Signature|token)/i,               KEY],
  ['TableError',      /OTSAuthFailed|OTSNoPermission|OTSInvalidAccessKey/,           RIGHTS],
  ['TableError',      /CERT|LEAF_SIGNATURE/,                                         CERTIFICATE],
  ['TableError',      /ENOTFOUND|EAI_AGAIN|ECONN|ETIMEDOUT|EHOST|ENET|socket/,       NETWORK],
  ['SecretUnread',    /certificate/,                                                 CERTIFICATE],
  ['SecretUnread',    /got no answer/,                                               NETWORK],
  ['SecretUnread',    /time-?stamp/i,                                                CLOCK],
  ['SecretUnread',    /: (?:\d+ )?Rejected\./,                                       'it, or its key, is disabled or about to be deleted: see to it in the KMS console'],
  ['SecretUnread',    /AccessKeyId|Signature|SecurityToken|InvalidCredential/i,      KEY],
  ['SecretUnread',    /NotFound|NotExist|ENOENT|ENOTDIR|EISDIR|EACCES|is empty|short/, SECRET],
  ['SecretUnread',    /: 403 /,                                                      RIGHTS],
  ['NotSetUp',        /./,                                                           'run npm run setup'],
  ['AppKeyUnreadable', /./,                                                          APP_KEY],
  ['AlibabaRefusal',  /AssumeRoleWithOIDC/,                                          WORKFLOW],
  ['AlibabaRefusal',  /certificate/,                                                 CERTIFICATE],
  ['AlibabaRefusal',  /NoAnswer|NotSent/,                                            NETWORK],
  ['AlibabaRefusal',  /time-?stamp/i,                                                CLOCK],
  ['AlibabaRefusal',  /AccessKeyId|Signature|SecurityToken|InvalidCredential/i,      KEY],
  ['AlibabaRefusal',  /Forb+id+en\.\w+Not(?:Found|Exist)/,                           'what it names is not there, or not of this account: look how it is written'],
  ['AlibabaRefusal',  /RiskControl|RealName|3DVerification/,                         'sign in to the Alibaba Cloud console: the account must be verified before it may buy'],
  ['AlibabaRefusal',  /by a control policy/,                                         'no right of this key helps against that: ask the administrator of the resource directory, or take another account'],
  ['AlibabaRefusal',  /Forb+id+en|NoPermission|AccessDenied|NotAuthori[sz]ed|Unauthorized/, RIGHTS],
  ['AlibabaRefusal',  /NotActivated|NotOpen|NotEnabled|Unopened|InactiveUser/,       ACTIVATE],
  ['AlibabaRefusal',  /Balance|Arrear|Payment|InDebt/,                               PAY],
  ['AlibabaRefusal',  /Quota|LimitExceed/,                                           QUOTA],
  ['AlibabaRefusal',  /Throttl|TooMany|^429/,                                        'Alibaba Cloud is asked too often: run it again in a minute'],
  ['AlibabaRefusal',  /NotFound|NotExist|^404/,                                      NOT_DEPLOYED],
  ['AlibabaRefusal',  /^5\d\d/,                                                      'Alibaba Cloud itself failed: run it again in a minute'],
  ['StackFailed',     /not (?:been )?(?:activated|enabled|opened)|NotActivated|Unopened|UserDisable/i, ACTIVATE],
  ['StackFailed',     /Forb+id+en|NoPermission|AccessDenied|not authorized/i,        RIGHTS],
  ['StackFailed',     /already exists|AlreadyExist|name is not available/i,          'that name is taken, perhaps by what another deployment or account has: write another name in runners.yaml (name, or mirrorBucket for a bucket), or remove what has it where that is yours'],
  ['StackFailed',     /Quota|LimitExceed/,                                           QUOTA],
  ['StackFailed',     /Balance|Arrear|Payment|InDebt|Overdue/,                       PAY],
  ['NoAlibabaAnswer', /certificate/,                                                 CERTIFICATE],
  ['NoAlibabaAnswer', /./,                                                           NETWORK],
  ['LogService',      /not played here/,                                             'the file account.log, where that account is served, has them'],
  ['LogService',      /ENOTFOUND|EAI_AGAIN|ECONN|ETIMEDOUT|EHOST|ENET|socket/,       NETWORK],
  ['LogService',      /NotExist|\(404\)/,                                            NOT_DEPLOYED],
  ['LogService',      /Unauthorized|\(40[13]\)/,                                     'it needs log:GetLogStoreLogs on the deployment’s log project'],
  ['FcRefusal',       /^404|NotFound/,                                               NOT_DEPLOYED],
  ['FcRefusal',       /^40[13]/,                                                     RIGHTS],
  ['GitHubFailed',    /^0 .*certificate/,                                            CERTIFICATE],
  ['GitHubFailed',    /^0 /,                                                         NETWORK],
  ['GitHubFailed',    /^401/,                                                        'GitHub does not take the App’s key: check GITHUB_APP_ID and GITHUB_PRIVATE_KEY; npm run doctor compares them with GitHub'],
  ['GitHubFailed',    /^(?:403|429).*(?:rate limit|throttled)/i,                       'GitHub’s calls are used up: run it again in the next hour'],
  ['GitHubFailed',    /^403.*IP allow list/i,                                        'the IP allow list of that organisation lacks the address of this machine: its owner adds it; for the functions there is control.fixedAddress'],
  ['GitHubFailed',    /^403.*has been suspended/i,                                   'the App is suspended there: an owner can unsuspend it, in the settings of its installation'],
  ['GitHubFailed',    /^403/,                                                        'the App lacks a permission: npm run doctor says which, and its owner grants it on GitHub'],
  ['GitHubFailed',    /^404/,                                                        'GitHub shows the App no such thing: is it installed there, and does it see the repository? npm run doctor looks'],
  ['GitHubFailed',    /^5\d\d/,                                                      'GitHub itself failed: look at githubstatus.com, and run it again later'],
];

const VENDORS = new Set(STEPS.map(([whose]) => whose));

/** `otherwise`: of a service's code that has no line here. Null: it is no service's refusal. */
export function nextStep(error: VendorError, otherwise: string): string | null {
  // ECS speaks as its sisters do, to another client.
  const name = error.name === 'EcsFailure' ? 'AlibabaRefusal' : error.name;
  if (!VENDORS.has(name)) return null;
  const { statusCode, status = statusCode ?? '', code = '', message } = error;
  const said = `${String(status)} ${String(code)} ${message}`;
  return STEPS.find(([whose, pattern]) => whose === name && pattern.test(said))?.[2] ?? otherwise;
}
