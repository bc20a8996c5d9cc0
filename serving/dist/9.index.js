export const id = 9;
export const ids = [9];
export const modules = {

/***/ 485:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  otlpTracing: () => (/* binding */ otlpTracing)
});

// EXTERNAL MODULE: ./node_modules/@opentelemetry/exporter-trace-otlp-http/dist/platform/node/OTLPTraceExporter.mjs + 31 modules
var OTLPTraceExporter = __webpack_require__(473);
// EXTERNAL MODULE: ./node_modules/@opentelemetry/resources/dist/ResourceImpl.mjs + 5 modules
var ResourceImpl = __webpack_require__(474);
// EXTERNAL MODULE: ./node_modules/@opentelemetry/resources/dist/detect-resources.mjs
var detect_resources = __webpack_require__(475);
// EXTERNAL MODULE: ./node_modules/@opentelemetry/resources/dist/detectors/ResourceAttributesEnvDetector.mjs
var ResourceAttributesEnvDetector = __webpack_require__(476);
// EXTERNAL MODULE: ./node_modules/@opentelemetry/sdk-trace/dist/TracerProvider.mjs + 9 modules
var TracerProvider = __webpack_require__(477);
// EXTERNAL MODULE: ./node_modules/@opentelemetry/sdk-trace/dist/platform/node/export/BatchSpanProcessor.mjs + 4 modules
var BatchSpanProcessor = __webpack_require__(478);
// EXTERNAL MODULE: ./serving/src/environment.ts
var src_environment = __webpack_require__(202);
// EXTERNAL MODULE: ./serving/src/finished-within.ts
var finished_within = __webpack_require__(203);
// EXTERNAL MODULE: ./node_modules/@opentelemetry/api/dist/trace/span_kind.mjs
var span_kind = __webpack_require__(463);
// EXTERNAL MODULE: ./node_modules/@opentelemetry/api/dist/trace-api.mjs + 6 modules
var trace_api = __webpack_require__(460);
// EXTERNAL MODULE: ./node_modules/@opentelemetry/api/dist/trace/status.mjs
var trace_status = __webpack_require__(465);
// EXTERNAL MODULE: ./node_modules/@opentelemetry/api/dist/context/context.mjs
var context_context = __webpack_require__(456);
// EXTERNAL MODULE: ./node_modules/@opentelemetry/api/dist/trace/spancontext-utils.mjs
var spancontext_utils = __webpack_require__(464);
;// CONCATENATED MODULE: ./serving/src/tracing/trace-parent.ts

/** Version, trace, parent, flags; a later version may say more after them. */
const pattern = /^(?!ff)([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
/** The caller's trace, by W3C Trace Context; a new one where there is none or it is malformed. */
function traceParent({ traceparent }) {
    const [, version, traceId, spanId, flags, more] = (typeof traceparent === 'string' ? pattern.exec(traceparent) : null) ?? [];
    if (traceId === undefined || spanId === undefined || flags === undefined || (version === '00' && more !== undefined))
        return context_context/* ROOT_CONTEXT */.l;
    const context = { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & 1, isRemote: true };
    return (0,spancontext_utils/* isSpanContextValid */.YA)(context) ? trace_api/* trace */.u.setSpanContext(context_context/* ROOT_CONTEXT */.l, context) : context_context/* ROOT_CONTEXT */.l;
}

;// CONCATENATED MODULE: ./serving/src/tracing/request-spans.ts


/** One clock for all spans: milliseconds since the epoch, in fractions. */
const now = () => performance.timeOrigin + performance.now();
/** Probes and scrapes say nothing and would be most of the spans. */
const isScoring = (route) => route !== undefined && (route.startsWith('/predict') || route.startsWith('/v2/models/'));
/** A server span for each request that scores, with a span for its wait and one for the run of the model that it shared. */
class RequestSpans {
    #tracer;
    #counts;
    #requests = new WeakMap();
    /** By the memory that the run gave: all requests of a batch get a part of it. */
    #runs = new WeakMap();
    constructor(tracer, counts) {
        this.#tracer = tracer;
        this.#counts = counts;
    }
    addTo(app) {
        app.addHook('onRequest', (request, reply, done) => {
            this.#begin(request);
            // onResponse never comes where the caller hangs up before its answer.
            if (this.#requests.has(request))
                reply.raw.once('close', () => this.#end(request, undefined));
            done();
        });
        app.addHook('preHandler', (request, _reply, done) => {
            const traced = this.#requests.get(request);
            if (traced)
                traced.parsed = now();
            done();
        });
        app.addHook('onResponse', (request, reply, done) => {
            this.#end(request, reply.statusCode);
            done();
        });
    }
    timed(scorer) {
        return {
            score: async (rows) => {
                const from = now();
                const probabilities = await scorer.score(rows);
                this.#runs.set(probabilities.buffer, { from, to: now(), rows: rows.count });
                return probabilities;
            },
        };
    }
    ran(request, probabilities) {
        const traced = this.#requests.get(request);
        if (!traced)
            return;
        traced.span.setAttribute('taxiway.rows', probabilities.length);
        const run = this.#runs.get(probabilities.buffer);
        // Rows that ran in several turns have no one run.
        if (!run)
            return;
        const from = Math.max(traced.parsed, run.from);
        traced.span.setAttribute('taxiway.batch.rows', run.rows);
        traced.span.setAttribute('taxiway.queue.wait_ms', from - traced.parsed);
        this.#child('queue', traced, { from: traced.parsed, to: from });
        this.#child('model run', traced, { from, to: run.to });
    }
    #child(name, { context }, { from, to }) {
        this.#tracer.startSpan(name, { startTime: from }, context).end(to);
        this.#counts.ended += 1;
    }
    #begin(request) {
        const { method } = request;
        const route = request.routeOptions.url;
        if (!isScoring(route))
            return;
        const parent = traceParent(request.headers);
        const attributes = { 'http.request.method': method, 'http.route': route ?? '', 'url.path': request.url.split('?')[0] ?? '', 'taxiway.request.id': request.id };
        const startTime = now();
        const span = this.#tracer.startSpan(`${method} ${route}`, { kind: span_kind/* SpanKind */.v.SERVER, startTime, attributes }, parent);
        if (span.isRecording())
            this.#requests.set(request, { span, context: trace_api/* trace */.u.setSpan(parent, span), parsed: startTime });
    }
    /** @param status Undefined where the caller hung up before it had its answer */
    #end(request, status) {
        const traced = this.#requests.get(request);
        if (!traced)
            return;
        this.#requests.delete(request);
        this.#counts.ended += 1;
        if (status === undefined)
            traced.span.setAttribute('error.type', 'client-closed');
        else
            traced.span.setAttribute('http.response.status_code', status);
        if (status === undefined || status >= 500)
            traced.span.setStatus({ code: trace_status/* SpanStatusCode */.s.ERROR });
        traced.span.end(now());
    }
}

// EXTERNAL MODULE: ./node_modules/prom-client/index.js
var prom_client = __webpack_require__(103);
;// CONCATENATED MODULE: ./serving/src/tracing/span-counts.ts

/** What became of the spans that were sampled. What ended and neither left nor failed waits, or found the queue full. */
class SpanCounts {
    ended = 0;
    exported = 0;
    failed = 0;
    addTo(registry) {
        const read = () => ({ ended: this.ended, exported: this.exported, failed: this.failed });
        new prom_client.Counter({
            registers: [registry],
            name: 'taxiway_trace_spans_total',
            help: 'Sampled spans that ended, left for the receiver, or could not leave.',
            labelNames: ['result'],
            collect() {
                this.reset();
                for (const [result, count] of Object.entries(read()))
                    this.inc({ result }, count);
            },
        });
    }
}

// EXTERNAL MODULE: ./node_modules/@opentelemetry/sdk-trace/dist/sampler/AlwaysOnSampler.mjs
var AlwaysOnSampler = __webpack_require__(480);
// EXTERNAL MODULE: ./node_modules/@opentelemetry/sdk-trace/dist/sampler/AlwaysOffSampler.mjs
var AlwaysOffSampler = __webpack_require__(479);
// EXTERNAL MODULE: ./node_modules/@opentelemetry/sdk-trace/dist/sampler/TraceIdRatioBasedSampler.mjs
var TraceIdRatioBasedSampler = __webpack_require__(482);
// EXTERNAL MODULE: ./node_modules/@opentelemetry/sdk-trace/dist/sampler/ParentBasedSampler.mjs
var ParentBasedSampler = __webpack_require__(481);
// EXTERNAL MODULE: ./serving/src/start-error.ts
var start_error = __webpack_require__(219);
;// CONCATENATED MODULE: ./serving/src/tracing/trace-sampler.ts



const roots = {
    always_on: () => new AlwaysOnSampler/* AlwaysOnSampler */.f(),
    always_off: () => new AlwaysOffSampler/* AlwaysOffSampler */.t(),
    traceidratio: (ratio) => new TraceIdRatioBasedSampler/* TraceIdRatioBasedSampler */.h(ratio),
};
/** OTEL_TRACES_SAMPLER and OTEL_TRACES_SAMPLER_ARG as OpenTelemetry's specification has them; what it does not have is refused, not guessed. @throws StartError */
function traceSampler(environment) {
    const name = (0,src_environment/* setting */.Pe)(environment, 'OTEL_TRACES_SAMPLER') ?? 'parentbased_always_on';
    const text = (0,src_environment/* setting */.Pe)(environment, 'OTEL_TRACES_SAMPLER_ARG') ?? '1';
    const root = roots[name.replace(/^parentbased_/, '')];
    if (root === undefined)
        throw new start_error/* StartError */.D(`OTEL_TRACES_SAMPLER is ${JSON.stringify(name)}; allowed are ${Object.keys(roots).flatMap((known) => [known, `parentbased_${known}`]).join(', ')}`);
    const ratio = Number(text);
    if (!(ratio >= 0 && ratio <= 1))
        throw new start_error/* StartError */.D(`OTEL_TRACES_SAMPLER_ARG is ${JSON.stringify(text)}; allowed is a share from 0 to 1`);
    return name.startsWith('parentbased_') ? new ParentBasedSampler/* ParentBasedSampler */.e({ root: root(ratio) }) : root(ratio);
}

;// CONCATENATED MODULE: ./serving/src/tracing/otlp-tracing.ts








/** Counts what leaves and what does not: an exporter that is down costs nothing else. */
function counted(exporter, counts) {
    return {
        export: (spans, done) => exporter.export(spans, (result) => {
            const code = result.code;
            // 0 is ExportResultCode.SUCCESS.
            if (code === 0)
                counts.exported += spans.length;
            else
                counts.failed += spans.length;
            done(result);
        }),
        shutdown: () => exporter.shutdown(),
        ...(exporter.forceFlush && { forceFlush: () => exporter.forceFlush?.() ?? Promise.resolve() }),
    };
}
/** Spans in batches to an OTLP receiver over HTTP; endpoint, headers and time-outs are the exporter's own variables. @throws StartError for an unknown sampler */
function otlpTracing(environment, { model, pod }) {
    const counts = new SpanCounts();
    const said = (0,ResourceImpl/* resourceFromAttributes */.QZ)({
        'service.name': (0,src_environment/* setting */.Pe)(environment, 'OTEL_SERVICE_NAME') ?? 'taxiway-serving',
        'service.version': model.version,
        'service.instance.id': pod,
        'taxiway.model.name': model.name,
        'taxiway.model.digest': model.digest,
    });
    const provider = new TracerProvider/* TracerProvider */.d({
        resource: (0,ResourceImpl/* defaultResource */.gk)().merge((0,detect_resources/* detectResources */.$)({ detectors: [ResourceAttributesEnvDetector/* resourceAttributesEnvDetector */.R] })).merge(said),
        sampler: traceSampler(environment),
        spanProcessors: [new BatchSpanProcessor/* BatchSpanProcessor */.J({ exporter: counted(new OTLPTraceExporter/* OTLPTraceExporter */.Q(), counts), maxQueueSize: 2048, maxExportBatchSize: 512, scheduledDelayMillis: 2000 })],
    });
    const spans = new RequestSpans(provider.getTracer('taxiway-serving'), counts);
    return {
        addTo: (app, registry) => {
            spans.addTo(app);
            counts.addTo(registry);
        },
        timed: (scorer) => spans.timed(scorer),
        ran: (request, probabilities) => spans.ran(request, probabilities),
        close: async (milliseconds) => {
            await (0,finished_within/* finishedWithin */.U)(milliseconds, provider.shutdown().catch(() => undefined));
        },
    };
}


/***/ })

};
