import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** moto's ECR stands in for the API; https://github.com/getmoto/moto (Apache-2.0). */
const motoVersion = '5.2.5';

/** Debian's packages docker-registry, apache2-utils, containerd and runc. */
const programs = ['docker-registry', 'htpasswd', 'containerd', 'ctr', 'runc'] as const;

export interface ImageEngines {
  readonly motoServer: string;
  readonly programs: Readonly<Record<(typeof programs)[number], string>>;
}

/** Undefined, with a reason on stderr, where something is missing. moto is installed once per version, outside the repository. */
export function findImageEngines(): ImageEngines | undefined {
  const found = Object.fromEntries(programs.map((name) => [name, locate(name)]));
  const missing = programs.filter((name) => found[name] === undefined);
  if (missing.length > 0 || process.getuid?.() !== 0) {
    process.stderr.write(`e2e:image: SKIPPED: ${missing.length > 0 ? `${missing.join(', ')} not found (apt-get install docker-registry apache2-utils containerd runc)` : 'containers need root'}\n`);
    return undefined;
  }
  return { motoServer: installMoto(), programs: found as ImageEngines['programs'] };
}

function locate(name: string): string | undefined {
  return [...(process.env['PATH'] ?? '').split(':'), '/usr/sbin', '/sbin'].map((folder) => join(folder, name)).find((path) => existsSync(path));
}

function installMoto(): string {
  const folder = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'taxiway-e2e', `moto-ecr-${motoVersion}`);
  const program = join(folder, 'bin', 'moto_server');
  if (existsSync(program)) return program;
  process.stderr.write(`e2e:image: installing moto ${motoVersion} (a minute, once)\n`);
  mkdirSync(folder, { recursive: true });
  for (const [command, ...rest] of [
    ['python3', '-m', 'venv', folder],
    [join(folder, 'bin', 'pip'), 'install', '--quiet', `moto[server,ecr]==${motoVersion}`],
  ] as const) {
    if (spawnSync(command, rest, { stdio: 'inherit' }).status !== 0) throw new Error(`${command} ${rest.join(' ')} failed`);
  }
  return program;
}
