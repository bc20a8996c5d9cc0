import { spawnSync } from 'node:child_process';
import { copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

export interface DockerfileBuilder {
  /** Builds serving/Dockerfile and pushes it. @param to host/name:tag */
  buildAndPush(repository: string, options: { readonly to: string; readonly user: string; readonly arguments: Readonly<Record<string, string>> }): void;
}

/** Undefined, with a reason on stderr, where buildah or debootstrap is missing or npm did not start this. */
export function findDockerfileBuilder(folder: string): DockerfileBuilder | undefined {
  const missing = ['buildah', 'debootstrap'].filter((program) => spawnSync('which', [program]).status !== 0);
  const npm = process.env['npm_execpath'];
  if (missing.length > 0 || npm === undefined) {
    process.stderr.write(`e2e:image: serving/Dockerfile SKIPPED: ${missing.length > 0 ? `${missing.join(', ')} not found (apt-get install buildah debootstrap)` : 'run it by npm'}\n`);
    return undefined;
  }
  const storage = join(folder, 'buildah.conf');
  writeFileSync(storage, `[storage]\ndriver = "vfs"\ngraphroot = "${folder}/buildah/root"\nrunroot = "${folder}/buildah/run"\n`);
  const buildah = (...words: readonly string[]): string => run('buildah', words, { ...process.env, CONTAINERS_STORAGE_CONF: storage });
  return {
    buildAndPush: (repository, { to, user, arguments: given }) => {
      const dockerfile = join(repository, 'serving/Dockerfile');
      for (const image of namedBases(readFileSync(dockerfile, 'utf8'))) commitStandIn(buildah, { image, npm });
      const values = Object.entries(given).flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]);
      buildah('bud', '--pull-never', '--isolation', 'chroot', '--network', 'host', '--format', 'oci', '--timestamp', '0', ...values, '-f', dockerfile, '-t', to, repository);
      buildah('push', '--quiet', '--tls-verify=false', '--creds', user, to, `docker://${to}`);
    },
  };
}

/** What stages are built from, but for other stages. */
function namedBases(dockerfile: string): string[] {
  const stages = [...dockerfile.matchAll(/^FROM\s+(\S+)(?:\s+AS\s+(\S+))?\s*$/gim)];
  const names = new Set(stages.map(([, , name]) => name));
  return [...new Set(stages.map(([, image = '']) => image))].filter((image) => !names.has(image));
}

/** No hub is asked: Debian's own packages with this very Node stand in for the image that the Dockerfile names. */
function commitStandIn(buildah: (...words: readonly string[]) => string, { image, npm }: { readonly image: string; readonly npm: string }): void {
  const root = debianWithNode(npm);
  const container = buildah('from', 'scratch').trim();
  buildah('copy', '--quiet', container, root, '/');
  const certificates = process.env['NODE_EXTRA_CA_CERTS'];
  if (certificates !== undefined && existsSync(certificates)) {
    // For whoever reaches npm's registry through a proxy of their own.
    buildah('copy', '--quiet', container, certificates, '/etc/extra-certificates.crt');
    buildah('config', '--env', 'NODE_EXTRA_CA_CERTS=/etc/extra-certificates.crt', container);
  }
  buildah('config', '--env', 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', container);
  buildah('commit', '--quiet', '--rm', container, `docker.io/library/${image}`);
}

/** Made once per release of Node, outside the repository. */
function debianWithNode(npm: string): string {
  const folder = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'taxiway-e2e', `bookworm-node-${process.version}`);
  const complete = `${folder}.complete`;
  if (existsSync(complete)) return folder;
  process.stderr.write('e2e:image: making a Debian with debootstrap (a minute, once)\n');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  run('debootstrap', ['--variant=minbase', 'bookworm', folder]);
  copyFileSync(process.execPath, join(folder, 'usr/local/bin/node'));
  const modules = join(folder, 'usr/local/lib/node_modules');
  mkdirSync(modules, { recursive: true });
  cpSync(join(dirname(npm), '..'), join(modules, 'npm'), { recursive: true, dereference: true });
  symlinkSync('../lib/node_modules/npm/bin/npm-cli.js', join(folder, 'usr/local/bin/npm'));
  writeFileSync(complete, '');
  return folder;
}

function run(program: string, words: readonly string[], env = process.env): string {
  const { status, stdout, stderr } = spawnSync(program, words, { encoding: 'utf8', env, maxBuffer: 2 ** 26 });
  if (status !== 0) throw new Error(`${program} ${words.join(' ')}: ${stderr.slice(-2000)}`);
  return stdout;
}
