import { appendFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { FeedFolder } from './feed-folder.ts';

const root = await mkdtemp(join(tmpdir(), 'taxiway-feed-folder-'));
afterAll(() => rm(root, { recursive: true }));
const minute = 60_000;
const day = 86_400_000;
const now = Date.parse('2013-06-13T12:00:30Z');
let folder: string;
let feed: FeedFolder;

beforeEach(async () => {
  folder = await mkdtemp(join(root, 'feed-'));
  feed = new FeedFolder(folder, 3 * day);
});

async function write(name: string, text: string): Promise<void> {
  await mkdir(dirname(join(folder, name)), { recursive: true });
  await writeFile(join(folder, name), text);
}

async function poll(moment: number): Promise<string[]> {
  const lines: string[] = [];
  for await (const part of feed.poll(moment)) lines.push(...part);
  return lines;
}

describe('FeedFolder', () => {
  it('gives every line once, of files by minute, hour and day within the look-back', async () => {
    await write('2013/06/13/1200.jsonl', 'm\n');
    await write('2013/06/13/11.jsonl', 'h1\r\nh2\n\n');
    await write('2013/06/11.jsonl', 'd\n');
    await write('2013/06/09.jsonl', 'too old\n');
    await write('2013/06/13/1201.jsonl', 'later\n');
    await write('2013/06/13/notes.txt', 'no feed\n');
    expect((await poll(now)).map((line) => line.trim()).sort()).toEqual(['d', 'h1', 'h2', 'm']);
    expect(await poll(now)).toEqual([]);
    expect(await poll(now + minute)).toEqual(['later']);
  });

  it('reads on where a file has grown, and a line only when it is whole', async () => {
    await write('2013/06/13/12.jsonl', 'one\ntw');
    expect(await poll(now)).toEqual(['one']);
    await appendFile(join(folder, '2013/06/13/12.jsonl'), 'o\nthree\n');
    expect(await poll(now)).toEqual(['two', 'three']);
  });

  it('reads a file that was written anew from its beginning', async () => {
    await write('2013/06/13/12.jsonl', 'one\ntwo\n');
    await poll(now);
    await write('2013/06/13/12.jsonl', 'other\n');
    expect(await poll(now)).toEqual(['other']);
  });

  it('finds what comes for an old file within ten minutes', async () => {
    await poll(now);
    await write('2013/06/12/0700.jsonl', 'late\n');
    expect(await poll(now + minute)).toEqual([]);
    expect(await poll(now + 10 * minute)).toEqual(['late']);
  });

  it('fails where the folder is gone', async () => {
    await rm(folder, { recursive: true });
    await expect(poll(now)).rejects.toThrow('ENOENT');
  });
});
