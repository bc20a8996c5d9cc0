import { generateKeyPairSync } from 'node:crypto';
import { cp, mkdir, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FileArtifactStore } from '../../src/adapters/artifact-store/file.ts';
import { type Artifact, ArtifactRepository } from '../../src/artifacts/artifact.ts';
import { hexOf } from '../../src/artifacts/digest.ts';
import { withDatabase } from '../../src/data/database.ts';
import { quoteText } from '../../src/data/sql-text.ts';
import { repository, runBundle } from '../bundles/run-bundle.ts';
import { hashFolder } from './hash-folder.ts';

const require = createRequire(import.meta.url);
const native = { load: (name: string): unknown => require(name) };
const pipeline = join(repository, 'pipelines/flight-delay/pipeline.yaml');
const window = { from: '2013-01-10', to: '2013-01-12' };
const unknown = `sha256:${'0'.repeat(64)}`;

let scene: string;
let store: string;
let data: string;

beforeEach(async () => {
  scene = await mkdtemp(join(tmpdir(), 'taxiway-bad-input-'));
  [store, data] = [join(scene, 'store'), join(scene, 'data')];
  await mkdir(store);
  await cp(join(repository, 'data/nycflights13'), data, { recursive: true });
});
afterEach(() => rm(scene, { recursive: true }));

/** Runs the bundle; demands one error line that holds the texts, no stack, no output, and everything as it was. */
async function expectRefusal(action: string, inputs: Readonly<Record<string, string>>, says: readonly string[]): Promise<void> {
  const before = await hashFolder(scene);
  const run = await runBundle({ action, inputs: { pipeline, store: `file://${store}`, 'data-root': data, 'as-of': '2013-03-01', ...inputs } });
  const errors = run.lines.filter((line) => line.startsWith('::error'));
  expect(errors).toHaveLength(1);
  for (const text of says) expect(errors[0]).toContain(text);
  // Two lines at least: what is wrong, and how to mend it.
  expect(errors[0]).toContain('%0A');
  expect(run.lines.filter((line) => !line.startsWith('::debug')).join('\n')).not.toMatch(/(?:^|%0A)\s+at /m);
  expect(run.exitCode).toBe(1);
  expect(run.outputFile).toBe('');
  expect(await hashFolder(scene)).toEqual(before);
}

const copyOfFlights = (select: string, to: string): Promise<unknown> =>
  withDatabase(native, (database) => database.run(`COPY (${select.replace('flights', `read_parquet(${quoteText(join(repository, 'data/nycflights13/flights.parquet'))})`)}) TO ${quoteText(to)} (FORMAT parquet)`));

describe('ingest refuses sources', () => {
  it('that are not there', async () => {
    await rm(join(data, 'weather.parquet'));
    await expectRefusal('ingest', window, ['source-missing: source weather: no file matches weather.parquet under ', data]);
  });

  it('that are cut short', async () => {
    await truncate(join(data, 'flights.parquet'), 2_000_000);
    await expectRefusal('ingest', window, ['source-unreadable: source flights: flights.parquet under ', 'is cut short: a Parquet file ends with PAR1']);
  });

  it('that are something else', async () => {
    await writeFile(join(data, 'flights.parquet'), '<html>The page you asked for has moved</html>');
    await expectRefusal('ingest', window, ['source-unreadable: source flights', 'is an HTML page, no Parquet file']);
  });

  it('that are damaged inside', async () => {
    const bytes = await readFile(join(data, 'flights.parquet'));
    await writeFile(join(data, 'flights.parquet'), bytes.fill(0x5a, bytes.length - 2000, bytes.length - 8));
    await expectRefusal('ingest', window, ['source-unreadable: source flights: flights.parquet under ', 'is damaged: its footer']);
  });

  it('that are folders', async () => {
    await rm(join(data, 'planes.parquet'));
    await mkdir(join(data, 'planes.parquet'));
    await expectRefusal('ingest', window, ['source-unreadable: source planes: planes.parquet under ', 'is no file']);
  });

  it('that lack a column which the dataset needs', async () => {
    await copyOfFlights('SELECT * EXCLUDE (dep_delay) FROM flights', join(data, 'flights.parquet'));
    await expectRefusal('ingest', window, ['dataset-query-failed: sql/dataset.sql: ', 'dep_delay']);
  });

  it('of which one file lacks a column that the others have', async () => {
    await copyOfFlights('SELECT * EXCLUDE (dep_delay) FROM flights LIMIT 10', join(data, 'flights-2014.parquet'));
    await expectRefusal('ingest', window, ['column-missing: source flights: flights-2014.parquet lacks dep_delay, which flights.parquet has']);
  });
});

describe('ingest refuses windows', () => {
  it.each([
    ['that end before they begin', { from: '2013-02-01', to: '2013-01-01' }, 'window-empty: the window 2013-02-01T00:00:00Z to 2013-01-01T00:00:00Z is empty'],
    ['that the sources do not cover', { from: '1999-01-01', to: '1999-02-01' }, 'window-empty: the dataset query gives no row for 1999-01-01T00:00:00Z to 1999-02-01T00:00:00Z'],
    ['of days that are in no calendar', { from: '2013-02-30', to: '2013-03-01' }, 'input-invalid: input "from" is "2013-02-30"'],
  ])('%s', async (_name, inputs, says) => {
    await expectRefusal('ingest', inputs, [says]);
  });
});

describe('a step refuses what the store does not hold as it was written', () => {
  const write = async (): Promise<Artifact> =>
    new ArtifactRepository(new FileArtifactStore(store)).write({ kind: 'snapshot', files: { 'rows/2013-01.parquet': Buffer.from('PAR1 rows PAR1') }, parents: {}, metadata: {} });
  const blob = ({ manifest }: Artifact): string => join(store, 'blobs/sha256', (manifest.files['rows/2013-01.parquet']?.digest ?? '').slice('sha256:'.length));

  it('a digest of nothing', async () => {
    await expectRefusal('validate-data', { snapshot: unknown }, [`artifact-missing: no snapshot ${unknown} in file://${store}`]);
  });

  it('what is no digest', async () => {
    await expectRefusal('validate-data', { snapshot: 'latest' }, ['input-invalid: input "snapshot" is "latest"', 'a digest looks like sha256:']);
  });

  it('a digest of another kind', async () => {
    const { digest } = await write();
    await expectRefusal('train', { dataset: digest }, [`artifact-missing: no clean-snapshot ${digest}`]);
  });

  it('a file with one bit changed', async () => {
    const artifact = await write();
    await writeFile(blob(artifact), 'PAR1 rowz PAR1');
    await expectRefusal('validate-data', { snapshot: artifact.digest }, ['artifact-corrupt: ', 'but is named ']);
  });

  it('a file that is gone', async () => {
    const artifact = await write();
    await rm(blob(artifact));
    await expectRefusal('validate-data', { snapshot: artifact.digest }, ['artifact-missing: snapshot ', 'has no file rows/2013-01.parquet']);
  });

  it('a manifest that was edited', async () => {
    const artifact = await write();
    const path = join(store, 'artifacts/snapshot', `${hexOf(artifact.digest)}.json`);
    await writeFile(path, (await readFile(path, 'utf8')).replace('"metadata":{}', '"metadata":{"rows":1}'));
    await expectRefusal('validate-data', { snapshot: artifact.digest }, ['artifact-corrupt: ']);
  });
});

describe('a step refuses inputs before it works', () => {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

  it('an environment that pipeline.yaml does not have', async () => {
    await expectRefusal('ingest', { ...window, environment: 'mars' }, ['input-invalid: input "environment" is "mars"; pipeline.yaml has: local']);
  });

  it('a signing key of another kind', async () => {
    await expectRefusal('evaluate-gate', { environment: 'local', candidate: unknown, 'signing-key': rsa }, ['signing-key-invalid: the private key is rsa; only ed25519 is allowed']);
  });

  it('a version that nobody registered', async () => {
    await expectRefusal('deploy', { environment: 'local', version: 'v9', 'git-remote': join(scene, 'none.git') }, ['there is no version v9; registered: none']);
  });

  it('a store that is a file', async () => {
    await rm(store, { recursive: true });
    await writeFile(store, 'not a folder');
    await expectRefusal('ingest', window, ['folder-unwritable: cannot make the folder ']);
  });
});
