import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { ImageEngines } from './engines.ts';
import { startServer, type StartedServer } from './start-server.ts';

export interface Containers extends StartedServer {
  /** @param image host/name@digest */
  pull(image: string, user: string): void;
  run(container: ContainerRun): StartedServer;
  /** What the container's process is allowed, from /proc. */
  statusOf(id: string): string;
}

export interface ContainerRun {
  readonly id: string;
  readonly image: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** containerd and runc with a state of their own below the folder. */
export async function startContainers({ programs }: ImageEngines, folder: string): Promise<Containers> {
  const socket = join(folder, 'containerd.sock');
  mkdirSync(join(folder, 'containerd'), { recursive: true });
  writeFileSync(
    join(folder, 'containerd.toml'),
    `version = 2
root = "${folder}/containerd/root"
state = "${folder}/containerd/state"
# Whoever may not lower it is not asked to.
oom_score = 0
disabled_plugins = ["io.containerd.grpc.v1.cri"]
[grpc]
  address = "${socket}"
[ttrpc]
  address = "${socket}.ttrpc"
`,
  );
  const ctr = (...rest: string[]): string => {
    const { status, stdout, stderr } = spawnSync(programs.ctr, ['--address', socket, ...rest], { encoding: 'utf8', timeout: 120_000 });
    if (status !== 0) throw new Error(`ctr ${rest.join(' ')}: ${stderr}`);
    return stdout;
  };
  const isUp = async (): Promise<boolean> => existsSync(socket) && spawnSync(programs.ctr, ['--address', socket, 'version']).status === 0;
  const server = await startServer({ program: programs.containerd, arguments: ['--config', join(folder, 'containerd.toml')], log: join(folder, 'containerd.log'), isUp });
  return {
    pull: (image, user) => void ctr('images', 'pull', '--plain-http', '--user', user, image),
    run: ({ id, image, environment }) => {
      const variables = Object.entries(environment).flatMap(([name, value]) => ['--env', `${name}=${value}`]);
      const mounts = ['--mount', 'type=tmpfs,dst=/tmp,options=rw:size=64m:mode=1777'];
      ctr('run', '--detach', '--read-only', '--net-host', '--memory-limit', String(512 * 2 ** 20), ...allCapabilities().flatMap((name) => ['--cap-drop', name]), ...mounts, ...variables, image, id);
      return {
        stop: async () => {
          ctr('task', 'kill', '--signal', 'SIGTERM', id);
          for (let attempt = 0; attempt < 200 && ctr('task', 'ls').includes('RUNNING'); attempt += 1) await pause(50);
          ctr('task', 'rm', '--force', id);
          ctr('container', 'rm', id);
        },
      };
    },
    statusOf: (id) => {
      const pid = new RegExp(`^${id}\\s+(\\d+)`, 'm').exec(ctr('task', 'ls'))?.[1];
      return readFileSync(`/proc/${pid}/status`, 'utf8');
    },
    stop: () => server.stop(),
  };
}

/** What ctr gives a container unless it is told not to. */
function allCapabilities(): string[] {
  return ['CHOWN', 'DAC_OVERRIDE', 'FSETID', 'FOWNER', 'MKNOD', 'NET_RAW', 'SETGID', 'SETUID', 'SETFCAP', 'SETPCAP', 'NET_BIND_SERVICE', 'SYS_CHROOT', 'KILL', 'AUDIT_WRITE'].map((name) => `CAP_${name}`);
}
