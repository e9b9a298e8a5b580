/** What a refusal of the cloud means, for who reads a job's story: pure. */

// biome-ignore format: a table reads best as a table.
const WORDS: readonly (readonly [code: RegExp, words: string])[] = [
  [/PrivateIpAddress|IpInvalid|IpNotEnough/, 'the vSwitch has no free address'],
  [/EnterpriseGroup|(?:Multi|Mutli)GroupType/, 'the type cannot join the placement’s enterprise security group'],
  [/HttpTokens|Imds/i,                       'the image takes no hardened-only metadata: images.NAME.metadata: any'],
  [/^InvalidEncrypted|Kms|InvalidRegion\.NotSupport$/i, 'the disk would have to be encrypted, or its key is of no use there: defaults.diskEncryption'],
  [/CloudInit/,                              'the image has no cloud-init'],
  [/Balance|Arrearage|Pay(?:ment|Method|Amount)/, 'the account cannot pay'],
  [/^AccountForbidden|^UserNotIn|UserNotSupported$/, 'the account may not buy this'],
  [/BuyImage|^ImageNotSubscribed|Market/,    'the image is of the marketplace, and not bought, or no more there'],
  [/Quota|LimitExceed/i,                     'a quota of the account is used up'],
  [/^Throttling|Throttling$/,                'Alibaba Cloud asks us to slow down'],
  [/^NotSent$/,                              'Alibaba Cloud is out of reach'],
  [/Price/,                                  'the price has moved above the bid'],
  [/VSwitch|SecurityGroup|InconsistentNetwork|Image|KeyPair|ResourceGroup/, 'the placement names what is not there or does not fit'],
  [/NoStock|NotOnSale|NotOpen|NotAvailable|Unavailable|Offline|ZoneNot|NotSupported|OperationDenied/, 'it is not available there now'],
];

/** Of spot: the market is above what we would pay. */
export const isBidTooLow = (code: string): boolean => /SpotPrice.*LowerThanPublicPrice$/.test(code);

/** The words, with the cloud's own code for whoever looks it up. */
export function explainRefusal(code: string): string {
  const known = WORDS.find(([pattern]) => pattern.test(code));
  return known === undefined ? code : `${known[1]} (${code})`;
}
