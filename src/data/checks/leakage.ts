import { formatNumber } from '../../report/format-number.ts';
import { chiSquareSurvival } from '../../statistics/chi-square.ts';
import { checkedColumns, type CheckContext, type CheckFactory } from './check-plan.ts';
import { presentValue } from './present-value.ts';

/** An association is held against the data only where chance alone would hardly give it; dozens of columns are looked at. */
const significance = 0.001;
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
  const { definition, dialect, relation } = context;
  const judged = checkedColumns(columns ?? inputs(context), context);
  const label = dialect.identifier(definition.data.label.column);
  const counts = judged.map((name, index) => `, count(${presentValue(name, context)}) AS present_${index}`);
  return {
    kind: 'queries',
    id: 'leakage',
    title: 'A missing value tells the label, worst column',
    remedy: 'Do not train on the column as it is: find out why it is missing for some outcomes, and take the value from a moment before the outcome was known.',
    queries: {
      // A scan of its own by group: a plain count for each column costs a seventh of four filtered counts for each in the common scan.
      groups: `SELECT CASE WHEN ${definition['scored-rows']} THEN 1 ELSE 0 END AS scored, CASE WHEN ${label} = 1 THEN 1 WHEN ${label} IS NOT NULL THEN 0 END AS positive, count(*) AS row_count${counts.join('')} FROM ${relation} GROUP BY 1, 2`,
    },
    judge: (results) => {
      const groups = results.get('groups') ?? [];
      const scoredGroups = groups.filter((row) => Number(row['scored']) === 1);
      const labelled = scoredGroups.filter((row) => row['positive'] !== null);
      const positive = labelled.filter((row) => Number(row['positive']) === 1);
      const size = sumOf(labelled, 'row_count');
      const found = judged.map((name, index) => {
        const missing = (rows: Rows): number => sumOf(rows, 'row_count') - sumOf(rows, `present_${index}`);
        return {
          name,
          label: phi({ size, first: missing(labelled), second: sumOf(positive, 'row_count'), both: missing(positive) }),
          scored: phi({ size: sumOf(groups, 'row_count'), first: missing(groups), second: sumOf(scoredGroups, 'row_count'), both: missing(scoredGroups) }),
          missing: missing(groups),
        };
      });
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

type Rows = readonly Readonly<Record<string, unknown>>[];

function sumOf(rows: Rows, name: string): number {
  return rows.reduce((sum, row) => sum + Number(row[name]), 0);
}

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
