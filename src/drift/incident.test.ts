import { expect, test } from 'vitest';
import { MemoryArtifactStore } from '../adapters/artifact-store/memory.ts';
import { currentIncident, type Incident, openIncident, updateIncident } from './incident.ts';

const window = { fit: { from: '2013-01-01', to: '2013-04-01' }, calibrate: { from: '2013-04-01', to: '2013-05-01' }, test: { from: '2013-05-01', to: '2013-06-01' } };
const draft: Parameters<typeof openIncident>[1] = {
  model: 'flight-delay',
  environment: 'local',
  openedOn: '2013-07-01',
  version: 1,
  causes: ['psi.x'],
  state: { kind: 'open', attempt: 1, window, pullRequest: null },
};
const resolved = (latest: Incident): Incident => ({ ...latest, state: { kind: 'resolved', at: '2013-08-01', how: 'recovered' } });

test('a hundred concurrent checks open one incident', async () => {
  const store = new MemoryArtifactStore();
  const answers = await Promise.all(Array.from({ length: 100 }, (_, index) => openIncident(store, { ...draft, openedOn: `2013-07-${String((index % 28) + 1).padStart(2, '0')}` })));
  expect(answers.filter(({ opened }) => opened)).toHaveLength(1);
  expect(new Set(answers.map(({ incident }) => incident.key))).toEqual(new Set(['flight-delay-1']));
});

test('the next incident has the next number, and only after the last one is resolved', async () => {
  const store = new MemoryArtifactStore();
  const { incident } = await openIncident(store, draft);
  await updateIncident(store, incident, resolved);
  expect(await currentIncident(store, 'flight-delay')).toBeUndefined();
  expect((await openIncident(store, draft)).incident.key).toBe('flight-delay-2');
});

test('no concurrent change of an incident is lost', async () => {
  const store = new MemoryArtifactStore();
  const { incident } = await openIncident(store, draft);
  const add = (cause: string) => (latest: Incident): Incident => ({ ...latest, causes: [...latest.causes, cause].sort() });
  await Promise.all(Array.from({ length: 20 }, (_, index) => updateIncident(store, incident, add(`psi.${index}`))));
  expect((await currentIncident(store, 'flight-delay'))?.causes).toHaveLength(21);
});
