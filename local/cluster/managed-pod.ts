import type { Pod } from '../../src/ports/cluster-view.ts';
import type { PodImage } from './pod-image.ts';
import { PodProcess } from './pod-process.ts';

/** What a pod runs. Two pods with the same key are replicas of each other. */
export interface PodTemplate {
  readonly key: string;
  readonly imageDigest: string;
  readonly environment: Readonly<Record<string, string>>;
}

export interface ManagedPodOptions {
  readonly name: string;
  readonly template: PodTemplate;
  readonly image: PodImage;
  readonly pidFolder: string;
  /** Where callers are told of the pod. `leave` resolves when it has answered what it was asked. */
  readonly traffic: { join(pod: ManagedPod): void; leave(pod: ManagedPod): Promise<void> };
  readonly timing: PodTiming;
}

/** Milliseconds. */
export interface PodTiming {
  readonly probeStarting: number;
  readonly probeReady: number;
  /** Doubled with every crash, up to the longest. */
  readonly restart: { readonly first: number; readonly longest: number };
  /** Between SIGTERM and SIGKILL. */
  readonly grace: number;
}

export const podTiming: PodTiming = { probeStarting: 50, probeReady: 1000, restart: { first: 100, longest: 10_000 }, grace: 10_000 };

const failuresUntilUnready = 3;

/** A pod over its whole life: started, probed, restarted when it crashes, stopped once. */
export class ManagedPod {
  readonly name: string;
  readonly template: PodTemplate;
  restarts = 0;
  ready = false;
  wasReady = false;
  stopping = false;
  reason: string | undefined = 'starting';
  private readonly options: ManagedPodOptions;
  private process: PodProcess | undefined;
  private wake: (() => void) | undefined;
  private readonly life: Promise<void>;

  constructor(options: ManagedPodOptions) {
    this.options = options;
    this.name = options.name;
    this.template = options.template;
    this.life = this.live();
  }

  get url(): string {
    return this.process?.url ?? '';
  }

  view(): Pod {
    const { name, ready, restarts, url, reason } = this;
    return { name, imageDigest: this.template.imageDigest, ready, restarts, url, reason };
  }

  /** Out of the traffic first, then the answers still owed, then SIGTERM. */
  async stop(): Promise<void> {
    this.stopping = true;
    this.ready = false;
    this.reason = 'stopping';
    this.wake?.();
    await this.options.traffic.leave(this);
    await this.process?.stop(this.options.timing.grace);
    await this.life;
  }

  private async live(): Promise<void> {
    const { restart } = this.options.timing;
    while (!this.stopping) {
      const how = await this.runOnce();
      await this.becomeUnready();
      if (this.hasStopped()) return;
      this.restarts += 1;
      this.reason = `crashed ${this.restarts} time${this.restarts === 1 ? '' : 's'}, last: ${how}`;
      await this.pause(Math.min(restart.longest, restart.first * 2 ** (this.restarts - 1)));
    }
  }

  /** From start to exit. Answers how it ended. */
  private async runOnce(): Promise<string> {
    const { name, image, template, pidFolder, timing } = this.options;
    const process = await PodProcess.start({ name, image, environment: template.environment, pidFolder }).catch((error: unknown) => String(error));
    if (typeof process === 'string') return process;
    this.process = process;
    if (this.hasStopped()) await process.stop(timing.grace);
    const run = { ended: false };
    const exit = process.exited.then(({ text }) => {
      run.ended = true;
      this.wake?.();
      return text;
    });
    let failures = 0;
    const isOver = (): boolean => run.ended || this.hasStopped();
    while (!isOver()) {
      const answers = await process.isReady();
      if (isOver()) break;
      failures = answers ? 0 : failures + 1;
      if (answers) this.becomeReady();
      else if (this.ready && failures >= failuresUntilUnready) await this.becomeUnready();
      await this.pause(this.ready ? timing.probeReady : timing.probeStarting);
    }
    return exit;
  }

  private becomeReady(): void {
    if (this.ready) return;
    this.ready = true;
    this.wasReady = true;
    this.reason = undefined;
    this.options.traffic.join(this);
  }

  private async becomeUnready(): Promise<void> {
    if (!this.ready) return;
    this.ready = false;
    this.reason = 'not ready';
    await this.options.traffic.leave(this);
  }

  // `stopping` changes while others run; a method keeps the compiler from believing the last look.
  private hasStopped(): boolean {
    return this.stopping;
  }

  private pause(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
