import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { folderSink } from './folder-sink.ts';

const folder = mkdtempSync(join(tmpdir(), 'taxiway-log-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function* chunks(...parts: (string | Error)[]): AsyncGenerator<string> {
  for (const part of parts) {
    if (part instanceof Error) throw part;
    yield part;
  }
}

test('a file appears under its name only when it is complete', async () => {
  const seen: string[] = [];
  async function* watching(): AsyncGenerator<string> {
    yield 'a\n';
    seen.push(...readdirSync(join(folder, 'day')));
    yield 'é\n';
  }
  await folderSink(folder).write('day', 'x.jsonl', watching());
  expect(seen).toEqual(['.x.jsonl.partial']);
  expect(readdirSync(join(folder, 'day'))).toEqual(['x.jsonl']);
  expect(readFileSync(join(folder, 'day', 'x.jsonl'), 'utf8')).toBe('a\né\n');
});

test('a write that fails leaves nothing behind', async () => {
  await expect(folderSink(folder).write('other', 'x.jsonl', chunks('a\n', new Error('stop')))).rejects.toThrow('stop');
  expect(readdirSync(join(folder, 'other'))).toEqual([]);
});
