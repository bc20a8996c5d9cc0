import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const version = '3.17.2';

/** A virtual environment with MLflow from PyPI, made once per version outside the repository; undefined, with a reason on stderr, where there is no Python. */
export function installMlflow(): string | undefined {
  const folder = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'taxiway-e2e', `mlflow-${version}`);
  const complete = join(folder, 'complete');
  if (existsSync(complete)) return folder;
  if (spawnSync('python3', ['-m', 'venv', '--help']).status !== 0) {
    process.stderr.write('e2e:mlflow: SKIPPED: Python 3 with venv is not installed, so MLflow cannot be\n');
    return undefined;
  }
  process.stderr.write(`e2e:mlflow: installing mlflow ${version} (a minute, once)\n`);
  mkdirSync(folder, { recursive: true });
  for (const [program, ...words] of [['python3', '-m', 'venv', folder], [join(folder, 'bin/pip'), 'install', '--quiet', `mlflow==${version}`]]) {
    if (program === undefined || spawnSync(program, words, { stdio: 'inherit' }).status !== 0) throw new Error(`${program ?? ''} ${words.join(' ')} failed`);
  }
  writeFileSync(complete, '');
  return folder;
}

export interface MlflowServer {
  readonly uri: string;
  /** Milliseconds until it answered. */
  readonly started: number;
  /** Ends it at once, in the middle of whatever it does. */
  kill(): Promise<void>;
}

/** On its database and artefacts in the folder; started again there, it goes on. Given a password file it asks for user and password. */
export async function startMlflow(environment: string, folder: string, { port }: { readonly port: number }): Promise<MlflowServer> {
  const begun = Date.now();
  const log = openSync(join(folder, 'mlflow.log'), 'a');
  const words = ['server', '--host', '127.0.0.1', '--port', String(port), '--workers', '1', '--backend-store-uri', `sqlite:///${join(folder, 'mlflow.db')}`, '--artifacts-destination', join(folder, 'artifacts')];
  // A process group of its own: the server's workers end with it.
  const child = spawn(join(environment, 'bin/mlflow'), words, { stdio: ['ignore', log, log], detached: true, env: { ...process.env, MLFLOW_SERVER_ENABLE_JOB_EXECUTION: 'false', MLFLOW_DISABLE_TELEMETRY: 'true' } });
  const uri = `http://127.0.0.1:${port}`;
  await untilAnswering(uri, child);
  return {
    uri,
    started: Date.now() - begun,
    kill: async () => {
      if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
      const gone = new Promise((resolve) => child.once('exit', resolve));
      process.kill(-child.pid, 'SIGKILL');
      await gone;
    },
  };
}

async function untilAnswering(uri: string, child: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 600; attempt += 1) {
    if (child.exitCode !== null) throw new Error(`mlflow ended with ${child.exitCode}`);
    if (await fetch(`${uri}/health`).then(({ ok }) => ok, () => false)) return;
    await pause(200);
  }
  throw new Error('mlflow does not answer');
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
