import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { describeLooks, readCommittedLooks } from './committed-looks.ts';

const flightDelay = join(import.meta.dirname, '../../pipelines/flight-delay');

test('the looks at the last months of the year are written down, and May has none', async () => {
  const looks = await readCommittedLooks(flightDelay);
  expect(describeLooks(looks, { from: '2013-06-01', to: '2014-01-01' })).toMatch(/^2013-06-01 to 2014-01-01 had been looked at \d+ times before: study/);
  expect(describeLooks(looks, { from: '2013-05-01', to: '2013-06-01' })).toBeUndefined();
});

test('a pipeline without the file has none; a damaged file is named', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'looks-'));
  try {
    expect(await readCommittedLooks(folder)).toEqual([]);
    await writeFile(join(folder, 'holdout-ledger.yaml'), 'schema: taxiway/holdout-ledger/v1\nlooks:\n  - { by: me }\n');
    await expect(readCommittedLooks(folder)).rejects.toMatchObject({ code: 'pipeline-invalid' });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
