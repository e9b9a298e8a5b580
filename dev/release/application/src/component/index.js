/** What Serverless Devs is asked to do, the commands of aliyun-spot-runners do, with the key that it holds. */
const { spawn } = require('node:child_process');
const { existsSync, readFileSync } = require('node:fs');
const { dirname, join } = require('node:path');

const FOLDER = dirname(__dirname);
const PACKAGE = join(FOLDER, 'node_modules', 'aliyun-spot-runners');

class Runners {
  /** The first time there is no App yet: set-up asks for the rest, makes it, and deploys. */
  deploy(inputs) {
    const isAsked = inputs.args.some((word) => word === '-y' || word === '--assume-yes');
    return spotRunners(inputs, hasApp() ? ['deploy', ...(isAsked ? ['--yes'] : [])] : ['setup']);
  }

  info(inputs) {
    return spotRunners(inputs, ['doctor']);
  }

  remove(inputs) {
    return spotRunners(inputs, ['destroy']);
  }
}

function hasApp() {
  const file = join(FOLDER, '.env');
  return existsSync(file) && /^GITHUB_APP_ID=\S/m.test(readFileSync(file, 'utf8'));
}

async function spotRunners(inputs, words) {
  const env = { ...process.env, ...(await keyOf(inputs)) };
  if (!existsSync(PACKAGE)) await run('npm', ['install', '--no-audit', '--no-fund'], env);
  const { bin } = JSON.parse(readFileSync(join(PACKAGE, 'package.json'), 'utf8'));
  await run(process.execPath, [join(PACKAGE, bin['spot-runners']), ...words], env);
  return {};
}

/** Keys that are in the environment already, the commands find by themselves. */
async function keyOf({ getCredential }) {
  if (process.env.ALIBABA_CLOUD_ACCESS_KEY_ID) return {};
  const { AccessKeyID, AccessKeySecret, SecurityToken } = await getCredential();
  return {
    ALIBABA_CLOUD_ACCESS_KEY_ID: AccessKeyID,
    ALIBABA_CLOUD_ACCESS_KEY_SECRET: AccessKeySecret,
    ...(SecurityToken ? { ALIBABA_CLOUD_SECURITY_TOKEN: SecurityToken } : {}),
  };
}

function run(program, args, env) {
  const child = spawn(program, args, { cwd: FOLDER, env, stdio: 'inherit' });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) =>
      code === 0
        ? resolve()
        : reject(new Error(`${args.at(-1)} ended with ${code}; what it said stands above`)),
    );
  });
}

module.exports = { default: Runners };
