import { describe, expect, it } from 'vitest';
import { MemoryArtifactStore } from '../src/adapters/artifact-store/memory.ts';
import { StoreModelRegistry } from '../src/adapters/model-registry/store.ts';
import { operatingPointRecord } from '../src/operating-point/operating-point-record.ts';
import { OperatingPoints } from '../src/registry/operating-points.ts';
import { historyAt, type HistorySources, readRegistryHistory } from '../src/registry/registry-history.ts';
import { versionDraft } from '../test/builders/version-draft.ts';
import { describeHistory } from './describe-history.ts';
import { historyJson, type HistorySubject } from './history-json.ts';

const moment = (day: number): string => new Date(Date.UTC(2013, 5, day)).toISOString();

/** v1 live on the 2nd; v2 registered on the 10th, live on the 11th; back to v1 and v2 quarantined on the 12th; v3 challenges since the 20th. */
async function played(): Promise<HistorySources> {
  let now = 1;
  const store = new MemoryArtifactStore();
  const registry = new StoreModelRegistry({ store, model: 'flight-delay', clock: { now: () => Date.parse(moment(now)), sleep: async () => undefined } });
  const register = async (day: number, name: string): Promise<void> => {
    now = day;
    const { version, registeredAt } = await registry.register(versionDraft(name, { labels: { note: `made\nof \u001b[31m${name}` } }));
    const expectedEpoch = (await registry.challengers('local')).length;
    await registry.nominate({ environment: 'local', version, expectedEpoch, at: registeredAt });
  };
  const promote = async (day: number, version: number): Promise<unknown> => registry.promote({ environment: 'local', version, expectedEpoch: (await registry.history('local')).length, commit: `c0ffee${day}`, at: moment(day) });
  await register(1, 'a');
  await promote(2, 1);
  await register(10, 'b');
  await promote(11, 2);
  await registry.quarantine({ imageDigest: versionDraft('b').imageDigest, version: 2, reason: 'scores differ', at: moment(12) });
  await promote(12, 1);
  await register(20, 'c');
  const operatingPoints = new OperatingPoints({ store, model: 'flight-delay', registry });
  await operatingPoints.append(
    operatingPointRecord({
      model: { name: 'flight-delay', version: 1, digest: versionDraft('a').modelDigest },
      policy: { policy: 'trailing-recall', target: 0.83, days: 28, delay: 2, 'minimum-positives': 200 },
      point: { day: Date.parse(moment(16)) / 86_400_000, threshold: 0.25, source: 'trailing', rows: 27_000, positives: 6000 },
      createdAt: moment(15),
    }),
  );
  return { registry, operatingPoints };
}

async function subject(day?: number): Promise<HistorySubject> {
  const history = await readRegistryHistory(await played());
  const at = day === undefined ? undefined : Date.parse(moment(day));
  return { model: 'flight-delay', store: 'memory://test', at, history: at === undefined ? history : historyAt(history, at) };
}

/** As a reader is told: the second line block says where things stand. */
const standing = (text: string): string => text.split('\n\n')[1] ?? '';

describe('the history for people', () => {
  it.each([
    [1, 'nothing live', 'v1 challenges since 2013-06-01 00:00'],
    [2, 'v1 live since 2013-06-02', 'no challenger'],
    [10, 'v1 live since 2013-06-02', 'v2 challenges since 2013-06-10'],
    [11, 'v2 live since 2013-06-11', 'no challenger'],
    [13, 'v1 live since 2013-06-12', 'no challenger'],
    [undefined, 'v1 live since 2013-06-12', 'v3 challenges since 2013-06-20'],
  ])('says what was live and what challenged it at the end of June %s', async (day, live, challenger) => {
    const text = standing(describeHistory(await subject(day)));
    expect(text).toContain(live);
    expect(text).toContain(challenger);
  });

  it('shows every version with its metrics, state and labels, on one line each', async () => {
    const text = describeHistory(await subject());
    expect(text).toMatch(/v1 +2013-06-01 00:00 +0\.900 \[0\.880, 0\.920\].*live in local; note=made of  ?\[31ma/);
    expect(text).toMatch(/v2 .*was live in local; in quarantine/);
    expect(text).toMatch(/v3 .*challenger in local/);
    expect(text).not.toContain('\u001b');
  });

  it('lists what happened in order, and draws it', async () => {
    const text = describeHistory(await subject());
    const signs = [...text.matchAll(/^ {2}2013-06-\d\d 00:00 {2}(\S) {2}v(\d)/gm)].map(([, sign, version]) => `${sign ?? ''}${version ?? ''}`);
    expect(signs).toEqual(['○1', '▷1', '◁1', '▲1', '○2', '▷2', '◁2', '▲2', '▼1', '✕2', '◆1', '○3', '▷3']);
    expect(text).toContain('v1 decides from 0.250 on (trailing, 2013-05-18 to 2013-06-14, 27,000 rows)');
    expect(text).toMatch(/v1 {2}○─█+───█+\n/);
    expect(text).toMatch(/v2 {28}○──███✕\n/);
  });

  it('says so where nothing is registered, or was by then', async () => {
    const empty = { versions: [], environments: [], quarantines: [], operatingPoints: [] };
    expect(describeHistory({ model: 'm', store: 'memory://test', at: undefined, history: empty })).toContain('No version is registered yet');
    const { history } = await subject();
    expect(describeHistory({ model: 'm', store: 'memory://test', at: 0, history: historyAt(history, 0) })).toContain('No version was registered by then');
  });
});

describe('the history for programs', () => {
  it('has versions, pointers and every event', async () => {
    const found = JSON.parse(historyJson(await subject(11))) as unknown;
    expect(found).toMatchObject({
      schema: 'taxiway/history/v1',
      at: moment(11),
      versions: [{ version: 1 }, { version: 2 }],
      environments: { local: { live: { version: 2, epoch: 2 }, challenger: null, events: [{ kind: 'promoted' }, { kind: 'promoted' }], challengers: { length: 4 } } },
      quarantined: [],
    });
  });
});
