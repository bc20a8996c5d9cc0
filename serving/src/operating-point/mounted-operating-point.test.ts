import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { operatingPointFile, operatingPointRecord, type OperatingPointRecord } from '../../../src/operating-point/operating-point-record.ts';
import { parseDigest } from '../../../src/artifacts/digest.ts';
import { loadTinyModel, tinyModelDigest } from '../../test-fixtures/tiny-service.ts';
import { MountedOperatingPoint } from './mounted-operating-point.ts';

const root = mkdtempSync(join(tmpdir(), 'taxiway-point-'));
afterAll(() => rmSync(root, { recursive: true }));
const model = await loadTinyModel();
let folders = 0;
let path = '';
beforeEach(() => {
  folders += 1;
  mkdirSync(join(root, String(folders)));
  path = join(root, String(folders), 'operating-point.json');
});

const record = (threshold: number, digest = tinyModelDigest): OperatingPointRecord =>
  operatingPointRecord({
    model: { name: 'tiny', version: 7, digest: parseDigest(digest, 'model') },
    point: { day: 15_900, threshold, source: 'trailing', rows: 900, positives: 210 },
    policy: { policy: 'trailing-recall', target: 0.83, days: 28, delay: 2, 'minimum-positives': 200 },
    createdAt: '2013-07-14T00:05:00Z',
  });

function mounted() {
  const reloads: string[] = [];
  const point = new MountedOperatingPoint({ model, path, interval: 3_600_000, onReload: (result, reason) => void reloads.push(reason === undefined ? result : `${result}: ${reason}`) });
  return { point, reloads };
}

test('without a mounted file the model\'s own threshold decides, and says that it comes from validation', async () => {
  const { point, reloads } = mounted();
  await point.look();
  expect(point.current).toEqual({ id: 'model', threshold: 0.5, source: 'validation' });
  writeFileSync(path, '\n');
  await point.look();
  expect([point.current.id, point.refused, reloads]).toEqual(['model', undefined, []]);
});

test('a record that appears or changes is used from the next look on', async () => {
  const { point, reloads } = mounted();
  await point.look();
  for (const threshold of [0.3, 0, 1]) {
    const written = record(threshold);
    writeFileSync(path, operatingPointFile(written));
    await point.look();
    expect(point.current).toEqual({ id: written.id, threshold, source: 'trailing' });
  }
  await point.look();
  expect(reloads).toEqual(['applied', 'applied', 'applied']);
});

test('a swap of the symbolic link above the file, as Kubernetes updates a ConfigMap, is seen', async () => {
  const folder = join(root, String(folders));
  for (const [name, threshold] of [['a', 0.3], ['b', 0.4]] as const) {
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, 'operating-point.json'), operatingPointFile(record(threshold)));
  }
  symlinkSync('a', join(folder, '..data'));
  symlinkSync(join('..data', 'operating-point.json'), path);
  const { point } = mounted();
  await point.look();
  expect(point.current.threshold).toBe(0.3);
  symlinkSync('b', join(folder, '..data_tmp'));
  renameSync(join(folder, '..data_tmp'), join(folder, '..data'));
  await point.look();
  expect(point.current.threshold).toBe(0.4);
});

test.each<[string, string | (() => string), RegExp]>([
  ['no JSON', '{"schema":', /not JSON/],
  ['a list', '[]', /no JSON object/],
  ['empty', '', /empty/],
  ['a threshold above one', () => JSON.stringify({ ...record(0.5), threshold: 1.5 }), /threshold is 1.5/],
  ['a threshold that is a text', () => JSON.stringify({ ...record(0.5), threshold: '0.5' }), /threshold is "0.5"/],
  ['a threshold changed by hand', () => JSON.stringify({ ...record(0.5), threshold: 0.6 }), /changed by hand/],
  ['another schema', () => JSON.stringify({ ...record(0.5), schema: 'taxiway/operating-point/v2' }), /schema/],
  ['a member more', () => JSON.stringify({ ...record(0.5), note: 'x' }), /"note"/],
  ['a member less', () => JSON.stringify({ ...record(0.5), window: undefined }), /no window/],
  ['another model\'s record', () => operatingPointFile(record(0.5, `sha256:${'9'.repeat(64)}`)), /bound to the model sha256:9+ \(version 7\)/],
  ['a megabyte', 'x'.repeat(2 ** 20), /bytes/],
])('%s is refused, said once, and the former point stays', async (_name, content, reason) => {
  const before = record(0.3);
  writeFileSync(path, operatingPointFile(before));
  const { point, reloads } = mounted();
  await point.look();
  writeFileSync(path, typeof content === 'string' ? content : content());
  await point.look();
  await point.look();
  expect(point.current.id).toBe(before.id);
  expect(point.refused).toMatch(reason);
  expect(reloads).toEqual(['applied', expect.stringMatching(reason)]);
  const after = record(0.35);
  writeFileSync(path, operatingPointFile(after));
  await point.look();
  expect([point.current.id, point.refused]).toEqual([after.id, undefined]);
});

test('a point that was in force outlives its file, and the loss is said', async () => {
  writeFileSync(path, operatingPointFile(record(0.3)));
  const { point, reloads } = mounted();
  await point.look();
  unlinkSync(path);
  await point.look();
  expect([point.current.threshold, reloads]).toEqual([0.3, ['applied', expect.stringContaining('cannot be read')]]);
});

test('once stopped, in the middle of a look too, the file is not looked at again', async () => {
  const point = new MountedOperatingPoint({ model, path, interval: 1 });
  const starting = point.start();
  point.stop();
  await starting;
  writeFileSync(path, operatingPointFile(record(0.3)));
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(point.current.id).toBe('model');
});
