import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { MlflowMirror } from '../../src/adapters/model-registry/mlflow/mlflow-mirror.ts';
import { systemHttp } from '../../src/adapters/http/http-context.ts';
import type { MirrorContent } from '../../src/ports/model-mirror.ts';
import { storyOf } from './story.ts';
import { freePort, installMlflow, startMlflow } from './mlflow-server.ts';

// The registry's mirror against a real MLflow server, looked at with MLflow's own client: npm run e2e:mlflow

const seenSchema = z.object({
  aliases: z.record(z.string(), z.coerce.number()),
  versions: z.array(z.looseObject({ number: z.number(), version: z.string(), status: z.string(), quarantined: z.string().nullable(), run: z.string(), accuracy: z.number(), low: z.number(), parameters: z.number(), files: z.array(z.string()) })),
  runs: z.number(),
  champion: z.object({ version: z.string(), bytes: z.number() }),
  best: z.string(),
});
type Seen = z.output<typeof seenSchema>;

const environment = installMlflow();
if (environment !== undefined) {
  const folder = mkdtempSync(join(tmpdir(), 'e2e-mlflow-'));
  const port = await freePort();
  let server = await startMlflow(environment, folder, { port });
  try {
    say(`MLflow answers after ${server.started} ms`);
    const story = await storyOf(join(folder, 'store'));
    const mirror = new MlflowMirror({ 'tracking-uri': server.uri, artifacts: 'full', credentials: {} });
    const see = (): Seen => seenByClient(environment, { uri: server.uri, model: story.model });

    await story.registerThree();
    await timed('three versions, nothing live', () => mirror.sync(story.read));
    await story.promote(1);
    await timed('version 1 live', () => mirror.sync(story.read));
    await story.promote(2);
    await timed('version 2 live', () => mirror.sync(story.read));
    const promoted = see();
    assert.equal(promoted.champion.version, `${story.model}/2`);
    assert.equal(promoted.aliases['challenger'], 3);
    assert.deepEqual(promoted.versions.map(({ number, status, run }) => [number, status, run]), [[1, 'retired', 'model_v1'], [2, 'live', 'model_v2'], [3, 'challenger', 'model_v3']]);

    await story.quarantine(2, 'Latency p95: 170.5 ms, allowed < 100 ms');
    await story.promote(1);
    await timed('version 2 in quarantine, back to 1', () => mirror.sync(story.read));
    const rolledBack = see();
    assert.equal(rolledBack.champion.version, `${story.model}/1`);
    assert.match(rolledBack.versions[1]?.quarantined ?? '', /170\.5 ms/);
    assert.ok(rolledBack.champion.bytes > 0);
    assert.ok(rolledBack.versions.every(({ files, parameters, accuracy, low }) => files.includes('MODEL_CARD.md') && files.includes('report.html') && parameters > 0 && low < accuracy));
    assert.equal((await timed('nothing to do', () => mirror.sync(story.read))).changes, 0);

    await vandalize(server.uri, story.model);
    await timed('after a run, a version and an alias were deleted and a tag was edited', () => mirror.sync(story.read));
    const repaired = see();
    // A version that is put back has another number of MLflow's.
    assert.deepEqual({ ...repaired, versions: byVersion(repaired.versions), aliases: 0 }, { ...rolledBack, versions: byVersion(rolledBack.versions), aliases: 0 });
    assert.equal((await mirror.sync(story.read)).changes, 0);

    for (const calls of [12]) {
      // A new model each time: its first sync is killed after so many calls, the server at once, in the middle of what it does.
      const renamed = async (): Promise<MirrorContent> => ({ ...(await story.read()), model: `cut-${calls}` });
      const cut = cutAfter(calls, () => server.kill());
      const interrupted = new MlflowMirror({ 'tracking-uri': server.uri, artifacts: 'full', credentials: {}, http: { ...systemHttp, fetch: cut } });
      await assert.rejects(interrupted.sync(renamed, { budget: 3_000 }), { code: 'mirror-unavailable' });
      await server.kill();
      await pause(100);
      server = await startMlflow(environment, folder, { port });
      await timed(`killed after ${calls} calls, started again`, () => mirror.sync(renamed));
      const seen = seenByClient(environment, { uri: server.uri, model: `cut-${calls}` });
      assert.deepEqual(byVersion(seen.versions).map(({ status }) => status), rolledBack.versions.map(({ status }) => status));
      assert.equal(seen.runs, 3);
      assert.equal((await mirror.sync(renamed)).changes, 0);
    }

    const crowd = async (): Promise<MirrorContent> => ({ ...(await story.read()), model: 'crowd' });
    const mirrors = Array.from({ length: 4 }, () => new MlflowMirror({ 'tracking-uri': server.uri, artifacts: 'full', credentials: {} }));
    const results = await timed('four syncs at once', async () => ({ changes: 0, results: await Promise.allSettled(mirrors.map((each) => each.sync(crowd))) }));
    say(`  of four, ${results.results.filter(({ status }) => status === 'fulfilled').length} ended well`);
    await mirror.sync(crowd);
    const crowded = seenByClient(environment, { uri: server.uri, model: 'crowd' });
    assert.equal(crowded.runs, 3);
    assert.equal(crowded.versions.length, 3);
    assert.equal((await mirror.sync(crowd)).changes, 0);
    say('all is as it should be');
  } finally {
    await server.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}

function say(line: string): void {
  process.stdout.write(`e2e:mlflow: ${line}\n`);
}

async function timed<Report extends { readonly changes: number }>(title: string, act: () => Promise<Report>): Promise<Report> {
  const begun = performance.now();
  const report = await act();
  say(`${title}: ${report.changes} changes, ${Math.round(performance.now() - begun)} ms`);
  return report;
}

function byVersion(versions: Seen['versions']): Seen['versions'] {
  return versions.map((seen) => ({ ...seen, number: 0 })).sort((left, right) => (left.version < right.version ? -1 : 1));
}

function seenByClient(venv: string, { uri, model }: { readonly uri: string; readonly model: string }): Seen {
  const { status, stdout, stderr } = spawnSync(join(venv, 'bin/python'), [join(import.meta.dirname, 'see-as-client.py'), uri, model], { encoding: 'utf8', env: { ...process.env, MLFLOW_DISABLE_TELEMETRY: 'true' } });
  if (status !== 0) throw new Error(stderr);
  return seenSchema.parse(JSON.parse(stdout));
}

/** fetch that ends the server while it answers the call after so many. */
function cutAfter(calls: number, end: () => Promise<void>): typeof fetch {
  let asked = 0;
  return async (input, init) => {
    asked += 1;
    const answer = fetch(input, init);
    if (asked > calls) await Promise.all([end(), answer.catch(() => undefined)]);
    return answer;
  };
}

async function vandalize(uri: string, model: string): Promise<void> {
  const ask = async (method: string, path: string, body: object): Promise<void> => {
    const response = await fetch(`${uri}/api/2.0/mlflow/${path}`, { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
    assert.ok(response.ok, `${path} answered ${response.status}: ${await response.text()}`);
  };
  const found = await fetch(`${uri}/api/2.0/mlflow/model-versions/search?filter=${encodeURIComponent(`name='${model}'`)}`);
  const { model_versions: versions } = z.object({ model_versions: z.array(z.object({ version: z.string(), run_id: z.string() })) }).parse(await found.json());
  const run = versions.find(({ version }) => version === '3')?.run_id;
  await ask('POST', 'runs/delete', { run_id: run });
  await ask('DELETE', 'model-versions/delete', { name: model, version: '2' });
  await ask('DELETE', 'registered-models/alias', { name: model, alias: 'champion' });
  await ask('POST', 'model-versions/set-tag', { name: model, version: '1', key: 'taxiway.image-digest', value: 'sha256:0' });
}
