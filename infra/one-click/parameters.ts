/** What a person fills in where the template is made a stack of, instead of `runners.yaml` and `.env`. */
import { SECRET_MIN_CHARS } from '../../shared/limits.ts';

export interface Parameter {
  readonly Type: 'String' | 'Number';
  readonly Label: string;
  readonly Description: string;
  readonly Default?: string | number;
  readonly NoEcho?: true;
  readonly AllowedPattern?: string;
  readonly ConstraintDescription?: string;
  readonly MinLength?: number;
  readonly MinValue?: number;
  readonly MaxValue?: number;
}

/** Short, as in `runners.yaml`; the rest of what a name must not hold, TableStore itself refuses. */
const NAME = '[a-z][a-z0-9-]{0,10}[a-z0-9]';

const zone = (nth: string): Parameter => ({
  Type: 'String',
  Label: `${nth} zone`,
  Description: `Letter of the ${nth.toLowerCase()} zone of this region where runners may run, such as b`,
  AllowedPattern: '^[a-z]$',
  ConstraintDescription: 'must be one letter',
});

export const PARAMETERS = {
  Name: {
    Type: 'String',
    Label: 'Name',
    Description: 'Prefix of everything that is made; two deployments can share an account',
    Default: 'ci',
    AllowedPattern: `^${NAME}$`,
    ConstraintDescription: 'must have 2-12 characters: a-z, 0-9, -',
  },
  Organization: {
    Type: 'String',
    Label: 'GitHub organisation',
    Description: 'All its private repositories may ask for runners; its runner group is called ci-runners',
    AllowedPattern: '^[A-Za-z0-9][A-Za-z0-9_-]{0,38}$',
    ConstraintDescription: 'must be the login of an organisation',
  },
  GitHubAppId: {
    Type: 'String',
    Label: 'GitHub App: its id',
    Description: 'Of the App that you made at GitHub; docs/install.md says which permissions it needs',
    AllowedPattern: '^[0-9]{1,12}$',
    ConstraintDescription: 'must be a number',
  },
  PrivateKeyParameter: {
    Type: 'String',
    Label: 'GitHub App: where its private key is kept',
    Description: 'Name of an OOS encrypted parameter of this region that holds the content of the .pem file',
    AllowedPattern: '^[A-Za-z0-9_][A-Za-z0-9_.-]{1,199}$',
    ConstraintDescription: 'must be the name of an encrypted parameter, not the key itself',
  },
  WebhookSecret: {
    Type: 'String',
    Label: 'GitHub App: its webhook secret',
    Description: 'The one that you set at the App',
    NoEcho: true,
    MinLength: SECRET_MIN_CHARS,
  },
  Zone1: zone('First'),
  Zone2: zone('Second'),
  Runners: {
    Type: 'Number',
    Label: 'Runners at once',
    Description: 'The most of them; one repository gets half',
    Default: 20,
    MinValue: 1,
    MaxValue: 5000,
  },
  Cores: {
    Type: 'Number',
    Label: 'Cores',
    Description: 'Of the machine of a job that does not ask for a number of its own',
    Default: 8,
    MinValue: 1,
    MaxValue: 64,
  },
  CodeBucket: {
    Type: 'String',
    Label: 'Bucket with the code',
    Description: 'An OSS bucket of this region into which you put the four archives of the release',
    AllowedPattern: '^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$',
    ConstraintDescription: 'must be the name of a bucket',
  },
  CodeFolder: {
    Type: 'String',
    Label: 'Folder with the code',
    Description: 'Where in the bucket they lie: each release in one of its own',
    AllowedPattern: '^[A-Za-z0-9][A-Za-z0-9._/-]{0,199}$',
    ConstraintDescription: 'must be a path without a / at its beginning',
  },
} as const satisfies Readonly<Record<string, Parameter>>;
