import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FakeMlflow, type MlflowFault } from '../../../../test/builders/fake-mlflow.ts';
import { manualClock } from '../../../../test/builders/manual-clock.ts';
import { versionDraft } from '../../../../test/builders/version-draft.ts';
import type { LiveEvent, QuarantineEntry, VersionRecord } from '../../../ports/model-registry.ts';
import type { MirrorContent, MirrorReport } from '../../../ports/model-mirror.ts';
import { mirrorContent } from '../../../registry/mirror-content.ts';
import type { MlflowCredentials } from './client.ts';
import { MlflowMirror } from './mlflow-mirror.ts';

const start = Date.parse('2013-06-01T00:00:00Z');

function record(version: number): VersionRecord {
  return { ...versionDraft(String(version)), version, imageTag: `model_v${version}`, registeredAt: new Date(start + version * 86_400_000).toISOString() };
}

interface Scene {
  readonly versions: number;
  /** Live one after another. */
  readonly live?: readonly number[];
  readonly challenger?: number;
  readonly quarantined?: readonly number[];
}

function content({ versions, live = [], challenger, quarantined = [] }: Scene): MirrorContent {
  const records = Array.from({ length: versions }, (_, index) => record(index + 1));
  const events = live.map((version, index): LiveEvent => ({ kind: 'promoted', environment: 'production', version, imageDigest: record(version).imageDigest, epoch: index + 1, commit: 'c', since: '2013-07-01T00:00:00.000Z' }));
  return mirrorContent({
    model: 'flight-delay',
    description: 'Delays',
    store: 's3://models/taxiway',
    versions: records,
    histories: { production: events },
    championOf: 'production',
    challenger,
    quarantines: quarantined.map((version): QuarantineEntry => ({ imageDigest: record(version).imageDigest, version, reason: 'slow', at: '2013-07-02T00:00:00.000Z' })),
    files: new Map(records.map(({ version }) => [version, { 'MODEL_CARD.md': { size: 10 + version, bytes: async () => new Uint8Array(10 + version) }, 'model.onnx': { size: 99, bytes: async () => new Uint8Array(99) } }])),
  });
}

function sync(server: FakeMlflow, scene: Scene, credentials: MlflowCredentials = {}): Promise<MirrorReport> {
  const http = { fetch: server.fetch, clock: manualClock(start), random: () => 0 };
  return new MlflowMirror({ 'tracking-uri': 'http://mlflow.test', artifacts: 'full', credentials, http }).sync(async () => content(scene));
}

/** What a person sees in MLflow, by the registry's number; MLflow's own numbers and ids are left out. */
function shown(server: FakeMlflow): object {
  const model = server.models.get('flight-delay');
  // Where somebody took the tag off a version and off its run, too, they have made it their own: nothing says any more that it was the mirror's.
  const versions = [...(model?.versions.values() ?? [])].filter(({ tags }) => tags.has('taxiway.version'));
  const numberOf = (mlflow: number | undefined): string | undefined => versions.find(({ number }) => number === mlflow)?.tags.get('taxiway.version');
  const runs = [...server.runs.values()].filter(({ deleted, tags }) => !deleted && tags.has('taxiway.version'));
  return {
    experiments: [...server.experiments].map(([name, { deleted }]) => [name, deleted]),
    model: [model?.description, model?.tags],
    aliases: Object.fromEntries([...(model?.aliases ?? [])].map(([alias, number]) => [alias, numberOf(number)]).sort()),
    versions: versions.map(({ source, description, tags, runId }) => ({ source, description, tags: sorted(tags), run: server.runs.get(runId)?.tags.get('taxiway.version'), active: server.runs.get(runId)?.deleted === false })).sort(byVersion),
    runs: runs
      .map(({ name, status, params, metrics, tags, datasets, files }) => ({ name, status, params: sorted(params), metrics: [...metrics].map(([key, { value }]) => [key, value]).sort(), tags: sorted(tags), datasets: [...datasets], files: [...files].map(([path, bytes]) => [path, bytes.byteLength]).sort() }))
      .sort(byVersion),
  };
}

function sorted(tags: ReadonlyMap<string, string>): [string, string][] {
  return [...tags].sort(([left], [right]) => (left < right ? -1 : 1));
}

function byVersion(left: { tags: readonly [string, string][] }, right: { tags: readonly [string, string][] }): number {
  return JSON.stringify(left.tags) < JSON.stringify(right.tags) ? -1 : 1;
}

async function freshlyShown(scene: Scene): Promise<object> {
  const server = new FakeMlflow();
  await sync(server, scene);
  return shown(server);
}

const scene: Scene = { versions: 3, live: [1, 2], challenger: 3, quarantined: [1] };
const down: MlflowFault = 'before';

describe('MlflowMirror', () => {
  it('shows each version once, with its run, its numbers, its files, what is live and what is in quarantine', async () => {
    const server = new FakeMlflow();
    await sync(server, scene);
    const model = server.models.get('flight-delay');
    expect([...(model?.aliases ?? [])]).toEqual([['champion', 2], ['challenger', 3]]);
    expect([...(model?.versions.values() ?? [])].map(({ number, tags }) => [number, tags.get('taxiway.version'), tags.get('taxiway.status'), tags.get('taxiway.quarantined')])).toEqual([
      [1, 'flight-delay/1', 'quarantined', '2013-07-02T00:00:00.000Z: slow'],
      [2, 'flight-delay/2', 'live', undefined],
      [3, 'flight-delay/3', 'challenger', undefined],
    ]);
    const run = [...server.runs.values()].find(({ name }) => name === 'model_v2');
    expect(run).toMatchObject({ status: 'FINISHED', params: new Map([['batch-size', '1024'], ['seed', '2013']]) });
    expect(Object.fromEntries([...(run?.metrics ?? [])].map(([key, { value }]) => [key, value]))).toEqual({ accuracy: 0.9, 'accuracy.low': 0.88, 'accuracy.high': 0.92, 'accuracy.rows': 28_000, threshold: 0.42 });
    expect([...(run?.files.keys() ?? [])].sort()).toEqual(['MODEL_CARD.md', 'model.onnx']);
    expect(run?.tags.get('taxiway.image-digest')).toBe(record(2).imageDigest);
  });

  it('changes nothing where MLflow agrees already', async () => {
    const server = new FakeMlflow();
    await sync(server, scene);
    expect(await sync(server, scene)).toEqual({ changes: 0, notes: [] });
  });

  it('moves the aliases after a promotion and a rollback, and takes them away where nothing has them', async () => {
    const server = new FakeMlflow();
    await sync(server, { versions: 2, live: [1], challenger: 2 });
    await sync(server, { versions: 2, live: [1, 2] });
    expect([...(server.models.get('flight-delay')?.aliases ?? [])]).toEqual([['champion', 2]]);
    await sync(server, { versions: 2, live: [1, 2, 1], quarantined: [2] });
    expect(shown(server)).toEqual(await freshlyShown({ versions: 2, live: [1, 2, 1], quarantined: [2] }));
  });

  it('is complete at the next sync, wherever an earlier one broke off', async () => {
    const server = new FakeMlflow();
    await sync(server, scene);
    const wanted = shown(server);
    for (let broken = 0; broken < server.calls.length; broken += 1) {
      for (const kind of ['before', 'lost'] as const) {
        const other = new FakeMlflow();
        // From this call on nobody answers: the process, or MLflow, is gone.
        other.fault = ({ index }) => (index < broken ? undefined : index === broken ? kind : down);
        await expect(sync(other, scene)).rejects.toMatchObject({ code: 'mirror-unavailable' });
        other.fault = () => undefined;
        await sync(other, scene);
        expect(shown(other)).toEqual(wanted);
      }
    }
  });

  it.each<[string, MlflowFault]>([
    ['a connection that is refused', 'before'],
    ['an answer that is lost', 'lost'],
    ['429', { status: 429, body: '{"error_code":"REQUEST_LIMIT_EXCEEDED","message":"slow down"}' }],
    ['500', { status: 500, body: '{"error_code":"INTERNAL_ERROR","message":"database is locked"}' }],
    ['a page of HTML', { status: 200, body: '<html>Welcome</html>' }],
    ['a page of HTML that says 502', { status: 502, body: '<html>Bad gateway</html>' }],
  ])('gets over %s once at any call', async (_title, fault) => {
    const server = new FakeMlflow();
    await sync(server, scene);
    const wanted = shown(server);
    for (let broken = 0; broken < server.calls.length; broken += 1) {
      const other = new FakeMlflow();
      other.fault = ({ index }) => (index === broken ? fault : undefined);
      await sync(other, scene);
      expect(shown(other)).toEqual(wanted);
    }
  });

  it('ends within its budget, and says that nothing is lost', async () => {
    const server = new FakeMlflow();
    const clock = manualClock(start);
    server.fault = () => ({ status: 503, body: '' });
    const mirror = new MlflowMirror({ 'tracking-uri': 'http://mlflow.test', artifacts: 'card', credentials: {}, http: { fetch: server.fetch, clock, random: () => 1 } });
    await expect(mirror.sync(async () => content(scene), { budget: 3_000 })).rejects.toMatchObject({ code: 'mirror-unavailable', hint: expect.stringContaining('Nothing is lost') });
    expect(clock.now() - start).toBeLessThanOrEqual(3_000);
  });

  it('proves who it is, and never shows how', async () => {
    const server = new FakeMlflow();
    await sync(server, scene, { username: 'ann', password: 'open-sesame' });
    expect(new Set(server.headers)).toEqual(new Set([`Basic ${btoa('ann:open-sesame')}`]));
    server.fault = () => ({ status: 401, body: `no such password: open-sesame, ${btoa('ann:open-sesame')}` });
    const failure = await sync(server, scene, { username: 'ann', password: 'open-sesame' }).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'mirror-denied' });
    expect(String(failure)).not.toMatch(new RegExp(`open-sesame|${btoa('ann:open-sesame')}`));
    server.fault = () => undefined;
    await sync(server, scene, { token: 'long-token' });
    expect(server.headers.at(-1)).toBe('Bearer long-token');
  });

  it('does not follow a redirection, which could carry the credentials elsewhere', async () => {
    const server = new FakeMlflow();
    server.fault = () => ({ status: 302, body: '' });
    await expect(sync(server, scene)).rejects.toMatchObject({ code: 'mirror-refused', message: expect.stringContaining('not followed') });
    expect(server.calls).toHaveLength(1);
  });

  it('leaves a model alone that shows another registry', async () => {
    const server = new FakeMlflow();
    await sync(server, scene);
    server.models.get('flight-delay')?.tags.set('taxiway.store', 's3://others/taxiway');
    const before = shown(server);
    await expect(sync(server, { versions: 1 })).rejects.toMatchObject({ code: 'mirror-refused', message: expect.stringContaining('s3://others/taxiway') });
    expect(shown(server)).toEqual(before);
  });

  it('leaves versions and runs of people alone, and says which parameter cannot be mended', async () => {
    const server = new FakeMlflow();
    await sync(server, scene);
    const model = server.models.get('flight-delay');
    model?.versions.set(7, { number: 7, runId: '', source: 's3://elsewhere', description: 'by hand', tags: new Map([['owner', 'ann']]) });
    [...server.runs.values()][0]?.params.set('seed', '1');
    const { changes, notes } = await sync(server, scene);
    expect(changes).toBe(0);
    expect(notes).toEqual([expect.stringContaining('seed')]);
    expect(model?.versions.get(7)?.description).toBe('by hand');
  });
});

type Deed = (server: FakeMlflow, pick: number) => void;

/** What people and clean-up jobs do to a mirror. */
const deeds: Readonly<Record<string, Deed>> = {
  'delete a run': (server, pick) => {
    for (const run of at([...server.runs.values()], pick)) run.deleted = true;
  },
  'purge deleted runs': (server) => {
    server.purge();
  },
  'delete a version': (server, pick) => {
    const model = server.models.get('flight-delay');
    for (const number of at([...(model?.versions.keys() ?? [])], pick)) {
      model?.versions.delete(number);
      for (const [alias, version] of model?.aliases ?? []) if (version === number) model?.aliases.delete(alias);
    }
  },
  'delete the model': (server) => void server.models.delete('flight-delay'),
  'delete the experiment': (server) => {
    for (const experiment of server.experiments.values()) experiment.deleted = true;
  },
  'take a tag off a version': (server, pick) => {
    for (const { tags } of at([...(server.models.get('flight-delay')?.versions.values() ?? [])], pick)) tags.delete('taxiway.version');
  },
  'take a tag off a run': (server, pick) => {
    for (const { tags } of at([...server.runs.values()], pick)) tags.delete('taxiway.version');
  },
  'write other tags': (server, pick) => {
    for (const { tags } of at([...server.runs.values()], pick)) tags.set('taxiway.status', 'champion!').set('taxiway.image', 'mine');
  },
  'log another accuracy': (server, pick) => {
    for (const { metrics } of at([...server.runs.values()], pick)) metrics.set('accuracy', { value: 1, timestamp: start * 2, step: 5 });
  },
  'cut a file': (server, pick) => {
    for (const { files } of at([...server.runs.values()], pick)) files.set('model.onnx', new Uint8Array(7));
  },
  'move an alias': (server, pick) => {
    const model = server.models.get('flight-delay');
    for (const number of at([...(model?.versions.keys() ?? [])], pick)) model?.aliases.set('champion', number).set('challenger', number);
  },
};

function at<Item>(items: readonly Item[], pick: number): Item[] {
  return items.length === 0 ? [] : items.slice(pick % items.length, (pick % items.length) + 1);
}

const anyScene = fc.record({ versions: fc.integer({ min: 1, max: 3 }), live: fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 3 }), quarantined: fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 1 }) }).map(
  ({ versions, live, quarantined }): Scene => ({ versions, live: live.map((version) => Math.min(version, versions)), quarantined: quarantined.map((version) => Math.min(version, versions)), challenger: versions }),
);

/** A sync with the registry as it is then, broken off at a call; then somebody meddles. */
const history = fc.array(fc.record({ scene: anyScene, broken: fc.integer({ min: 0, max: 60 }), lost: fc.boolean(), deed: fc.constantFrom(...Object.keys(deeds)), pick: fc.nat(5) }), { maxLength: 4 });

describe('MlflowMirror, from any state', () => {
  it('comes to show the registry, whatever broke off and whoever meddled', async () => {
    await fc.assert(
      fc.asyncProperty(history, anyScene, fc.array(fc.nat(1_000), { minLength: 40, maxLength: 40 }), async (past, present, ids) => {
        const server = new FakeMlflow();
        // Ids in any order.
        server.newRunId = () => `${String(ids.pop() ?? 0).padStart(4, '0')}${String(server.calls.length).padStart(28, '0')}`;
        for (const { scene: then, broken, lost, deed, pick } of past) {
          const begun = server.calls.length;
          server.fault = ({ index }) => (index - begun < broken ? undefined : index - begun === broken && lost ? 'lost' : down);
          await sync(server, then).catch(() => undefined);
          deeds[deed]?.(server, pick);
        }
        server.fault = () => undefined;
        // Metrics, runs of people and versions that the registry does not have any more cannot come about: it only grows.
        const last = { ...present, versions: Math.max(present.versions, ...past.map(({ scene: then }) => then.versions)) };
        await sync(server, last);
        await sync(server, last);
        expect(shown(server)).toEqual(await freshlyShown(last));
        expect(await sync(server, last)).toEqual({ changes: 0, notes: [] });
      }),
      { numRuns: 60 },
    );
  });

  it('shows each version once after syncs beside each other', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 200, maxLength: 200 }), fc.array(fc.nat(1_000), { minLength: 40, maxLength: 40 }), async (turns, ids) => {
        const server = new FakeMlflow();
        server.newRunId = () => `${String(ids.pop() ?? 0).padStart(4, '0')}${String(server.calls.length).padStart(28, '0')}`;
        server.pause = async () => {
          for (let left = turns[server.calls.length % turns.length] ?? 0; left > 0; left -= 1) await new Promise((resolve) => setImmediate(resolve));
        };
        const results = await Promise.allSettled([sync(server, scene), sync(server, scene), sync(server, scene)]);
        // One that was always in another's way gives up; whoever ended well as the last one has seen that all is right.
        if (results.some(({ status }) => status === 'rejected')) await sync(server, scene);
        expect(shown(server)).toEqual(await freshlyShown(scene));
      }),
      { numRuns: 20 },
    );
  });
});
