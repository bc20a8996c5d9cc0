import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { S3ArtifactStore } from '../../src/adapters/artifact-store/s3.ts';
import { StoreModelRegistry } from '../../src/adapters/model-registry/store.ts';
import type { S3Location } from '../../src/adapters/s3/s3-location.ts';
import { UserError } from '../../src/errors.ts';
import { versionDraft } from '../../test/builders/version-draft.ts';
import { newLocation } from './new-bucket.ts';

const writerCount = 40;
const rounds = Number(process.env['REGISTRY_ROUNDS'] ?? 60);
const at = '2013-06-01T00:00:00.000Z';
const clock = { now: () => Date.parse(at), sleep: async () => undefined };

let cache = '';
let location: S3Location;
let writers: readonly StoreModelRegistry[];

/** Of its own client each, as forty runners have. */
function openRegistry(): StoreModelRegistry {
  return new StoreModelRegistry({ store: new S3ArtifactStore(location, { cacheFolder: () => cache }), model: 'flight-delay', clock });
}

beforeAll(async () => {
  cache = await mkdtemp(join(tmpdir(), 'e2e-registry-'));
  location = await newLocation();
  writers = Array.from({ length: writerCount }, openRegistry);
});
afterAll(() => rm(cache, { recursive: true, force: true }));

const all = <T>(act: (registry: StoreModelRegistry, writer: number) => Promise<T>): Promise<T[]> => Promise.all(writers.map(act));

/** Numbers 1 to count. */
const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

describe(`forty writers at once, ${rounds} rounds, on one S3 server`, () => {
  it('register: each number goes to exactly one writer, and everybody else is told so', async () => {
    for (const number of numbers(rounds)) {
      const answers = await all((registry, writer) =>
        registry.register(versionDraft(`round ${number} writer ${writer}`, { version: number })).catch((error: unknown) => {
          if (error instanceof UserError && error.code === 'version-taken') return undefined;
          throw error;
        }),
      );
      expect(answers.filter((answer) => answer !== undefined)).toHaveLength(1);
      const winner = answers.findIndex((answer) => answer !== undefined);
      expect((await openRegistry().version(number))?.imageDigest).toBe(versionDraft(`round ${number} writer ${winner}`).imageDigest);
    }
    expect((await openRegistry().versions()).map(({ version }) => version)).toEqual(numbers(rounds));
  }, 900_000);

  // Versions up to 20 take turns at being live; those above challenge.
  it('promote: one of those who saw the same epoch wins, and the history is linear', async () => {
    for (let epoch = 0; epoch < rounds; epoch += 1) {
      const live = await openRegistry().live('production');
      expect(live?.epoch ?? 0).toBe(epoch);
      const answers = await all((registry, writer) => {
        // Anyone but the version that is live: that would be answered as it stands.
        const version = (((live?.version ?? 1) + (writer % 19)) % 20) + 1;
        return registry.promote({ environment: 'production', version, expectedEpoch: epoch, commit: `round ${epoch} writer ${writer}`, at });
      });
      const newest = await openRegistry().live('production');
      expect(newest?.epoch).toBe(epoch + 1);
      // A latecomer with the version that has just won is told what is live.
      for (const answer of answers) if (answer !== undefined) expect(answer).toEqual(newest);
      expect(answers.filter((answer, writer) => answer?.commit === `round ${epoch} writer ${writer}`)).toHaveLength(1);
    }
    const history = await openRegistry().history('production');
    expect(history.map(({ epoch }) => epoch)).toEqual(numbers(rounds));
    history.forEach((event, index) => expect(event.version).not.toBe(history[index - 1]?.version));
  }, 900_000);

  it('challenger: one of those who saw the same epoch wins, and the log is linear', async () => {
    for (let epoch = 0; epoch < rounds; epoch += 1) {
      const moment = (writer: number): string => new Date(Date.parse(at) + epoch * writerCount + writer).toISOString();
      const answers = await all((registry, writer) => {
        const version = rounds - ((writer + epoch) % Math.min(writerCount, rounds - 20));
        return registry.nominate({ environment: 'staging', version, expectedEpoch: epoch, at: moment(writer) });
      });
      const newest = await openRegistry().challenger('staging');
      const before = (await openRegistry().challengers('staging'))[epoch - 1];
      expect(newest?.epoch).toBe(epoch + 1);
      expect(answers.filter((answer, writer) => answer?.since === moment(writer))).toHaveLength(1);
      // Who names the version that challenges, or has just won, is answered as it stands.
      for (const answer of answers) if (answer !== undefined) expect([before?.epoch, newest?.epoch]).toContain(answer.epoch);
    }
    const log = await openRegistry().challengers('staging');
    expect(log.map(({ epoch, kind }) => [epoch, kind])).toEqual(numbers(rounds).map((epoch) => [epoch, 'nominated']));
    expect(new Set(log.map(({ since }) => since)).size).toBe(rounds);
  }, 900_000);
});
