import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { FileArtifactStore } from '../src/adapters/artifact-store/file.ts';
import { createLocalGitHost } from '../src/adapters/git-host/local.ts';
import { OciLayoutImageRegistry } from '../src/adapters/image-registry/oci-layout.ts';
import { StoreModelRegistry } from '../src/adapters/model-registry/store.ts';
import { execCommandRunner } from '../src/action/command-runner.ts';
import { unpackImage } from '../src/packaging/unpack-image.ts';
import { loadPipeline } from '../src/pipeline/load-pipeline.ts';
import { systemClock } from '../src/ports/clock.ts';
import { startCluster } from './cluster/start-cluster.ts';
import type { Console } from './console.ts';
import { createGitRemote } from './git-remote.ts';
import { Journal } from './journal.ts';
import type { LoopPaths } from './paths.ts';
import type { LoopPlan } from './plan.ts';
import { signingKeys } from './signing-keys.ts';
import { environment, type Story } from './story.ts';

export interface StoryOptions {
  readonly paths: LoopPaths;
  readonly plan: LoopPlan;
  readonly console: Console;
  readonly reportFolder: string;
  /** The folder of pipeline.yaml that the remote begins with. */
  readonly pipelineFolder: string;
  /** Of the front; 0 picks a free one. */
  readonly port: number;
}

export interface RunningStory extends Story {
  stop(): Promise<void>;
}

const repository = join(import.meta.dirname, '..');

/** The embedded environment: remote, keys, store, images, and the cluster that follows the remote's branch. */
export async function startStory({ paths, plan, reportFolder, pipelineFolder, console, port }: StoryOptions): Promise<RunningStory> {
  process.env['ORT_DISABLE_TELEMETRY'] = '1';
  const pipeline = await loadPipeline(join(pipelineFolder, 'pipeline.yaml'));
  const { definition } = pipeline;
  const { deployment } = definition;
  const keys = await signingKeys(paths.keys);
  await createGitRemote(
    {
      remote: paths.remote,
      branch: deployment.branch,
      contents: {
        [deployment.manifests]: join(repository, deployment.manifests),
        'pipelines/flight-delay': pipelineFolder,
        'pipelines/flight-delay/trusted-keys/loop.pem': keys.publicKeyPath,
      },
    },
    execCommandRunner,
  );
  const require = createRequire(import.meta.url);
  const images = new OciLayoutImageRegistry({ folder: paths.images, repository: deployment.image });
  const gitHost: Story['gitHost'] = (at) =>
    createLocalGitHost({ path: paths.remote, runner: execCommandRunner, clock: { ...systemClock, now: () => at } });
  const cluster = await startCluster({
    folder: paths.cluster,
    gitHost: gitHost(Date.now()),
    target: { branch: deployment.branch, environment, manifests: deployment.manifests, image: deployment.image },
    unpack: (digest) => unpackImage(images, digest, { into: join(paths.cluster, 'images') }),
    runner: execCommandRunner,
    environment: {
      PREDICTION_LOG: pathToFileURL(join(paths.store, 'predictions', environment)).href,
      // The story's weeks pass in seconds: nobody waits for the log or for a front that looks rarely.
      PREDICTION_LOG_INTERVAL_MS: '100',
      DRAIN_MINIMUM_MS: '500',
    },
    ports: { front: port },
  });
  return {
    paths,
    plan,
    reportFolder,
    console,
    journal: await Journal.open(paths.journal),
    pipeline,
    commands: execCommandRunner,
    native: { load: (name) => require(name) as unknown },
    registry: new StoreModelRegistry({ store: new FileArtifactStore(paths.store), model: definition.name, clock: systemClock }),
    gitHost,
    clusterState: () => Promise.resolve(cluster.state()),
    clusterEndpoint: cluster.controlUrl,
    serviceUrl: cluster.serviceUrl,
    signingKey: keys.privateKey,
    stop: () => cluster.stop(),
  };
}
