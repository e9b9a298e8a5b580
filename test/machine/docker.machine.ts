import { afterAll, beforeAll, expect, test } from 'vitest';
import { bootOne, giveJob } from './boot-one.ts';
import { type Cloud, openCloud } from './cloud.ts';

/** What a workflow asks of docker; the image is made on the spot, because no registry is in reach. */
const STEPS = `
mkdir --parents image/bin
cp /bin/busybox image/bin/busybox
for name in sh wget httpd cat; do ln --symbolic busybox "image/bin/$name"; done
tar --directory=image --create . | docker import - tiny >/dev/null
echo "container says: $(docker run --rm --env-file "$GITHUB_ENV" tiny sh -c 'echo "$RUNNER_CPU_CORES cores"')"
docker run --detach --name service tiny sh -c 'echo from-the-service >/index.html; httpd -f -p 8000 -h /' >/dev/null
address=$(docker inspect --format '{{.NetworkSettings.IPAddress}}' service)
for try in 1 2 3 4 5; do curl --silent --fail "http://$address:8000/index.html" && break; sleep 1; done
printf 'FROM tiny\\nRUN echo built >/built\\nCMD cat /built\\n' >Dockerfile
docker build --quiet --tag own . >/dev/null
echo "image says: $(docker run --rm own)"
echo "plugins: $(docker buildx version | cut --delimiter=' ' --fields=1), $(docker compose version | cut --delimiter=' ' --fields=1-2)"
if docker run --rm tiny wget -q -T 4 -O - --header 'X-aliyun-ecs-metadata-token: x' http://100.100.100.200/latest/user-data 2>&1; then echo METADATA-OPEN; fi
`;

let cloud: Cloud;
beforeAll(async () => {
  cloud = await openCloud(() => STEPS, { hasRunner: true });
});
afterAll(() => cloud.close());

test('a container, a service and a build run in a job; metadata is out of their reach', async () => {
  const one = await bootOne(cloud, { docker: true });
  const job = giveJob(cloud, one);
  await one.stops(110_000);
  const log = one.log();
  expect(one.trace()).toContain('docker.ready');
  expect(one.trace()).toContain('runner.in_image');
  // The image's docker has both plugins: nothing is asked for.
  expect(one.trace()).not.toContain('packages.');
  expect(log).toMatch(/plugins: github\.com\/docker\/buildx, Docker Compose/);
  // Runner and docker are in the image: the runner's own session is the first thing asked of the network.
  expect(cloud.asked.filter((each) => !each.startsWith('100.100.100.200'))[0]).toMatch(/\/sessions$/);
  expect(log).toContain('container says: 8 cores');
  expect(log).toContain('from-the-service');
  expect(log).toContain('image says: built');
  expect(log).not.toContain('METADATA-OPEN');
  // Once, by cloud-init, before there was a job.
  expect(cloud.asked.filter((each) => each.endsWith('/user-data'))).toHaveLength(1);
  expect(job.conclusion).toBe('success');
});
