import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readRecords } from './csv-records.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'taxiway-csv-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function read(content: string | Buffer, chunkSize: number) {
  const path = join(folder, 'file.csv');
  await writeFile(path, content);
  const found: { line: number; fields: number; fault: string | undefined; text: string }[] = [];
  await readRecords(path, {
    chunkSize,
    visit: ({ line, fields, fault, data, begin, end }) => {
      found.push({ line, fields, fault, text: data.subarray(begin, end).toString('utf8') });
      return true;
    },
  });
  return found;
}

const contents: Readonly<Record<string, string | Buffer>> = {
  'CRLF and quoted line ends': '\ufeffa,b\r\n"x\r\ny","say ""hi"""\r\n1,2\r\n,\r\n',
  'carriage returns alone': 'a,b\r1,"2\r3"\r4,5\r',
  'faults and what follows them': 'a,b\n1"2,3\n"x"y,1\n1,2,3\rz\nend,"last"',
  'letters of several bytes': 'ä,ü\n飛,行\n🛫,🛬\n',
  'fields longer than the reader looks byte by byte': `a,b\n${'x'.repeat(70)},"${'y'.repeat(70)}""${'z'.repeat(70)}\n${'w'.repeat(70)}"\n${'v'.repeat(70)}"${'u'.repeat(130)},1\n`,
  'long runs of quotes': `a,b\n1,"${'"'.repeat(1200)}"\n2,"${'"'.repeat(1099)}\n3,4\n`,
  'bytes that are no UTF-8': Buffer.from('a\nb\xe9\nc\n', 'latin1'),
};

it.each(Object.entries(contents))('%s read the same wherever the chunks are cut', async (_name, content) => {
  const whole = await read(content, 1 << 20);
  for (const chunkSize of [3, 4, 5, 6, 7, 11, 16]) expect(await read(content, chunkSize)).toEqual(whole);
});

it('a row has the number of its first line, and the lines of those before are counted', async () => {
  expect(await read('a,b\n"1\n2\n3",4\n5,6\n', 1 << 20)).toMatchObject([{ line: 1 }, { line: 2, fields: 2, text: '"1\n2\n3",4' }, { line: 5, text: '5,6' }]);
});

it('of a row that is too long only the beginning is kept, and the next row is right', async () => {
  const [, long, next] = await read(`a,b\n${'x'.repeat(3_000_000)},1\n2,3\n`, 65_536);
  expect(long).toMatchObject({ line: 2, fault: 'is longer than 1048576 bytes' });
  expect(long?.text.length).toBeLessThan(1_200_000);
  expect(next).toEqual({ line: 3, fields: 2, fault: undefined, text: '2,3' });
});

it('a quote that is never closed is told by the line it opens on', async () => {
  await expect(read('a,b\n1,2\n"x\ny",3\n4,"5\n6,7\n', 4)).rejects.toMatchObject({ name: 'UnclosedQuote', line: 5 });
});
