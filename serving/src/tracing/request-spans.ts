import { type Context, type Span, SpanKind, SpanStatusCode, trace, type Tracer } from '@opentelemetry/api';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { EncodedRows, Scorer } from '../model/scorer.ts';
import type { SpanCounts } from './span-counts.ts';
import { traceParent } from './trace-parent.ts';

interface Run {
  readonly from: number;
  readonly to: number;
  readonly rows: number;
}

interface Traced {
  readonly span: Span;
  readonly context: Context;
  /** When its body had been read. */
  parsed: number;
}

/** One clock for all spans: milliseconds since the epoch, in fractions. */
const now = (): number => performance.timeOrigin + performance.now();

/** Probes and scrapes say nothing and would be most of the spans. */
const isScoring = (route: string | undefined): boolean => route !== undefined && (route.startsWith('/predict') || route.startsWith('/v2/models/'));

/** A server span for each request that scores, with a span for its wait and one for the run of the model that it shared. */
export class RequestSpans {
  readonly #tracer: Tracer;
  readonly #counts: SpanCounts;
  readonly #requests = new WeakMap<FastifyRequest, Traced>();
  /** By the memory that the run gave: all requests of a batch get a part of it. */
  readonly #runs = new WeakMap<ArrayBufferLike, Run>();

  constructor(tracer: Tracer, counts: SpanCounts) {
    this.#tracer = tracer;
    this.#counts = counts;
  }

  addTo(app: FastifyInstance): void {
    app.addHook('onRequest', (request, reply, done) => {
      this.#begin(request);
      // onResponse never comes where the caller hangs up before its answer.
      if (this.#requests.has(request)) reply.raw.once('close', () => this.#end(request, undefined));
      done();
    });
    app.addHook('preHandler', (request, _reply, done) => {
      const traced = this.#requests.get(request);
      if (traced) traced.parsed = now();
      done();
    });
    app.addHook('onResponse', (request, reply, done) => {
      this.#end(request, reply.statusCode);
      done();
    });
  }

  timed(scorer: Scorer): Scorer {
    return {
      score: async (rows: EncodedRows) => {
        const from = now();
        const probabilities = await scorer.score(rows);
        this.#runs.set(probabilities.buffer, { from, to: now(), rows: rows.count });
        return probabilities;
      },
    };
  }

  ran(request: FastifyRequest, probabilities: Float32Array): void {
    const traced = this.#requests.get(request);
    if (!traced) return;
    traced.span.setAttribute('taxiway.rows', probabilities.length);
    const run = this.#runs.get(probabilities.buffer);
    // Rows that ran in several turns have no one run.
    if (!run) return;
    const from = Math.max(traced.parsed, run.from);
    traced.span.setAttribute('taxiway.batch.rows', run.rows);
    traced.span.setAttribute('taxiway.queue.wait_ms', from - traced.parsed);
    this.#child('queue', traced, { from: traced.parsed, to: from });
    this.#child('model run', traced, { from, to: run.to });
  }

  #child(name: string, { context }: Traced, { from, to }: { readonly from: number; readonly to: number }): void {
    this.#tracer.startSpan(name, { startTime: from }, context).end(to);
    this.#counts.ended += 1;
  }

  #begin(request: FastifyRequest): void {
    const { method } = request;
    const route = request.routeOptions.url;
    if (!isScoring(route)) return;
    const parent = traceParent(request.headers);
    const attributes = { 'http.request.method': method, 'http.route': route ?? '', 'url.path': request.url.split('?')[0] ?? '', 'taxiway.request.id': request.id };
    const startTime = now();
    const span = this.#tracer.startSpan(`${method} ${route}`, { kind: SpanKind.SERVER, startTime, attributes }, parent);
    if (span.isRecording()) this.#requests.set(request, { span, context: trace.setSpan(parent, span), parsed: startTime });
  }

  /** @param status Undefined where the caller hung up before it had its answer */
  #end(request: FastifyRequest, status: number | undefined): void {
    const traced = this.#requests.get(request);
    if (!traced) return;
    this.#requests.delete(request);
    this.#counts.ended += 1;
    if (status === undefined) traced.span.setAttribute('error.type', 'client-closed');
    else traced.span.setAttribute('http.response.status_code', status);
    if (status === undefined || status >= 500) traced.span.setStatus({ code: SpanStatusCode.ERROR });
    traced.span.end(now());
  }
}
