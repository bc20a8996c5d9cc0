import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';

export interface RunningTrino {
  readonly endpoint: string;
  readonly version: string;
  stop(): Promise<void>;
}

const startDeadline = 120_000;

/** What is missing of Java and Maven, in words; undefined where both are here. */
export function missingPrograms(): string | undefined {
  const missing = ['java', 'javac', 'mvn'].filter((program) => spawnSync(program, ['-version'], { stdio: 'ignore' }).error !== undefined);
  return missing.length === 0 ? undefined : missing.join(', ');
}

/** Starts the server of WarehouseServer.java on a free port of 127.0.0.1. The first start resolves its jars and compiles it; both are kept under ~/.cache. */
export async function startTrino(): Promise<RunningTrino> {
  const { classPath, version } = await prepare();
  const port = await freePort();
  const flags = ['-Xmx2g', '--add-opens=java.base/java.nio=ALL-UNNAMED', '-Djdk.attach.allowAttachSelf=true', '-Duser.timezone=UTC'];
  const server = spawn('java', [...flags, '-cp', classPath, 'WarehouseServer', String(port)], { stdio: ['pipe', 'pipe', 'pipe'] });
  const exit = new Promise<void>((resolve) => server.once('close', () => resolve()));
  const log: string[] = [];
  const ready = new Promise<boolean>((resolve) => {
    // Trino's logging takes over the standard output, and writes it to the error stream.
    for (const stream of [server.stdout, server.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        log.push(line);
        if (/\bready$/.test(line)) resolve(true);
      });
    }
    void exit.then(() => resolve(false));
    setTimeout(() => resolve(false), startDeadline).unref();
  });
  const stop = async (): Promise<void> => {
    server.stdin.end();
    await exit;
  };
  if (!(await ready)) {
    server.kill('SIGKILL');
    throw new Error(`Trino did not start:\n${log.slice(-30).join('\n')}`);
  }
  return { endpoint: `http://127.0.0.1:${port}`, version, stop };
}

/** The folder's name is a hash of what it is made from, and it appears whole or not at all. */
async function prepare(): Promise<{ classPath: string; version: string }> {
  const sources = ['pom.xml', 'WarehouseServer.java'].map((name) => join(import.meta.dirname, name));
  const texts = await Promise.all(sources.map((path) => readFile(path, 'utf8')));
  const cache = join(homedir(), '.cache', 'taxiway-e2e');
  const folder = join(cache, `trino-${createHash('sha256').update(texts.join('\0')).digest('hex').slice(0, 16)}`);
  const classPath = [join(folder, 'classes'), join(folder, 'jars', '*')].join(delimiter);
  const version = /<trino\.version>(\d+)</.exec(texts[0] ?? '')?.[1] ?? '';
  if (existsSync(folder)) return { classPath, version };
  console.log(`Resolving Trino ${version} (about 135 MB) into ${folder}; this happens once.`);
  await mkdir(cache, { recursive: true });
  const draft = await mkdtemp(join(cache, 'trino-draft-'));
  try {
    const [pom = '', source = ''] = sources;
    execFileSync('mvn', ['-q', '-B', '-f', pom, 'dependency:copy-dependencies', `-DoutputDirectory=${join(draft, 'jars')}`, '-DincludeScope=runtime'], { stdio: 'inherit' });
    execFileSync('javac', ['-proc:none', '-nowarn', '-cp', join(draft, 'jars', '*'), '-d', join(draft, 'classes'), source], { stdio: 'inherit' });
    await rename(draft, folder);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  return { classPath, version };
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
