import { expect, test } from 'vitest';
import { shedReason, type Load } from './admission.ts';
import { rowWork } from './row-work.ts';

const limits = { maximumQueueTime: 25, maximumEventLoopDelay: 200, maximumQueuedRows: 10_000 };
const calm: Load = { requestsInFlight: 100, rowsInFlight: 100, workInFlight: 100, rowTime: 0.1, eventLoopDelay: 5 };

test.each<[string, Partial<Load>, ReturnType<typeof shedReason>]>([
  ['a calm service takes it', {}, undefined],
  ['rows that wait take longer than allowed', { rowTime: 0.26 }, 'queue-time'],
  ['more rows of the same kind', { rowsInFlight: 251, workInFlight: 251 }, 'queue-time'],
  ['nothing is known of a row yet', { rowTime: undefined, rowsInFlight: 9999, workInFlight: 9999 }, undefined],
  ['a run of bulk is on its way, which is soon through', { rowTime: 0.3, rowsInFlight: 1028, workInFlight: 4 + rowWork(1024) }, undefined],
  ['bulk of many requests is on its way', { rowTime: 0.3, rowsInFlight: 4096, workInFlight: 4 * rowWork(1024) }, 'queue-time'],
  ['the queue is full', { rowTime: undefined, rowsInFlight: 10_001 }, 'queued-rows'],
  ['the event loop is late', { eventLoopDelay: 201 }, 'event-loop-delay'],
  ['few requests are taken, however long one takes', { requestsInFlight: 3, rowsInFlight: 3000, rowTime: 1, eventLoopDelay: 1000 }, undefined],
  ['few rows are taken, however many requests they are', { rowsInFlight: 63, rowTime: 10 }, undefined],
])('%s', (_name, load, reason) => {
  expect(shedReason({ ...calm, ...load }, limits)).toBe(reason);
});
