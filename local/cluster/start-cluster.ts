import { join } from 'node:path';
import type { DeploymentTarget } from '../../src/gitops/deployment.ts';
import type { RolloutState } from '../../src/ports/cluster-view.ts';
import type { CommandRunner } from '../../src/ports/command-runner.ts';
import type { GitHost } from '../../src/ports/git-host.ts';
import { ControlServer } from './control-server.ts';
import { Front, type FrontCounts } from './front.ts';
import { ManagedPod, podTiming, type PodTiming } from './managed-pod.ts';
import type { PodImage, UnpackPodImage } from './pod-image.ts';
import { Reconciler } from './reconciler.ts';
import { removeLeftovers } from './remove-leftovers.ts';
import { RollingPods } from './rolling-pods.ts';

export interface ClusterOptions {
  /** The cluster's own folder: pid files. */
  readonly folder: string;
  readonly gitHost: GitHost;
  readonly target: DeploymentTarget;
  readonly unpack: UnpackPodImage;
  readonly runner: CommandRunner;
  /** Of every pod, e.g. PREDICTION_LOG. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Milliseconds; 300 s unless told. */
  readonly readyDeadline?: number;
  /** Milliseconds between looks at the branch; 250 unless told. */
  readonly pollInterval?: number;
  readonly timing?: PodTiming;
  readonly ports?: { readonly front?: number; readonly control?: number };
}

export interface LocalCluster {
  /** What callers use. */
  readonly serviceUrl: string;
  /** What the ClusterView adapter `local` is given. */
  readonly controlUrl: string;
  state(): RolloutState;
  counts(): FrontCounts;
  /** Stops all pods, then the servers. */
  stop(): Promise<void>;
}

const tickInterval = 25;
const drainTimeout = 15_000;

/** The embedded environment: a reconciler on a git branch, pods as child processes, a front, and an API to look at them. */
export async function startCluster(options: ClusterOptions): Promise<LocalCluster> {
  const pidFolder = join(options.folder, 'pods');
  await removeLeftovers(pidFolder, options.runner);
  const front = new Front();
  const serviceUrl = await front.listen(options.ports?.front);
  const images = new Map<string, PodImage>();
  let created = 0;
  const pods = new RollingPods({
    create: (template) => {
      const image = images.get(template.imageDigest);
      if (image === undefined) throw new Error(`image ${template.imageDigest} was not prepared`);
      created += 1;
      return new ManagedPod({
        name: `${options.target.image}-${template.imageDigest.slice(7, 15)}-${created}`,
        template,
        image,
        pidFolder,
        traffic: { join: (pod) => front.add({ name: pod.name, url: pod.url }), leave: (pod) => front.remove(pod.name, drainTimeout) },
        timing: options.timing ?? podTiming,
      });
    },
    readyDeadline: options.readyDeadline ?? 300_000,
    crashLimit: 3,
    now: () => performance.now(),
  });
  const reconciler = new Reconciler({
    gitHost: options.gitHost,
    target: options.target,
    prepare: async (imageDigest) => {
      if (!images.has(imageDigest)) images.set(imageDigest, await options.unpack(imageDigest));
    },
    apply: (desired) => pods.set(desired),
    // The front stops sending before a pod is told to stop: there is nothing to wait for.
    environment: { DRAIN_MINIMUM_MS: '0', DRAIN_QUIET_MS: '50', ...options.environment },
  });
  const state = (): RolloutState => ({
    appliedCommit: reconciler.appliedCommit,
    reconcileError: reconciler.error ?? pods.error,
    desiredReplicas: pods.replicas,
    pods: pods.view(),
    serviceUrl,
  });
  const counts = (): FrontCounts => front.counts;
  const control = new ControlServer({ state, counts });
  const controlUrl = await control.listen(options.ports?.control).catch(async (error: unknown) => {
    await front.close();
    throw error;
  });
  const ticking = setInterval(() => pods.tick(), tickInterval);
  const watching = repeat(() => reconciler.poll(), options.pollInterval ?? 250);
  return {
    serviceUrl,
    controlUrl,
    state,
    counts,
    stop: async () => {
      await watching.stop();
      clearInterval(ticking);
      await pods.stopAll();
      await Promise.all([front.close(), control.close()]);
    },
  };
}

/** Again and again, one at a time, with a pause between. */
function repeat(work: () => Promise<void>, pause: number): { stop(): Promise<void> } {
  const state = { stopped: false };
  const isStopped = (): boolean => state.stopped;
  let wake: () => void = () => undefined;
  const running = (async () => {
    while (!isStopped()) {
      await work();
      if (isStopped()) return;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, pause);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  })();
  return {
    stop: () => {
      state.stopped = true;
      wake();
      return running;
    },
  };
}
