/** Alerts to `alerts.url`: generic JSON, or the text messages of DingTalk's and Feishu's robots. */
import type { Config } from '../config/config.ts';
import { CALL_MAX_MS } from '../limits.ts';
import type { Alerts } from '../ports.ts';

/** @see DingTalk docs, "Custom robot"; Feishu docs, "Custom bot usage guide" */
const BODIES = {
  json: (deployment: string, text: string) => ({ deployment, text }),
  dingtalk: (deployment: string, text: string) => ({
    msgtype: 'text',
    text: { content: `[${deployment}] ${text}` },
  }),
  feishu: (deployment: string, text: string) => ({
    msg_type: 'text',
    content: { text: `[${deployment}] ${text}` },
  }),
} as const;

/** Without an address an alert is its log line alone. Both robots say no with a 200 and a code of their own. */
export function alertsTo({ name, alerts: { url, format } }: Pick<Config, 'name' | 'alerts'>): Alerts {
  return {
    async post(text) {
      if (url === null) return;
      const body = JSON.stringify(BODIES[format](name, text));
      let answer: Response;
      try {
        const headers = { 'content-type': 'application/json' };
        answer = await fetch(url, {
          method: 'POST',
          headers,
          body,
          signal: AbortSignal.timeout(CALL_MAX_MS),
        });
      } catch {
        // The cause names the address, and the address holds the robot's token.
        throw new Error('the address in alerts.url did not answer');
      }
      const said = await answer.text();
      if (!answer.ok) throw new Error(`the address in alerts.url answered ${answer.status}`);
      const code = /"(?:errcode|code)"\s*:\s*(-?\d+)/.exec(said)?.[1];
      if (format !== 'json' && code !== undefined && code !== '0')
        throw new Error(`the robot refused the alert with code ${code}`);
    },
  };
}
