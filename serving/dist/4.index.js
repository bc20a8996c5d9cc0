export const id = 4;
export const ids = [4];
export const modules = {

/***/ 449:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

__webpack_require__.r(__webpack_exports__);
/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   readReferenceBins: () => (/* binding */ readReferenceBins)
/* harmony export */ });
const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
const isNumbers = (value) => Array.isArray(value) && value.every((entry) => Number.isFinite(entry));
const isTexts = (value) => Array.isArray(value) && value.every((entry) => typeof entry === 'string');
/** Edges in full: shorter ones could name two bins alike. */
function numberLabels(edges) {
    const ranges = edges.map((edge, index) => (index === 0 ? `≤ ${edge}` : `(${edges[index - 1]}, ${edge}]`));
    return [...ranges, edges.length === 0 ? 'any' : `> ${edges.at(-1)}`, '(missing)'];
}
function readBins(value) {
    if (!isObject(value))
        return undefined;
    const { kind, edges, categories } = value;
    if (kind === 'number' && isNumbers(edges) && edges.every((edge, index) => index === 0 || edge > (edges[index - 1] ?? edge)))
        return { kind, edges };
    return kind === 'category' && isTexts(categories) ? { kind, categories } : undefined;
}
function readColumn(name, value, days) {
    const bins = isObject(value) ? readBins(value['bins']) : undefined;
    const byDay = isObject(value) ? value['counts'] : undefined;
    if (bins === undefined || !isNumbers(byDay))
        throw new Error(`its column ${JSON.stringify(name)} has no bins and counts`);
    const labels = bins.kind === 'number' ? numberLabels(bins.edges) : [...bins.categories, '(other)', '(missing)'];
    if (new Set(labels).size !== labels.length)
        throw new Error(`two bins of its column ${JSON.stringify(name)} have one name`);
    if (byDay.length !== days * labels.length)
        throw new Error(`its column ${JSON.stringify(name)} has ${byDay.length} counts, not ${days * labels.length}`);
    const counts = new Float64Array(labels.length);
    for (const [cell, count] of byDay.entries())
        counts[cell % labels.length] = (counts[cell % labels.length] ?? 0) + count;
    return { name, bins, labels, counts };
}
/**
 * The reference profile that training wrote beside the model, as far as live counting needs it: the days are summed up. Its whole schema is
 * `parseReferenceProfile` of the domain.
 * @throws Error saying what is wrong with it
 */
function readReferenceBins(text) {
    const profile = JSON.parse(text);
    if (!isObject(profile) || profile['schema'] !== 'taxiway/profile/v1' || !isObject(profile['columns']) || !Array.isArray(profile['days']))
        throw new Error('it is no taxiway/profile/v1');
    const days = profile['days'].length;
    const score = readColumn('score', profile['score'], days);
    return { columns: Object.entries(profile['columns']).map(([name, column]) => readColumn(name, column, days)), score, rows: score.counts.reduce((sum, count) => sum + count, 0) };
}


/***/ })

};
