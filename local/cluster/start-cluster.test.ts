import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { deploymentTarget, emptyOverlay, overlayFile } from '../../test/fixtures/overlay.ts';
import { MemoryGitHost } from '../../src/adapters/git-host/memory.ts';
import { type Digest, digestOf } from '../../src/artifacts/digest.ts';
import { pinImage, unpinImage } from '../../src/gitops/edit-overlay.ts';
import type { RolloutState } from '../../src/ports/cluster-view.ts';
import { systemClock } from '../../src/ports/clock.ts';
import { childProcessRunner } from './child-process-runner.ts';
import type { PodImage } from './pod-image.ts';
import { type LocalCluster, startCluster } from './start-cluster.ts';

// Answers with its version after a moment, so that some requests are always in flight; drains like a service on SIGTERM.
const program = `
import { createServer } from 'node:http';
if (process.env.BROKEN) { console.error('broken on purpose'); process.exit(3); }
const server = createServer((request, response) => {
  if (request.url === '/crash') process.exit(1);
  request.resume();
  setTimeout(() => response.end(process.env.MODEL_VERSION), request.url.startsWith('/health') ? 0 : 20);
});
server.listen(Number(process.env.PORT), process.env.HOST);
process.on('SIGTERM', () => server.close(() => process.exit(0)));
`;

const digests = { v1: digestOf('v1'), v2: digestOf('v2'), v3: digestOf('broken v3') };
let folder: string;
let host: MemoryGitHost;
let cluster: LocalCluster;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cluster-'));
  await mkdir(join(folder, 'root/app'), { recursive: true });
  await writeFile(join(folder, 'root/app/index.mjs'), program);
  host = new MemoryGitHost(systemClock, 'main', { [overlayFile]: emptyOverlay });
  cluster = await startCluster({
    folder,
    gitHost: host,
    target: deploymentTarget,
    runner: childProcessRunner,
    pollInterval: 20,
    unpack: (imageDigest): Promise<PodImage> =>
      Promise.resolve({
        folder: join(folder, 'root'),
        entrypoint: ['node', '/app/index.mjs'],
        environment: imageDigest === digests.v3 ? { BROKEN: '1' } : {},
      }),
  });
});

afterEach(async () => {
  await cluster.stop();
  await rm(folder, { recursive: true, force: true });
});

async function commit(edit: (text: string) => string): Promise<string> {
  const head = (await host.head('main')) ?? '';
  const text = (await host.readFile(head, overlayFile)) ?? '';
  const result = await host.commitFiles({ branch: 'main', expectedHead: head, changes: [{ path: overlayFile, text: edit(text) }], subject: 'Deploy' });
  if (result.kind !== 'committed') throw new Error(result.kind);
  return result.commit;
}

const deploy = (modelVersion: string, imageDigest: Digest): Promise<string> =>
  commit((text) =>
    pinImage({ path: overlayFile, text, image: 'delay-ml' }, { repository: 'localhost/delay-ml', deployed: { imageDigest, modelVersion, modelDigest: digestOf('model') } }),
  );

async function until(holds: (state: RolloutState) => boolean): Promise<RolloutState> {
  for (;;) {
    const state = cluster.state();
    if (holds(state)) return state;
    await delay(20);
  }
}

const allReady = (digest: Digest) => (state: RolloutState): boolean => state.pods.length === 2 && state.pods.every((pod) => pod.ready && pod.imageDigest === digest);

it('replaces v1 by v2, keeps v2 when v3 is broken and goes back to v1, without failing one request under load', { timeout: 30_000 }, async () => {
  expect((await fetch(`${cluster.serviceUrl}/`)).status).toBe(503);
  const before = cluster.counts().failed;
  await deploy('v1', digests.v1);
  await until(allReady(digests.v1));

  const seen = new Map<string, number>();
  let loading = true;
  const caller = async (): Promise<void> => {
    while (loading) {
      const answer = await fetch(`${cluster.serviceUrl}/predict`, { method: 'POST', body: 'x'.repeat(2000) });
      const text = await answer.text();
      expect(answer.status).toBe(200);
      seen.set(text, (seen.get(text) ?? 0) + 1);
    }
  };
  const load = Promise.all(Array.from({ length: 6 }, caller));

  const second = await deploy('v2', digests.v2);
  await until(allReady(digests.v2));
  expect(cluster.state()).toMatchObject({ appliedCommit: second, reconcileError: undefined, desiredReplicas: 2 });

  await deploy('v3', digests.v3);
  const broken = await until((state) => state.reconcileError !== undefined);
  expect(broken.reconcileError).toContain('broken on purpose');
  expect(allReady(digests.v2)(broken)).toBe(true);

  await deploy('v1', digests.v1);
  await until(allReady(digests.v1));
  loading = false;
  await load;
  expect([...seen.keys()].sort()).toEqual(['v1', 'v2']);
  expect(cluster.counts().failed - before).toBe(0);
});

it('starts a crashed pod again, counts it, and stops everything at zero replicas', { timeout: 20_000 }, async () => {
  await deploy('v1', digests.v1);
  const [first] = (await until(allReady(digests.v1))).pods;
  await fetch(`${first?.url}/crash`).catch(() => undefined);
  const state = await until((now) => now.pods.some((pod) => pod.restarts === 1 && pod.ready));
  expect(state.pods.map((pod) => pod.restarts).sort()).toEqual([0, 1]);
  await commit((text) => unpinImage({ path: overlayFile, text, image: 'delay-ml' }));
  await until((now) => now.pods.length === 0);
  expect(cluster.state().desiredReplicas).toBe(0);
});

it('leaves what runs alone when the overlay cannot be understood', { timeout: 20_000 }, async () => {
  const applied = await deploy('v1', digests.v1);
  await until(allReady(digests.v1));
  await commit((text) => text.replace('count: 2', 'count: many'));
  const state = await until((now) => now.reconcileError !== undefined);
  expect(state.reconcileError).toContain('kustomization.yaml:');
  expect(state.appliedCommit).toBe(applied);
  expect(allReady(digests.v1)(state)).toBe(true);
});
