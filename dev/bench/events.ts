/** What the functions are handed. */
import { createHmac } from 'node:crypto';

export const WEBHOOK_SECRET = 'a-secret-of-more-than-16-characters';
export const LABELS = ['self-hosted', 'aliyun', 'arm64'];

/** As the trigger hands it over; of the size that GitHub's are, most of which is of no interest to us. */
export function delivery(id: number): string {
  const body = JSON.stringify({
    action: 'queued',
    workflow_job: {
      ...{ id, run_id: 2_202_229_078, name: 'build', labels: LABELS, status: 'queued' },
      created_at: new Date().toISOString(),
    },
    repository: { full_name: 'acme/app', private: true, description: 'x'.repeat(24_500) },
    installation: { id: 5 },
  });
  const digest = createHmac('sha256', WEBHOOK_SECRET).update(body).digest('hex');
  const headers = {
    'content-type': 'application/json',
    'x-github-event': 'workflow_job',
    'x-github-delivery': `0b989ba4-242f-11e5-81e1-${String(id).padStart(12, '0')}`,
    'x-hub-signature-256': `sha256=${digest}`,
  };
  return JSON.stringify({ version: 'v1', headers, body, isBase64Encoded: false });
}

/** As the webhook hands it on. */
export function queued(id: number, runId: number, installationId: number): string {
  const job = {
    ...{ id, runId, runAttempt: 1, name: 'build', repository: 'acme/app', repositoryId: 1 },
    ...{ isPublic: false, installationId, labels: LABELS, createdAtMs: Date.now() },
  };
  return JSON.stringify({ kind: 'queued', job, delivery: `delivery-${id}` });
}
