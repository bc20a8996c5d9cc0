import { generateKeyPairSync } from 'node:crypto';
import { deploymentTarget, emptyOverlay, overlayFile } from '../fixtures/overlay.ts';
import { MemoryArtifactStore, type StoreInterceptor } from '../../src/adapters/artifact-store/memory.ts';
import { MemoryGitHost } from '../../src/adapters/git-host/memory.ts';
import { StoreModelRegistry } from '../../src/adapters/model-registry/store.ts';
import { ArtifactRepository } from '../../src/artifacts/artifact.ts';
import { type Digest, digestOf } from '../../src/artifacts/digest.ts';
import { evidenceKey, keyIdOf, signEvidence } from '../../src/gate/evidence.ts';
import { readCurrentDeployment } from '../../src/gitops/deployment.ts';
import type { OverlayState } from '../../src/gitops/overlay.ts';
import { loadPipeline } from '../../src/pipeline/load-pipeline.ts';
import type { ClusterView, RolloutState } from '../../src/ports/cluster-view.ts';
import { silentLogger } from '../../src/ports/logger.ts';
import type { MetricAnswer, MetricSource } from '../../src/ports/metric-source.ts';
import type { VersionRecord } from '../../src/ports/model-registry.ts';
import type { Notification } from '../../src/ports/notifier.ts';
import type { AskService } from '../../src/rollout/ask-service.ts';
import type { StepContext } from '../../src/steps/step.ts';
import type { DeployPorts } from '../../src/steps/deploy.ts';
import type { VerifyRolloutPorts } from '../../src/steps/verify-rollout.ts';
import { versionDraft } from './version-draft.ts';

/** How an image behaves once it runs. */
export interface ImageBehaviour {
  /** Added to every score. */
  readonly skew?: number;
  readonly neverReady?: boolean;
  readonly crashLoops?: boolean;
  readonly otherModel?: string;
  readonly latency?: MetricAnswer;
  readonly errorRate?: MetricAnswer;
  readonly refuses?: boolean;
}

/** A model that a real service runs. */
export interface RealModel {
  readonly modelDigest: Digest;
  readonly rows: readonly { readonly columns: Readonly<Record<string, string | number | null>>; readonly probability: number }[];
  readonly threshold: number;
}

const fine: MetricAnswer = { kind: 'value', value: 0.004, sampleSize: 10_000 };
const flawless: MetricAnswer = { kind: 'value', value: 0, sampleSize: 10_000 };
const keys = generateKeyPairSync('ed25519');
const privateKey = keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const publicKeyPem = keys.publicKey.export({ type: 'spki', format: 'pem' }).toString();
const scores = [0.1, 0.3, 0.5, 0.7, 0.9];

/** Registry, git, a cluster that follows it, and a service: everything in memory, so that a whole rollout takes no time. */
export class RolloutScene {
  readonly behaviours = new Map<Digest, ImageBehaviour>();
  readonly notifications: Notification[] = [];
  readonly clock = { time: Date.parse('2013-06-02T12:00:00Z'), now: (): number => this.clock.time, sleep: (ms: number): Promise<void> => this.sleep(ms) };
  readonly host = new MemoryGitHost(this.clock, 'main', { [overlayFile]: emptyOverlay });
  readonly store: MemoryArtifactStore;
  readonly registry: StoreModelRegistry;
  readonly artifacts: ArtifactRepository;
  /** Called at every sleep: the place for things that happen meanwhile. */
  meanwhile: () => Promise<void> | void = () => undefined;
  clusterFollows = true;
  private followed: string | undefined;
  private served: { head: string; state: OverlayState } | undefined;

  constructor(intercept?: StoreInterceptor) {
    this.store = new MemoryArtifactStore(intercept);
    this.registry = new StoreModelRegistry({ store: this.store, model: 'flight-delay', clock: this.clock });
    this.artifacts = new ArtifactRepository(this.store);
  }

  /** A version that passed its gate; judged against the one before it unless told. */
  async register(name: string, behaviour: ImageBehaviour & { readonly champion?: number } = {}, real?: RealModel): Promise<VersionRecord> {
    const draft = versionDraft(name, real === undefined ? {} : { modelDigest: real.modelDigest });
    const rows = real?.rows ?? scores.map((probability, index) => ({ columns: { flight_id: `${name}-${index}` }, probability, championProbability: probability / 2 }));
    const golden = Buffer.from(JSON.stringify({ schema: 'taxiway/golden/v1', columns: ['flight_id'], rows, threshold: real?.threshold ?? 0.5 }));
    const evaluation = await this.artifacts.write({ kind: 'evaluation', files: { 'golden.json': golden }, parents: {}, metadata: { name } });
    const record = await this.registry.register({ ...draft, evaluation: evaluation.digest });
    const { candidate, modelDigest: model, dataset, pipelineDigest: pipeline, codeDigest: code } = record;
    const statement = { schema: 'taxiway/evidence/v1' as const, evaluation: evaluation.digest, candidate, model, dataset: dataset.digest, pipeline, code, outcome: 'pass' as const, ...(record.version === 1 ? {} : { championVersion: behaviour.champion ?? record.version - 1 }) };
    await this.store.create(evidenceKey(evaluation.digest), Buffer.from(JSON.stringify(signEvidence(statement, privateKey))));
    this.behaviours.set(record.imageDigest, behaviour);
    return record;
  }

  async context(): Promise<StepContext & DeployPorts & VerifyRolloutPorts> {
    const pipeline = await loadPipeline('pipelines/flight-delay/pipeline.yaml');
    return {
      pipeline: { ...pipeline, definition: { ...pipeline.definition, verification: { ...pipeline.definition.verification, 'minimum-requests': 40, 'ready-deadline': 30_000 } } },
      store: this.store,
      artifacts: this.artifacts,
      logger: silentLogger,
      clock: this.clock,
      native: { load: () => undefined },
      asOf: this.clock.now(),
      codeCommit: '0'.repeat(40),
      code: digestOf('code'),
      workDirectory: '/nonexistent',
      registry: this.registry,
      gitHost: this.host,
      trustedKeys: [{ keyId: keyIdOf(publicKeyPem), publicKeyPem }],
      cluster: this.cluster,
      metrics: this.metrics,
      ask: this.ask,
      notifiers: [{ name: 'memory', notify: (notification) => Promise.resolve(void this.notifications.push(notification)) }],
    };
  }

  async pinned(): Promise<string> {
    return (await readCurrentDeployment(this.host, deploymentTarget)).state.deployed?.modelVersion ?? 'nothing';
  }

  private readonly cluster: ClusterView = {
    rollout: async (): Promise<RolloutState> => {
      const { head, state } = await readCurrentDeployment(this.host, deploymentTarget);
      if (this.clusterFollows) this.followed = head;
      const digest = this.followed === undefined ? undefined : state.deployed?.imageDigest;
      const behaviour = digest === undefined ? {} : (this.behaviours.get(digest) ?? {});
      const ready = behaviour.neverReady !== true && behaviour.crashLoops !== true;
      return {
        appliedCommit: this.followed,
        reconcileError: behaviour.crashLoops === true ? 'crashed 3 times, last: exit code 1' : undefined,
        desiredReplicas: digest === undefined ? 0 : state.replicas,
        pods: digest === undefined ? [] : Array.from({ length: state.replicas }, (_, index) => ({ name: `p${index}`, imageDigest: digest, ready, restarts: 0, url: '', reason: ready ? undefined : 'starting' })),
        serviceUrl: 'http://service.invalid',
      };
    },
  };

  private readonly metrics: MetricSource = {
    query: ({ metric, imageDigest }) => {
      const behaviour = this.behaviours.get(imageDigest as Digest) ?? {};
      return Promise.resolve(metric === 'error-rate' ? (behaviour.errorRate ?? flawless) : (behaviour.latency ?? fine));
    },
  };

  private readonly ask: AskService = async (_url, rows) => {
    const head = (await this.host.head('main')) ?? '';
    // Asked often: one reading per commit is enough.
    if (this.served?.head !== head) this.served = { head, state: (await readCurrentDeployment(this.host, deploymentTarget)).state };
    const { state } = this.served;
    const behaviour = (state.deployed === undefined ? undefined : this.behaviours.get(state.deployed.imageDigest)) ?? {};
    if (behaviour.refuses === true) return { kind: 'failed', reason: 'status 500: on purpose' };
    const predictions = rows.map((row) => {
      const probability = Math.min(1, (scores[Number(String(row['flight_id']).split('-')[1])] ?? 0) + (behaviour.skew ?? 0));
      return { probability, decision: probability >= 0.5 ? (1 as const) : (0 as const) };
    });
    return { kind: 'answered', modelDigest: behaviour.otherModel ?? state.deployed?.modelDigest ?? '', predictions };
  };

  private async sleep(milliseconds: number): Promise<void> {
    this.clock.time += milliseconds;
    await this.meanwhile();
  }
}
