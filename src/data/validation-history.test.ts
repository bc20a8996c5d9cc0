import { describe, expect, test } from 'vitest';
import { MemoryArtifactStore } from '../adapters/artifact-store/memory.ts';
import { digestOf } from '../artifacts/digest.ts';
import { type Logger, silentLogger } from '../ports/logger.ts';
import type { Check } from '../verdict/verdict.ts';
import { readValidationHistory, recordValidation, withSince } from './validation-history.ts';

const day = 86_400_000;
const start = Date.parse('2013-10-01');
const check = (verdict: Check['verdict'], id = 'missing'): Check => ({ id, title: id, value: 0.1, severity: 'error', verdict });
const record = (store: MemoryArtifactStore, index: number, checks: readonly Check[]): Promise<void> =>
  recordValidation(store, 'flight-delay', { asOf: start + index * day, snapshot: digestOf(`snapshot ${index}`), dataset: digestOf(`dataset ${index}`), checks });
const read = (store: MemoryArtifactStore, index: number, logger: Logger = silentLogger): ReturnType<typeof readValidationHistory> => readValidationHistory(store, 'flight-delay', { before: start + index * day, logger });

describe('the history of validations', () => {
  test('holds what each run found, newest first, of this pipeline and of earlier moments only', async () => {
    const store = new MemoryArtifactStore();
    for (const index of [2, 0, 1, 3]) await record(store, index, [check('fail')]);
    await recordValidation(store, 'flight-delay-2', { asOf: start, snapshot: digestOf('other'), dataset: digestOf('other'), checks: [check('pass')] });
    expect((await read(store, 3)).map(({ asOf }) => asOf)).toEqual(['2013-10-03T00:00:00.000Z', '2013-10-02T00:00:00.000Z', '2013-10-01T00:00:00.000Z']);
    expect((await read(store, 1))[0]).toEqual({
      schema: 'taxiway/validation-record/v1',
      asOf: '2013-10-01T00:00:00.000Z',
      snapshot: digestOf('snapshot 0'),
      dataset: digestOf('dataset 0'),
      checks: { missing: { verdict: 'fail', value: 0.1 } },
    });
    expect([...store.objects.keys()][0]).toMatch(/^validations\/flight-delay\/20131003T000000Z-[0-9a-f]{12}\.json$/);
  });

  test('keeps one record of a moment and snapshot, the latest: the pipeline may have been mended meanwhile', async () => {
    const store = new MemoryArtifactStore();
    await record(store, 0, [check('fail')]);
    await record(store, 0, [check('pass')]);
    expect(store.objects.size).toBe(1);
    expect(withSince([check('fail')], await read(store, 1))).toEqual([check('fail')]);
  });

  test('goes back twenty runs', async () => {
    const store = new MemoryArtifactStore();
    for (let index = 0; index < 25; index += 1) await record(store, index, [check('fail')]);
    const history = await read(store, 25);
    expect(history).toHaveLength(20);
    expect(history.at(-1)?.asOf).toBe('2013-10-06T00:00:00.000Z');
  });

  test('leaves out, with a warning, what is no record', async () => {
    const store = new MemoryArtifactStore();
    await record(store, 0, [check('fail')]);
    for (const [index, body] of ['', '{', 'null', '{"schema":"other"}', '{"schema":"taxiway/validation-record/v1","asOf":"yesterday","snapshot":"","dataset":"","checks":{}}'].entries()) {
      await store.create(`validations/flight-delay/20131002T00000${index}Z-000000000000.json`, Buffer.from(body));
    }
    const warnings: string[] = [];
    expect(await read(store, 2, { ...silentLogger, warn: (message) => warnings.push(message) })).toHaveLength(1);
    expect(warnings).toHaveLength(5);
    expect(warnings[0]).toContain('validations/flight-delay/20131002T000004Z');
  });
});

describe('failing since', () => {
  const history = (verdicts: readonly Check['verdict'][]): Parameters<typeof withSince>[1] =>
    verdicts.map((verdict, index) => ({ schema: 'taxiway/validation-record/v1', asOf: new Date(start - index * day).toISOString(), snapshot: '', dataset: '', checks: { missing: { verdict, value: 1 } } }));

  test('is the first of the latest runs that failed in a row', () => {
    expect(withSince([check('fail')], history(['fail', 'fail', 'pass', 'fail']))[0]).toMatchObject({ since: '2013-09-30T00:00:00.000Z', details: { failedRuns: 3 } });
  });

  test('is not said of a first failure, or of what does not fail', () => {
    expect(withSince([check('fail')], history(['pass', 'fail']))[0]).toEqual(check('fail'));
    expect(withSince([check('fail')], [])[0]).toEqual(check('fail'));
    expect(withSince([check('pass')], history(['fail']))[0]).toEqual(check('pass'));
  });

  test('looks through runs that could not tell', () => {
    expect(withSince([check('fail')], history(['skipped', 'fail', 'inconclusive', 'fail', 'pass']))[0]).toMatchObject({ since: '2013-09-28T00:00:00.000Z', details: { failedRuns: 3 } });
  });

  test('keeps apart checks whose names are those of every object', () => {
    expect(withSince([check('fail', 'constructor')], history(['fail']))[0]).toEqual(check('fail', 'constructor'));
  });

  test('keeps what the check says besides', () => {
    expect(withSince([{ ...check('fail'), details: { examples: [] } }], history(['fail']))[0]?.details).toEqual({ examples: [], failedRuns: 2 });
  });
});
