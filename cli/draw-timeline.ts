import type { EnvironmentHistory, RegistryHistory } from '../src/registry/registry-history.ts';
import { formatCount, formatNumber } from '../src/report/format-number.ts';
import { plainText, textTable } from './terminal.ts';

const width = 60;
/** Bars of the last so many versions; events are all listed. */
const drawn = 20;

interface Happening {
  readonly at: number;
  readonly order: number;
  readonly sign: string;
  readonly text: string;
}

/**
 * One bar per version over the time from the first registration to the end (█ live, ─ registered, ○ registered now, ✕ quarantined),
 * then what happened, in order.
 * @param at milliseconds since the Unix epoch; undefined: bars end at the last event
 */
export function drawTimeline(environment: EnvironmentHistory, history: RegistryHistory, at: number | undefined): string {
  const happenings = collect(environment, history);
  const first = happenings[0]?.at ?? 0;
  const last = at ?? happenings.at(-1)?.at ?? first;
  // What goes on after the last event is drawn a little longer.
  const usable = at === undefined ? width - 4 : width;
  const column = (moment: number): number => (last === first ? 0 : Math.max(0, Math.min(width - 1, Math.floor(((moment - first) / (last - first)) * usable))));
  const bars = history.versions.slice(-drawn).map(({ version, imageDigest, registeredAt }) => {
    const cells = Array.from({ length: width }, (_, cell): string => (cell < column(Date.parse(registeredAt)) ? ' ' : '─'));
    cells[column(Date.parse(registeredAt))] = '○';
    environment.events.forEach((event, index) => {
      if (event.version !== version) return;
      const next = environment.events[index + 1];
      const until = next === undefined ? width : Math.max(column(Date.parse(next.since)), column(Date.parse(event.since)) + 1);
      cells.fill('█', column(Date.parse(event.since)), until);
    });
    const quarantine = history.quarantines.find((entry) => entry.imageDigest === imageDigest);
    if (quarantine !== undefined) {
      cells.fill(' ', column(Date.parse(quarantine.at)));
      cells[column(Date.parse(quarantine.at))] = '✕';
    }
    return [`  v${version}`, cells.join('')];
  });
  const ends = [`  `, `${day(first)}${day(last).padStart(usable - 10)}`];
  return [textTable([...bars, ends]), '  ○ registered   █ live   ─ not live   ✕ in quarantine', '', textTable(happenings.map(({ at: moment, sign, text }) => [`  ${minute(moment)}`, sign, text]))].join('\n');
}

function collect({ events, challengers }: EnvironmentHistory, { versions, quarantines, operatingPoints }: RegistryHistory): Happening[] {
  const found = [
    ...versions.map(({ version, registeredAt }) => ({ at: registeredAt, sign: '○', text: `v${version} registered` })),
    ...challengers.map(({ kind, version, since }) => ({ at: since, sign: kind === 'nominated' ? '▷' : '◁', text: kind === 'nominated' ? `v${version} becomes the challenger` : `v${version} challenges no longer` })),
    ...events.map(({ kind, version, since, epoch, commit }) => ({ at: since, sign: kind === 'promoted' ? '▲' : '▼', text: `v${version} ${kind === 'promoted' ? 'promoted' : 'live again, rolled back to'} (epoch ${epoch}, commit ${plainText(commit).slice(0, 7)})` })),
    ...operatingPoints.map((point) => ({ at: point.createdAt, sign: '◆', text: `v${point.model.version} ${describePoint(point)}` })),
    ...quarantines.map(({ version, at, reason }) => ({ at, sign: '✕', text: `v${version} quarantined: ${plainText(reason)}` })),
  ];
  return found.map((happening, order) => ({ ...happening, at: Date.parse(happening.at), order })).sort((left, right) => wholeMinute(left.at) - wholeMinute(right.at) || left.order - right.order);
}

function describePoint({ threshold, source, window }: RegistryHistory['operatingPoints'][number]): string {
  const chosen = window === null ? '' : `, ${window.from} to ${window.to}, ${formatCount(window.rows)} rows`;
  return `decides from ${formatNumber(threshold)} on (${source}${chosen})`;
}

/** Steps of one run may stamp by two clocks, the present and `as-of`: within a minute, a version is registered before it goes live. */
function wholeMinute(moment: number): number {
  return Math.floor(moment / 60_000);
}

function day(moment: number): string {
  return new Date(moment).toISOString().slice(0, 10);
}

function minute(moment: number): string {
  return new Date(moment).toISOString().slice(0, 16).replace('T', ' ');
}
