import { afterEach, expect, it } from 'vitest';
import { ControlServer } from '../../../local/cluster/control-server.ts';
import type { RolloutState } from '../../ports/cluster-view.ts';
import { createLocalClusterView } from './local.ts';

const state: RolloutState = {
  appliedCommit: undefined,
  reconcileError: 'no such image',
  desiredReplicas: 2,
  pods: [{ name: 'p', imageDigest: 'sha256:a', ready: false, restarts: 1, url: '', reason: 'starting' }],
  serviceUrl: 'http://127.0.0.1:1',
};
const servers: ControlServer[] = [];
afterEach(() => Promise.all(servers.splice(0).map((server) => server.close())));

it('reads what the control server tells', async () => {
  const server = new ControlServer({ state: () => state, counts: () => ({ requests: 0, failed: 0, retried: 0 }) });
  servers.push(server);
  expect(await createLocalClusterView({ endpoint: await server.listen() }).rollout()).toEqual(state);
});

it.each([
  ['cut JSON', new Response('{"pods": [')],
  ['another document', new Response('{"pods": 3}')],
  ['an error', new Response('no', { status: 500 })],
])('says that the cluster gives no state when it answers %s', async (_what, answer) => {
  const view = createLocalClusterView({ endpoint: 'http://cluster.invalid', fetch: () => Promise.resolve(answer) });
  await expect(view.rollout()).rejects.toMatchObject({ code: 'cluster-unreachable' });
});

it('says so when nothing listens', async () => {
  await expect(createLocalClusterView({ endpoint: 'http://127.0.0.1:1' }).rollout()).rejects.toMatchObject({ code: 'cluster-unreachable' });
});
