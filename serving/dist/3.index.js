export const id = 3;
export const ids = [3];
export const modules = {

/***/ 448:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

// ESM COMPAT FLAG
__webpack_require__.r(__webpack_exports__);

// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  FeatureBins: () => (/* binding */ FeatureBins)
});

// EXTERNAL MODULE: ./node_modules/prom-client/index.js
var prom_client = __webpack_require__(103);
;// CONCATENATED MODULE: ./serving/src/metrics/bin-counter.ts
/** Counts values per bin; bins as the domain's `numberBinIndex` and `categoryBinIndexer` have them, and a test holds both together. */
class BinCounter {
    counts;
    #edges;
    /** Edges rounded as the model's input is: a value that is an edge stays in its bin. */
    #rounded;
    #positions;
    constructor({ bins, labels }) {
        this.counts = new Float64Array(labels.length);
        const edges = bins.kind === 'number' ? bins.edges : [];
        this.#edges = Float64Array.from(edges);
        this.#rounded = this.#edges.map(Math.fround);
        this.#positions = new Map(bins.kind === 'category' ? bins.categories.map((category, position) => [category, position]) : []);
    }
    /** NaN is missing. */
    countNumber(value) {
        this.#count(value, this.#edges);
    }
    /** The same for a value that was rounded to 32 bits. */
    countRounded(value) {
        this.#count(value, this.#rounded);
    }
    #count(value, edges) {
        let low = 0;
        let high = edges.length;
        while (low < high) {
            const middle = (low + high) >> 1;
            if (value <= (edges[middle] ?? Number.NaN))
                high = middle;
            else
                low = middle + 1;
        }
        const bin = Number.isNaN(value) ? edges.length + 1 : low;
        this.counts[bin] = (this.counts[bin] ?? 0) + 1;
    }
    /** '' is missing, a category that the reference does not know is `(other)`. */
    countString(value) {
        const other = this.#positions.size;
        const bin = value === '' ? other + 1 : (this.#positions.get(value) ?? other);
        this.counts[bin] = (this.counts[bin] ?? 0) + 1;
    }
}

;// CONCATENATED MODULE: ./serving/src/metrics/feature-bins.ts


/** Series a scrape may have of bins; columns beyond it are left out and named. */
const maximumBins = 5000;
/**
 * Counts the answered rows of traffic per bin of the model's reference profile, so that PromQL can work out the PSI of live traffic (serving/README.md).
 * A row costs a binary search or a look-up per feature; Prometheus' own objects are touched only when metrics are asked for.
 */
class FeatureBins {
    #numbers = [];
    #strings = [];
    #score;
    /** Columns of the profile that are not counted: the model does not take them, or there are too many bins. */
    skipped = [];
    constructor(reference, { registry, description, version }) {
        let bins = 0;
        for (const column of reference.columns) {
            const isNumber = column.bins.kind === 'number';
            const position = (isNumber ? description.numbers : description.strings).indexOf(column.name);
            if (position < 0 || bins + column.labels.length > maximumBins) {
                this.skipped.push(column.name);
                continue;
            }
            bins += column.labels.length;
            (isNumber ? this.#numbers : this.#strings).push({ reference: column, position, counter: new BinCounter(column) });
        }
        this.#score = new BinCounter(reference.score);
        this.#exposeFeatures(registry, { version, rows: reference.rows });
        this.#exposeScore(registry, { version, rows: reference.rows, reference: reference.score });
        new prom_client.Gauge({ registers: [registry], name: 'taxiway_reference_rows', help: 'Rows that the model was fitted on.', labelNames: ['version'] }).set({ version }, reference.rows);
    }
    /** Columns that are counted. */
    get columns() {
        return this.#numbers.length + this.#strings.length;
    }
    answered({ purpose, rows, columns, probabilities }) {
        if (purpose !== 'traffic')
            return;
        const { count, strings } = rows;
        if (columns === undefined)
            this.#countRounded(rows);
        else
            this.#countSent(columns);
        const stringWidth = strings.length / count;
        for (const { counter, position } of this.#strings) {
            for (let index = position; index < strings.length; index += stringWidth)
                counter.countString(strings[index] ?? '');
        }
        for (let row = 0; row < count; row += 1)
            this.#score.countNumber(probabilities[row] ?? Number.NaN);
    }
    /** As sent, which is what drift is measured on: what the model is given is rounded to 32 bits, and may then lie on the other side of an edge. */
    #countSent(rows) {
        for (const row of rows) {
            for (const { counter, reference } of this.#numbers) {
                const value = row[reference.name];
                // Some callers round it before they send it: FP32 tensors, or floats of 32 bits written as JSON.
                if (typeof value === 'number' && Math.fround(value) === value)
                    counter.countRounded(value);
                else
                    counter.countNumber(typeof value === 'number' ? value : Number.NaN);
            }
        }
    }
    #countRounded({ count, numbers }) {
        const width = numbers.length / count;
        for (const { counter, position } of this.#numbers) {
            for (let index = position; index < numbers.length; index += width)
                counter.countRounded(numbers[index] ?? Number.NaN);
        }
    }
    #exposeFeatures(registry, { version, rows }) {
        const registers = [registry];
        const shares = new prom_client.Gauge({ registers, name: 'taxiway_reference_bin_share', help: 'Share of the rows that the model was fitted on in each bin of a feature.', labelNames: ['version', 'feature', 'bin'] });
        const series = [...this.#numbers, ...this.#strings].map(({ reference, counter }) => {
            const labels = reference.labels.map((bin) => ({ version, feature: reference.name, bin }));
            for (const [bin, label] of labels.entries())
                shares.set(label, (reference.counts[bin] ?? 0) / rows);
            return seriesOf(counter, labels);
        });
        new prom_client.Counter({
            registers,
            name: 'taxiway_feature_bin_total',
            help: 'Rows answered in each bin of a feature, traffic only.',
            labelNames: ['version', 'feature', 'bin'],
            collect() {
                for (const one of series)
                    report(this, one);
            },
        });
    }
    #exposeScore(registry, { version, rows, reference }) {
        const registers = [registry];
        const labels = reference.labels.map((bin) => ({ version, bin }));
        const shares = new prom_client.Gauge({ registers, name: 'taxiway_reference_score_bin_share', help: 'Share of the rows that the model was fitted on in each bin of its score.', labelNames: ['version', 'bin'] });
        for (const [bin, label] of labels.entries())
            shares.set(label, (reference.counts[bin] ?? 0) / rows);
        const series = seriesOf(this.#score, labels);
        new prom_client.Counter({
            registers,
            name: 'taxiway_score_bin_total',
            help: 'Rows answered in each bin of the score, traffic only.',
            labelNames: ['version', 'bin'],
            collect() {
                report(this, series);
            },
        });
    }
}
function seriesOf(counter, labels) {
    // NaN: a bin is reported once, with 0, before its first row.
    return { counter, labels, reported: new Float64Array(labels.length).fill(Number.NaN) };
}
function report(metric, { counter, labels, reported }) {
    for (const [bin, label] of labels.entries()) {
        const count = counter.counts[bin] ?? 0;
        const before = reported[bin] ?? Number.NaN;
        if (count === before)
            continue;
        metric.inc(label, Number.isNaN(before) ? count : count - before);
        reported[bin] = count;
    }
}


/***/ })

};
