import { formatNumber } from '../../report/format-number.ts';
import { chiSquareSurvival } from '../../statistics/chi-square.ts';
import { checkedColumns, type CheckContext, type CheckFactory } from './check-plan.ts';

/** An association is held against the data only where chance alone would hardly give it; dozens of columns are looked at. */
const significance = 0.001;
const floating = /^(DOUBLE|FLOAT|REAL)/i;
/** Association with being scored that is worth telling. */
const worthTelling = 0.1;

/**
 * Columns whose being missing tells the label: a value that is filled in, or dropped, depending on how the flight ended. Measured as |phi| between "is missing"
 * (NULL, and for a number NaN or infinite) and "the label is 1", over the rows that are scored and have a label: that is what a model would learn from.
 *
 * Missing may also go with not being scored at all (in flights, tail numbers are missing for cancelled ones only). A model never sees these rows, so that
 * is told, with its own phi over all rows, and fails nothing.
 *
 * Parameters: `columns`, by default every feature and context column; `maximum-association`, |phi| from 0 to 1. A |phi| above it with p ≥ 0.001 (χ² = n·phi², one
 * degree of freedom) is inconclusive: too few rows. A column that is never, or always, missing has phi 0.
 * @see G. U. Yule, On the methods of measuring association between two attributes, Journal of the Royal Statistical Society 75, 1912
 */
export const leakage: CheckFactory<'leakage'> = ({ columns, 'maximum-association': maximum }, context) => {
  const { definition, dialect, found } = context;
  const types = new Map(found.map(({ name, type }) => [name, type]));
  const judged = checkedColumns(columns ?? inputs(context), context);
  const label = dialect.identifier(definition.data.label.column);
  const scored = `(${definition['scored-rows']})`;
  const labelled = `${scored} AND ${label} IS NOT NULL`;
  const count = (condition: string): string => `count(*) FILTER (WHERE ${condition})`;
  const measures: Record<string, string> = { rows: 'count(*)', scored: count(scored), labelled: count(labelled), positive: count(`${labelled} AND ${label} = 1`) };
  for (const name of judged) {
    const column = dialect.identifier(name);
    const missing = floating.test(types.get(name) ?? '') ? `(${column} IS NULL OR ${dialect.isNotFinite(column)})` : `${column} IS NULL`;
    measures[`${name}.missing`] = count(missing);
    measures[`${name}.scored`] = count(`${missing} AND ${scored}`);
    measures[`${name}.labelled`] = count(`${missing} AND ${labelled}`);
    measures[`${name}.positive`] = count(`${missing} AND ${labelled} AND ${label} = 1`);
  }
  return {
    kind: 'table',
    id: 'leakage',
    title: 'A missing value tells the label, worst column',
    remedy: 'Do not train on the column as it is: find out why it is missing for some outcomes, and take the value from a moment before the outcome was known.',
    measures,
    judge: (measured) => {
      const of = (name: string): number => measured.get(name) ?? 0;
      const size = of('labelled');
      const found = judged.map((name) => ({
        name,
        label: phi({ size, first: of(`${name}.labelled`), second: of('positive'), both: of(`${name}.positive`) }),
        scored: phi({ size: of('rows'), first: of(`${name}.missing`), second: of('scored'), both: of(`${name}.scored`) }),
        missing: of(`${name}.missing`),
      }));
      const worst = found.sort((a, b) => Math.abs(b.label) - Math.abs(a.label) || (a.name < b.name ? -1 : 1));
      const over = worst.filter(({ label: association }) => Math.abs(association) > maximum);
      const certain = over.filter(({ label: association }) => chiSquareSurvival(size * association ** 2, 1) < significance);
      const unscored = found.filter(({ scored: association }) => Math.abs(association) >= worthTelling).sort((a, b) => Math.abs(b.scored) - Math.abs(a.scored) || (a.name < b.name ? -1 : 1));
      const list = (columnsTold: typeof found, kind: 'label' | 'scored'): string => columnsTold.slice(0, 5).map((column) => `${column.name} ${formatNumber(Math.abs(column[kind]))}`).join(', ');
      const told = [
        ...(certain.length > 0 ? [`missing goes with the label: ${list(certain, 'label')}`] : over.length > 0 ? [`too few rows to tell: ${list(over, 'label')}`] : []),
        ...(unscored.length > 0 ? [`missing goes with being scored at all (not held against it): ${list(unscored, 'scored')}`] : []),
      ];
      return {
        value: size === 0 || worst[0] === undefined ? null : Math.abs(worst[0].label),
        threshold: `|phi| ≤ ${formatNumber(maximum)}`,
        verdict: size === 0 ? 'inconclusive' : certain.length > 0 ? 'fail' : over.length > 0 ? 'inconclusive' : 'pass',
        ...(size === 0 ? { message: 'no scored row has a label' } : told.length > 0 ? { message: told.join('; ') } : {}),
        details: { labelled: size, columns: Object.fromEntries(found.filter(({ missing }) => missing > 0).map(({ name, missing, label: withLabel, scored: withScored }) => [name, { missing, label: withLabel, scored: withScored }])) },
      };
    },
  };
};

/** What a model may be given. The label and other outcomes are missing together by their nature. */
function inputs({ definition }: CheckContext): string[] {
  return Object.entries(definition.columns).flatMap(([name, { role }]) => (role === 'feature' || role === 'context' ? [name] : []));
}

interface FourfoldTable {
  readonly size: number;
  readonly first: number;
  readonly second: number;
  readonly both: number;
}

/** Phi of two yes-or-no attributes, −1 to 1; 0 where one of them is constant. */
function phi({ size, first, second, both }: FourfoldTable): number {
  const spread = first * (size - first) * second * (size - second);
  return spread === 0 ? 0 : (size * both - first * second) / Math.sqrt(spread);
}
