import { formatCount, formatNumber } from '../../report/format-number.ts';
import type { CheckFactory } from './check-plan.ts';

const hour = 3_600_000;

/**
 * Age of the newest value of a time column at the end of the window, or at as-of where that is earlier. A value after that moment makes nothing
 * fresh: one wrong clock would hide that the rest has stopped. Such values are counted and told.
 *
 * Parameters: `maximum-age`, milliseconds. The value is in hours.
 */
export const freshness: CheckFactory<'freshness'> = ({ column, 'maximum-age': maximum }, { dialect, asOf, window }) => {
  const end = Math.min(window?.to ?? asOf, asOf);
  const time = dialect.identifier(column);
  const moment = dialect.timestamp(end);
  return {
    kind: 'table',
    id: `freshness.${column}`,
    title: `Age of the newest ${column}`,
    remedy: 'Find out why the source has no news: mend it, or wait until it has caught up.',
    measures: { newest: dialect.epochMilliseconds(`max(${time}) FILTER (WHERE ${time} <= ${moment})`), later: `count(*) FILTER (WHERE ${time} > ${moment})` },
    judge: (measured, { rows }) => {
      const newest = measured.get('newest') ?? Number.NaN;
      const later = measured.get('later') ?? 0;
      const threshold = `≤ ${formatNumber(maximum / hour)} h`;
      const note = later > 0 ? `; ${formatCount(later)} ${later === 1 ? 'row is' : 'rows are'} later than that` : '';
      const at = new Date(end).toISOString();
      if (!Number.isFinite(newest)) {
        return { value: null, threshold, verdict: rows === 0 ? 'inconclusive' : 'fail', message: rows === 0 ? 'no rows' : `${column} has no value at or before ${at}${note}` };
      }
      const age = end - newest;
      return {
        value: age / hour,
        unit: 'hour',
        threshold,
        verdict: age > maximum ? 'fail' : 'pass',
        message: `newest ${new Date(newest).toISOString()}, looked at from ${at}${note}`,
        details: { newest: new Date(newest).toISOString(), from: at, later },
      };
    },
  };
};
