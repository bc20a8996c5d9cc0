import { z } from 'zod';
import { UserError } from '../../errors.ts';
import type { ClusterView, RolloutState } from '../../ports/cluster-view.ts';

export interface LocalClusterViewOptions {
  /** Base URL of the local cluster's control server. */
  readonly endpoint: string;
  readonly fetch?: typeof fetch;
}

const text = z.string().optional();
const stateSchema = z.object({
  appliedCommit: text,
  reconcileError: text,
  desiredReplicas: z.number().int().nonnegative(),
  pods: z.array(z.object({ name: z.string(), imageDigest: z.string(), ready: z.boolean(), restarts: z.number().int().nonnegative(), url: z.string(), reason: text })),
  serviceUrl: z.url(),
});

const timeout = 5000;

/** The embedded cluster as its control server tells it. */
export function createLocalClusterView(options: LocalClusterViewOptions): ClusterView {
  const request = options.fetch ?? fetch;
  return {
    /** @throws UserError cluster-unreachable */
    async rollout(): Promise<RolloutState> {
      const state = await read(options.endpoint, request);
      const pods = state.pods.map((pod) => ({ ...pod, reason: pod.reason }));
      return { ...state, appliedCommit: state.appliedCommit, reconcileError: state.reconcileError, pods };
    },
  };

  async function read(endpoint: string, ask: typeof fetch): Promise<z.infer<typeof stateSchema>> {
    try {
      const answer = await ask(new URL('/state', endpoint), { signal: AbortSignal.timeout(timeout) });
      if (!answer.ok) throw new Error(`status ${answer.status}`);
      return stateSchema.parse(await answer.json());
    } catch (cause) {
      throw new UserError('cluster-unreachable', `the cluster at ${endpoint} gives no state: ${cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause)}`, {
        hint: 'Check that the local cluster runs and that cluster-endpoint is its control address.',
        cause,
      });
    }
  }
}
