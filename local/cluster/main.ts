import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { createLocalGitHost } from '../../src/adapters/git-host/local.ts';
import { OciLayoutImageRegistry } from '../../src/adapters/image-registry/oci-layout.ts';
import { unpackImage } from '../../src/packaging/unpack-image.ts';
import { systemClock } from '../../src/ports/clock.ts';
import { childProcessRunner } from './child-process-runner.ts';
import { startCluster } from './start-cluster.ts';

/**
 * The embedded cluster as a process of its own: prints one JSON line with its addresses when it listens, and stops on SIGTERM, SIGINT
 * or the end of its standard input, so that it never outlives whoever started it.
 *
 *   node local/cluster/main.ts --remote remote.git --image-layout images --folder cluster [--prediction-log file:///…] [--front-port 0] [--control-port 0]
 */
const { values } = parseArgs({
  options: {
    remote: { type: 'string' },
    'image-layout': { type: 'string' },
    folder: { type: 'string' },
    'prediction-log': { type: 'string', default: '' },
    branch: { type: 'string', default: 'main' },
    environment: { type: 'string', default: 'local' },
    manifests: { type: 'string', default: 'deploy/kustomize' },
    image: { type: 'string', default: 'delay-ml' },
    'ready-deadline': { type: 'string', default: '300' },
    'front-port': { type: 'string', default: '0' },
    'control-port': { type: 'string', default: '0' },
  },
});
const { remote, folder, branch, environment, manifests, image, 'image-layout': layout } = values;
if (remote === undefined || layout === undefined || folder === undefined) {
  process.stderr.write('local/cluster/main.ts needs --remote, --image-layout and --folder\n');
  process.exit(2);
}
const images = new OciLayoutImageRegistry({ folder: resolve(layout), repository: `localhost/${image}` });
const cluster = await startCluster({
  folder: resolve(folder),
  gitHost: createLocalGitHost({ path: resolve(remote), runner: childProcessRunner, clock: systemClock }),
  target: { branch, environment, manifests, image },
  unpack: (digest) => unpackImage(images, digest, { into: join(resolve(folder), 'images') }),
  runner: childProcessRunner,
  environment: { PREDICTION_LOG: values['prediction-log'] },
  readyDeadline: Number(values['ready-deadline']) * 1000,
  ports: { front: Number(values['front-port']), control: Number(values['control-port']) },
});
process.stdout.write(`${JSON.stringify({ serviceUrl: cluster.serviceUrl, controlUrl: cluster.controlUrl })}\n`);

let ending: Promise<void> | undefined;
const end = (): void => {
  ending ??= cluster.stop().then(() => process.exit(0));
};
process.on('SIGTERM', end);
process.on('SIGINT', end);
process.stdin.on('close', end);
process.stdin.resume();
