export const id = 5;
export const ids = [5];
export const modules = {

/***/ 450:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  Shadow: () => (/* binding */ Shadow)
});

// EXTERNAL MODULE: external "node:timers/promises"
var promises_ = __webpack_require__(247);
// EXTERNAL MODULE: ./serving/src/sampled.ts
var sampled = __webpack_require__(214);
;// CONCATENATED MODULE: ./serving/src/shadow/shadow-columns.ts
function positions(wanted, given) {
    return wanted.map((column) => {
        const position = given.indexOf(column);
        if (position < 0)
            throw new Error(`it takes the column ${JSON.stringify(column)}, which requests to this service do not carry as ${given.length === 0 ? 'such' : 'one of the same type'}`);
        return position;
    });
}
/** @throws Error where the challenger takes a column that requests do not carry */
function shadowColumns(shadow, live) {
    const numbersAt = positions(shadow.numbers, live.numbers);
    const stringsAt = positions(shadow.strings, live.strings);
    return (rows, from, to) => {
        const count = to - from;
        const numbers = new Float32Array(count * numbersAt.length);
        const strings = [];
        let next = 0;
        for (let row = from; row < to; row += 1) {
            for (const position of numbersAt)
                numbers[next++] = rows.numbers[row * live.numbers.length + position] ?? Number.NaN;
            for (const position of stringsAt)
                strings.push(rows.strings[row * live.strings.length + position] ?? '');
        }
        return { count, numbers, strings };
    };
}

// EXTERNAL MODULE: ./serving/src/predict/event-day.ts
var event_day = __webpack_require__(210);
;// CONCATENATED MODULE: ./serving/src/shadow/shadow-line.ts

/**
 * The challenger's line: that of the answer with role, score and model of its own. It lies in a folder of its own, because whoever reads the log of a day
 * reads what was answered; and it has only the columns that name the row, for the answer's line has the others.
 */
function shadowLine(request, { model, probability, columns, imageDigest, sample }) {
    const { key, eventTime, threshold } = model.description;
    const moment = eventTime === undefined ? undefined : columns[eventTime];
    const day = (typeof moment === 'string' ? (0,event_day/* eventDay */.r)(moment) : undefined) ?? request.receivedAt.slice(0, 10);
    const names = eventTime === undefined ? key : [...new Set([...key, eventTime])];
    return {
        requestId: request.requestId,
        receivedAt: request.receivedAt,
        day: `shadow/${day}`,
        prediction: { probability, threshold, decision: probability >= threshold ? 1 : 0 },
        operatingPointId: 'model',
        columns: Object.fromEntries(names.map((name) => [name, columns[name] ?? null])),
        shadow: { origin: { modelVersion: model.version, modelDigest: model.digest, imageDigest }, sample },
    };
}

// EXTERNAL MODULE: ./node_modules/prom-client/index.js
var prom_client = __webpack_require__(103);
// EXTERNAL MODULE: ./serving/src/metrics/buckets.ts
var buckets = __webpack_require__(205);
;// CONCATENATED MODULE: ./serving/src/shadow/shadow-metrics.ts


/** Shadow minus answer. */
const differenceBuckets = [-0.5, -0.2, -0.1, -0.05, -0.02, -0.01, -0.001, 0, 0.001, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1];
function shadowMetrics(registry, identity, sources) {
    const registers = [registry];
    const gauge = (name, help, read) => {
        new prom_client.Gauge({
            registers,
            name,
            help,
            collect() {
                this.set(read());
            },
        });
    };
    new prom_client.Gauge({ registers, name: 'taxiway_shadow_info', help: 'The challenger that scores in the shadow; always 1.', labelNames: ['version', 'digest'] }).set({ ...identity }, 1);
    gauge('taxiway_shadow_ready', '1 while the challenger is loaded.', () => (sources.ready() ? 1 : 0));
    gauge('taxiway_shadow_queue_rows', 'Rows that wait for the challenger.', sources.queuedRows);
    const metrics = {
        rows: new prom_client.Counter({ registers, name: 'taxiway_shadow_rows_total', help: 'Sampled rows by what became of them: scored, dropped (no room or no time) or failed.', labelNames: ['result'] }),
        errors: new prom_client.Counter({ registers, name: 'taxiway_shadow_errors_total', help: 'Runs of the challenger that failed, and failures to load it.' }),
        score: new prom_client.Histogram({ registers, name: 'taxiway_shadow_score', help: 'Probabilities of the challenger.', buckets: buckets/* scoreBuckets */.S0 }),
        difference: new prom_client.Histogram({ registers, name: 'taxiway_shadow_difference', help: 'Probability of the challenger minus the one that was answered.', buckets: differenceBuckets }),
        disagreements: new prom_client.Counter({ registers, name: 'taxiway_shadow_disagreements_total', help: 'Rows that the challenger would have decided otherwise, by its own threshold.' }),
    };
    for (const result of ['scored', 'dropped', 'failed'])
        metrics.rows.inc({ result }, 0);
    return metrics;
}

;// CONCATENATED MODULE: ./serving/src/shadow/shadow.ts





/** Rows in one run: under a millisecond, the longest that an arriving request may find the processor taken by the challenger. */
const maximumRunRows = 32;
const busyPause = 2;
/**
 * A challenger that scores what was answered, after it was answered: its probabilities go to metrics and the prediction log, never to a caller. It waits
 * while requests do; what does not fit its queue is dropped and counted.
 */
class Shadow {
    #options;
    #metrics;
    #loaded;
    #failure;
    #queue = [];
    #queuedRows = 0;
    #running;
    #closed = false;
    constructor(options) {
        this.#options = options;
        this.#metrics = shadowMetrics(options.registry, options.identity, { ready: () => this.#loaded !== undefined, queuedRows: () => this.#queuedRows });
    }
    /** For /health. */
    get note() {
        const status = this.#failure !== undefined ? 'failed' : this.#loaded === undefined ? 'loading' : 'scoring';
        return { status, model: this.#options.identity, ...(this.#failure !== undefined && { reason: this.#failure }) };
    }
    /** Never rejects. */
    async start() {
        try {
            const model = await this.#options.load();
            this.#loaded = { model, columns: shadowColumns(model.description, this.#options.live.description) };
        }
        catch (error) {
            this.#failure = error instanceof Error ? error.message : String(error);
            this.#metrics.errors.inc();
            this.#options.onFailure?.(`the shadow does not score: ${this.#failure}`, error);
        }
    }
    answered(request) {
        if (request.purpose !== 'traffic' || this.#failure !== undefined || !(0,sampled/* sampled */.j)(request.requestId, this.#options.sample, 'shadow'))
            return;
        const { count } = request.rows;
        if (this.#closed || this.#loaded === undefined || this.#queuedRows + count > this.#options.maximumQueuedRows) {
            this.#metrics.rows.inc({ result: 'dropped' }, count);
            return;
        }
        this.#queue.push(request);
        this.#queuedRows += count;
        this.#running ??= this.#drain(this.#loaded).finally(() => (this.#running = undefined));
    }
    /** Drops what waits, after the run that is under way. */
    async close() {
        this.#closed = true;
        await this.#running;
    }
    /** Every answer that was queued has been scored or dropped. */
    async settled() {
        await this.#running;
    }
    async #drain(loaded) {
        for (;;) {
            await (0,promises_.setImmediate)();
            const request = this.#queue.shift();
            if (request === undefined)
                return;
            await this.#scoreRequest(request, loaded);
            this.#queuedRows -= request.rows.count;
        }
    }
    async #scoreRequest(request, loaded) {
        const { count } = request.rows;
        for (let from = 0; from < count; from += maximumRunRows) {
            while (this.#options.isBusy() && !this.#closed)
                await (0,promises_.setTimeout)(busyPause);
            const to = Math.min(count, from + maximumRunRows);
            if (this.#closed)
                this.#metrics.rows.inc({ result: 'dropped' }, to - from);
            else
                await this.#run(request, loaded, { from, to });
        }
    }
    async #run(request, { model, columns }, { from, to }) {
        try {
            const probabilities = await model.scorer.score(columns(request.rows, from, to));
            const { threshold } = model.description;
            for (const [index, probability] of probabilities.entries()) {
                const answered = request.probabilities[from + index] ?? Number.NaN;
                this.#metrics.score.observe(probability);
                this.#metrics.difference.observe(probability - answered);
                if (probability >= threshold !== answered >= request.operatingPoint.threshold)
                    this.#metrics.disagreements.inc();
                this.#record(request, { row: from + index, probability, model });
            }
            this.#metrics.rows.inc({ result: 'scored' }, to - from);
        }
        catch (error) {
            this.#metrics.rows.inc({ result: 'failed' }, to - from);
            this.#metrics.errors.inc();
            this.#options.onFailure?.('the shadow failed to score a request', error);
        }
    }
    #record(request, scored) {
        const columns = request.columns?.[scored.row];
        if (columns === undefined)
            return;
        this.#options.log?.add(shadowLine(request, { ...scored, columns, imageDigest: this.#options.imageDigest, sample: this.#options.sample }));
    }
}


/***/ })

};
