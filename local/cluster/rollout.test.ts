import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, it } from 'vitest';
import { tinyModelDigest, tinyModelPath, tinyProbability, tinyRow } from '../../serving/test-fixtures/tiny-service.ts';
import { createLocalClusterView } from '../../src/adapters/cluster-view/local.ts';
import { createScrapeMetricSource } from '../../src/adapters/metric-source/scrape.ts';
import { createServiceClient } from '../../src/adapters/service-client/http.ts';
import { parseDigest } from '../../src/artifacts/digest.ts';
import { systemClock } from '../../src/ports/clock.ts';
import { deploy } from '../../src/steps/deploy.ts';
import { verifyRollout } from '../../src/steps/verify-rollout.ts';
import { RolloutScene } from '../../test/builders/rollout-scene.ts';
import { deploymentTarget } from '../../test/fixtures/overlay.ts';
import { childProcessRunner } from './child-process-runner.ts';
import { type LocalCluster, startCluster } from './start-cluster.ts';

const server = fileURLToPath(new URL('../../serving/src/main.ts', import.meta.url));
const threshold = 0.5;
const modelDigest = parseDigest(tinyModelDigest, 'the tiny model');
const rows = Array.from({ length: 60 }, (_, index) => {
  const columns = { ...tinyRow, flight_id: `AA${index}-JFK-LAX`, departure_delay: index - 20, carrier: index % 2 === 0 ? 'AA' : 'UA' };
  return { columns, probability: tinyProbability(columns) };
});

let folder: string;
let cluster: LocalCluster;
afterEach(async () => {
  await cluster.stop();
  await rm(folder, { recursive: true, force: true });
});

it('the real service: promoted when it serves what was accepted, rolled back on a simulated fault, no request lost', { timeout: 60_000 }, async () => {
  folder = await mkdtemp(join(tmpdir(), 'rollout-'));
  const scene = new RolloutScene();
  const good = await scene.register('good', {}, { modelDigest, rows, threshold });
  const bad = await scene.register('bad', {}, { modelDigest, rows, threshold });
  const context = await scene.context();
  cluster = await startCluster({
    folder,
    gitHost: scene.host,
    target: deploymentTarget,
    runner: childProcessRunner,
    pollInterval: 50,
    unpack: (imageDigest) =>
      Promise.resolve({
        folder: '/',
        entrypoint: ['node', server],
        environment: { MODEL_PATH: tinyModelPath, ...(imageDigest === bad.imageDigest ? { SIMULATED_FAULT: 'slow=150ms,skew=0.2,after=20' } : {}) },
      }),
  });
  const view = createLocalClusterView({ endpoint: cluster.controlUrl });
  const real = { ...context, clock: systemClock, cluster: view, metrics: createScrapeMetricSource({ cluster: view, clock: systemClock }), ask: createServiceClient() };

  const release = async (version: number) => {
    const { outputs } = await deploy({ version, environment: 'local', reason: undefined, dryRun: false }, real);
    return verifyRollout({ version, environment: 'local', commit: outputs.commit, dryRun: false }, real);
  };
  const first = await release(good.version);
  expect(first.verdict.checks.filter(({ severity, verdict }) => severity === 'error' && verdict !== 'pass')).toEqual([]);
  expect(first.outputs.result).toBe('promoted');

  const traffic = { on: true };
  const lost: string[] = [];
  const load = (async () => {
    while (traffic.on) {
      const answer = await fetch(`${cluster.serviceUrl}/predict`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(rows[0]?.columns) });
      const text = await answer.text();
      if (!answer.ok) lost.push(`${answer.status} ${text}`);
    }
  })();
  const second = await release(bad.version);
  traffic.on = false;
  await load;
  expect(second.outputs.result).toBe('rolled-back');
  expect(second.verdict.checks.find(({ id }) => id === 'score-difference')).toMatchObject({ verdict: 'fail' });
  expect(lost).toEqual([]);
  expect(await scene.registry.live('local')).toMatchObject({ version: good.version });
  expect(cluster.state().pods.map(({ imageDigest, ready }) => [imageDigest, ready])).toEqual([[good.imageDigest, true], [good.imageDigest, true]]);
});
