import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** An S3 server whose conditional writes hold under races: https://github.com/versity/versitygw (Apache-2.0). */
const version = 'v1.8.0';
const packagePath = `github.com/versity/versitygw/cmd/versitygw@${version}`;

/** Credentials of the server, made up. */
export const rootCredentials = { accessKeyId: 'taxiway-e2e', secretAccessKey: 'taxiway-e2e-secret' } as const;

/** The server's program, built once per version outside the repository; undefined, with a reason on stderr, where there is no Go. */
export function buildVersitygw(): string | undefined {
  const folder = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'taxiway-e2e', `versitygw-${version}`);
  const program = join(folder, 'versitygw');
  if (existsSync(program)) return program;
  const go = spawnSync('go', ['version'], { encoding: 'utf8' });
  if (go.status !== 0) {
    process.stderr.write('e2e:s3: SKIPPED: Go is not installed, so the S3 server cannot be built\n');
    return undefined;
  }
  process.stderr.write(`e2e:s3: building ${packagePath} with ${go.stdout.trim()} (minutes, once)\n`);
  mkdirSync(folder, { recursive: true });
  // Outside the repository: no go.mod of anyone's decides.
  const built = spawnSync('go', ['install', packagePath], { cwd: folder, stdio: 'inherit', env: { ...process.env, GOBIN: folder, CGO_ENABLED: '0' } });
  if (built.status !== 0) throw new Error(`go install ${packagePath} failed`);
  return program;
}

export interface RunningServer {
  readonly endpoint: string;
  stop(): Promise<void>;
}

/** @param folder empty; on a file system with extended attributes */
export async function startVersitygw(program: string, folder: string): Promise<RunningServer> {
  const port = await freePort();
  const data = join(folder, 'data');
  mkdirSync(data, { recursive: true });
  const child = spawn(program, ['--port', `127.0.0.1:${port}`, '--quiet', 'posix', data], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, ROOT_ACCESS_KEY: rootCredentials.accessKeyId, ROOT_SECRET_KEY: rootCredentials.secretAccessKey },
  });
  const endpoint = `http://127.0.0.1:${port}`;
  await waitUntilAnswering(endpoint, child);
  return {
    endpoint,
    stop: async () => {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGTERM');
        await gone;
      }
    },
  };
}

async function waitUntilAnswering(endpoint: string, child: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    if (child.exitCode !== null) throw new Error(`versitygw ended with ${child.exitCode}`);
    // Any answer will do: without credentials it is 403.
    if (await fetch(endpoint).then(() => true, () => false)) return;
    await pause(50);
  }
  throw new Error('versitygw does not answer');
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
