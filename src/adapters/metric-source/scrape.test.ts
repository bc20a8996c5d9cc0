import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createServiceMetrics } from '../../../serving/src/metrics/service-metrics.ts';
import type { RolloutState } from '../../ports/cluster-view.ts';
import type { MetricRequest } from '../../ports/metric-source.ts';
import { createScrapeMetricSource } from './scrape.ts';
import { readServiceCounters } from './service-counters.ts';
import { histogramQuantile } from './window-metrics.ts';

const sources = { queuedRows: () => 0, requestsInFlight: () => 0, ready: () => true, logQueuedRows: () => 0 };
const identity = { name: 'm', version: 'v1', digest: 'sha256:x', image: 'sha256:y', simulatedFault: undefined };

/** A pod with the service's own metrics. */
function pod() {
  const metrics = createServiceMetrics(identity, sources);
  return {
    metrics,
    serve(count: number, seconds: number, code = '200'): void {
      for (let index = 0; index < count; index += 1) {
        metrics.duration.observe({ purpose: 'verification', outcome: code === '200' ? 'success' : 'server-error' }, seconds);
        metrics.requests.inc({ purpose: 'verification', code });
      }
    },
  };
}

function scene(pods: { text(): Promise<string> | string; status?: number; ready?: boolean; image?: string }[]) {
  const clock = { time: 0, now: () => clock.time, sleep: () => Promise.resolve() };
  const state: RolloutState = {
    appliedCommit: 'c',
    reconcileError: undefined,
    desiredReplicas: pods.length,
    pods: pods.map((entry, index) => ({ name: `p${index}`, imageDigest: entry.image ?? 'a', ready: entry.ready ?? true, restarts: 0, url: `http://p${index}`, reason: undefined })),
    serviceUrl: 'http://s',
  };
  const fake: typeof fetch = async (input) => {
    const entry = pods[Number(/p(\d+)/.exec(input instanceof Request ? input.url : input.toString())?.[1])];
    return new Response(await entry?.text(), { status: entry?.status ?? 200 });
  };
  const source = createScrapeMetricSource({ cluster: { rollout: () => Promise.resolve(state) }, clock, fetch: fake });
  return { clock, ask: (metric: MetricRequest['metric'], window = 1000, imageDigest = 'a') => source.query({ metric, window, imageDigest }) };
}

describe('metrics by scraping', () => {
  it('adds up what the service itself exposes, over its pods', async () => {
    const [one, two] = [pod(), pod()];
    one.serve(95, 0.0035);
    two.serve(4, 0.045);
    two.serve(1, 0.045, '500');
    const { ask } = scene([one, two].map(({ metrics }) => ({ text: () => metrics.registry.metrics() })));
    expect(await ask('request-count')).toEqual({ kind: 'value', value: 100, sampleSize: 100 });
    expect(await ask('error-rate')).toEqual({ kind: 'value', value: 0.01, sampleSize: 100 });
    expect(await ask('latency-p95')).toEqual({ kind: 'value', value: 0.004, sampleSize: 100 });
    expect(await ask('latency-p99')).toMatchObject({ kind: 'value', value: expect.closeTo(0.044, 3) });
  });

  it('counts only the window once it has looked before', async () => {
    const one = pod();
    one.serve(50, 2, '500');
    const { ask, clock } = scene([{ text: () => one.metrics.registry.metrics() }]);
    await ask('request-count', 0);
    clock.time = 2000;
    one.serve(10, 0.0035);
    expect(await ask('error-rate', 2000)).toEqual({ kind: 'value', value: 0, sampleSize: 10 });
    expect(await ask('request-rate', 2000)).toEqual({ kind: 'value', value: 5, sampleSize: 10 });
  });

  it('is unavailable where a ready pod of the image does not answer, or none is there', async () => {
    const good = pod();
    good.serve(100, 0.001);
    const text = (): Promise<string> => good.metrics.registry.metrics();
    expect(await scene([{ text }, { text: () => Promise.reject(new Error('refused')) }]).ask('error-rate')).toMatchObject({ kind: 'unavailable' });
    expect(await scene([{ text }, { text, status: 503 }]).ask('error-rate')).toMatchObject({ kind: 'unavailable' });
    expect(await scene([{ text, ready: false }]).ask('error-rate')).toMatchObject({ kind: 'unavailable' });
    expect(await scene([{ text }]).ask('error-rate', 1000, 'b')).toMatchObject({ kind: 'unavailable' });
  });

  it('says nothing about latency and errors without a request', async () => {
    const { ask } = scene([{ text: () => pod().metrics.registry.metrics() }]);
    expect(await ask('latency-p95')).toMatchObject({ kind: 'unavailable' });
    expect(await ask('error-rate')).toMatchObject({ kind: 'unavailable' });
  });
});

describe('a damaged answer', async () => {
  const service = pod();
  service.serve(20, 0.01);
  const whole = await service.metrics.registry.metrics();
  const lines = whole.split('\n');
  const relevant = lines.flatMap((line, index) => (/^(taxiway_requests_total|taxiway_request_duration|process_start_time)/.test(line) ? [index] : []));
  const replace = (index: number, line: string): string => lines.with(index, line).join('\n');

  it('is whole to begin with', () => {
    expect(readServiceCounters(whole)).toMatchObject({ kind: 'counters', counters: { requests: 20, serverErrors: 0 } });
  });

  it('never gives a number when one value is not a count', () => {
    const garbage = fc.constantFrom('NaN', '+Inf', '-Inf', '-1', '0.5', '1e400', '', 'null', '0x10', '1,000', 'abc');
    fc.assert(
      fc.property(fc.constantFrom(...relevant), garbage, (index, value) => {
        const line = (lines[index] ?? '').replace(/ \S+$/, ` ${value}`);
        const isStart = line.startsWith('process_start');
        const isSum = line.includes('_sum');
        if ((isStart && value === '0.5') || isSum) return;
        expect(readServiceCounters(replace(index, line)).kind).toBe('unavailable');
      }),
      { numRuns: 1000 },
    );
  });

  it('never gives a number when a line is repeated, cut or the text ends too early', () => {
    fc.assert(
      fc.property(fc.constantFrom(...relevant), fc.integer({ min: 1, max: whole.length - 1 }), (index, length) => {
        const line = lines[index] ?? '';
        expect(readServiceCounters(replace(index, `${line}\n${line}`)).kind).toBe('unavailable');
        const cut = readServiceCounters(whole.slice(0, length));
        // Cut between two families it may still be whole in what is read; then it must say the same as the whole.
        if (cut.kind === 'counters') expect(cut).toEqual(readServiceCounters(whole));
      }),
      { numRuns: 500 },
    );
  });

  it('never gives a number for arbitrary text', () => {
    fc.assert(fc.property(fc.string(), (text) => { expect(readServiceCounters(text).kind).toBe('unavailable'); }), { numRuns: 1000 });
    for (const text of ['', '<html>502</html>\n', '{"status":"error"}\n', '# only comments\n']) expect(readServiceCounters(text).kind).toBe('unavailable');
  });
});

it('does not know a quantile beyond the last finite bound', () => {
  const durations = [{ upperBound: 1, count: 90 }, { upperBound: Number.POSITIVE_INFINITY, count: 10 }];
  expect(histogramQuantile(0.95, durations)).toBeUndefined();
  expect(histogramQuantile(0.45, durations)).toBeCloseTo(0.5);
});
