import type { Pod } from '../../src/ports/cluster-view.ts';
import type { ManagedPod, PodTemplate } from './managed-pod.ts';

export interface DesiredPods {
  /** What to run, or undefined for nothing. */
  readonly template: PodTemplate | undefined;
  readonly replicas: number;
}

export interface RollingPodsOptions {
  readonly create: (template: PodTemplate) => ManagedPod;
  /** Milliseconds in which the next pod must become ready. */
  readonly readyDeadline: number;
  /** A new pod that ended this often before it was ever ready will not become ready. */
  readonly crashLimit: number;
  readonly now: () => number;
}

const surge = 1;

/**
 * A Deployment with maxSurge 1 and maxUnavailable 0: a new pod first, an old one out only when enough are ready without it.
 * `tick` looks at what is there and does the next thing, so a change of mind in the middle of a rollout needs no undoing.
 */
export class RollingPods {
  /** Why the present template was given up, or undefined. */
  error: string | undefined;
  private readonly options: RollingPodsOptions;
  private pods: readonly ManagedPod[] = [];
  private desired: DesiredPods = { template: undefined, replicas: 0 };
  private progress = { ready: 0, since: 0 };
  private readonly stopping = new Set<Promise<void>>();

  constructor(options: RollingPodsOptions) {
    this.options = options;
  }

  get replicas(): number {
    return this.desired.replicas;
  }

  view(): readonly Pod[] {
    return this.pods.map((pod) => pod.view());
  }

  set(desired: DesiredPods): void {
    if (desired.template?.key === this.desired.template?.key && desired.replicas === this.desired.replicas) return;
    this.desired = desired;
    this.error = undefined;
    this.progress = { ready: 0, since: this.options.now() };
  }

  tick(): void {
    const { template, replicas } = this.desired;
    if (template === undefined || replicas === 0) {
      for (const pod of this.pods) this.stop(pod);
      return;
    }
    const wanted = this.pods.filter((pod) => pod.template.key === template.key);
    for (const extra of byUselessness(wanted).slice(0, Math.max(0, wanted.length - replicas))) this.stop(extra);
    this.retireOne(template, replicas);
    if (this.error !== undefined) return;
    while (this.count(template) < replicas && this.pods.length < replicas + surge) this.pods = [...this.pods, this.options.create(template)];
    this.judge(template, replicas);
  }

  async stopAll(): Promise<void> {
    this.desired = { template: undefined, replicas: 0 };
    this.tick();
    await Promise.all(this.stopping);
  }

  private count(template: PodTemplate): number {
    return this.pods.filter((pod) => pod.template.key === template.key).length;
  }

  /** Takes out one old pod where the others suffice, or an old one that serves nobody where it only takes room. */
  private retireOne(template: PodTemplate, replicas: number): void {
    const ready = this.pods.filter((pod) => pod.ready).length;
    const full = this.pods.length >= replicas + surge && this.pods.some((pod) => pod.template.key === template.key && pod.ready);
    const [next] = byUselessness(this.pods.filter((pod) => pod.template.key !== template.key));
    if (next === undefined) return;
    if (ready - (next.ready ? 1 : 0) >= replicas || (full && !next.ready)) this.stop(next);
  }

  private judge(template: PodTemplate, replicas: number): void {
    const wanted = this.pods.filter((pod) => pod.template.key === template.key);
    const ready = wanted.filter((pod) => pod.ready).length;
    const now = this.options.now();
    if (ready >= replicas || ready > this.progress.ready) {
      this.progress = { ready, since: now };
      return;
    }
    const hopeless = wanted.find((pod) => !pod.wasReady && pod.restarts >= this.options.crashLimit);
    const late = now - this.progress.since > this.options.readyDeadline;
    if (hopeless === undefined && !late) return;
    const reason = hopeless?.reason ?? wanted.find((pod) => !pod.ready)?.reason ?? 'no pod became ready';
    this.error = hopeless === undefined ? `not ready within ${this.options.readyDeadline / 1000} s: ${reason}` : reason;
    // The old pods stay and go on serving.
    for (const pod of wanted.filter((candidate) => !candidate.ready)) this.stop(pod);
  }

  private stop(pod: ManagedPod): void {
    this.pods = this.pods.filter((candidate) => candidate !== pod);
    const stopped = pod.stop().finally(() => this.stopping.delete(stopped));
    this.stopping.add(stopped);
  }
}

/** Unready pods first, then the oldest. */
function byUselessness(pods: readonly ManagedPod[]): ManagedPod[] {
  return pods.toSorted((left, right) => Number(left.ready) - Number(right.ready));
}
