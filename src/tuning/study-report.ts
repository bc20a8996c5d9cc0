import { formatNumber } from '../report/format-number.ts';
import type { Chart, Check } from '../verdict/verdict.ts';
import { bestTrial, gainOverPresent } from './best-trial.ts';
import { parameterImportance } from './parameter-importance.ts';
import { lossOf, seenTrials } from './seen-trials.ts';
import type { StudyRecord, Trial } from './study-records.ts';

/** What a study has found so far, as checks. */
export function studyChecks(record: StudyRecord, trials: readonly Trial[]): Check[] {
  const { objective } = record;
  const count = (state: 'complete' | 'pruned' | 'failed'): number => trials.filter(({ end }) => end?.state === state).length;
  const ended = trials.filter(({ end }) => end !== undefined).length;
  const best = bestTrial(trials, objective);
  const gain = best === undefined ? undefined : gainOverPresent(trials, { value: best.value, objective });
  const mostFailed = count('failed') * 2 > ended;
  return [
    {
      id: 'complete-trials',
      title: 'Trials that ran to their end',
      value: count('complete'),
      threshold: '≥ 1',
      sampleSize: ended,
      severity: 'error',
      verdict: best === undefined ? 'inconclusive' : 'pass',
      message: `${count('complete')} complete, ${count('pruned')} pruned, ${count('failed')} failed, ${trials.length - ended} running or left`,
      ...(best === undefined ? { remedy: 'Allow more trials or minutes.' } : {}),
    },
    {
      id: 'failed-trials',
      title: 'Trials that failed',
      value: count('failed'),
      threshold: '≤ half of those that ended',
      sampleSize: ended,
      severity: 'warn',
      verdict: mostFailed ? 'fail' : 'pass',
      ...(mostFailed ? { remedy: 'Narrow tuning.parameters: most of the space cannot be trained.' } : {}),
    },
    ...(best === undefined
      ? []
      : [
          { id: 'best-value', title: `Best ${objective} on the calibration rows`, value: best.value, sampleSize: ended, severity: 'info', verdict: 'pass', message: `trial ${best.number}`, details: { ...best.parameters } } satisfies Check,
        ]),
    ...(gain === undefined ? [] : [{ id: 'gain', title: `Better than the pipeline’s own values by`, value: gain, unit: objective, sampleSize: ended, severity: 'info', verdict: 'pass' } satisfies Check]),
  ];
}

/** What was tried and how good it was, and what mattered. */
export function studyCharts({ objective, space }: StudyRecord, trials: readonly Trial[]): Chart[] {
  const valued = trials.flatMap(({ number, end }) => (end === undefined || end.state === 'failed' || end.value === null ? [] : [{ number, value: end.value, complete: end.state === 'complete' }]));
  let best: number | undefined;
  const soFar = valued.flatMap(({ number, value, complete }): [number, number][] => {
    if (complete && (best === undefined || lossOf(objective, value) < lossOf(objective, best))) best = value;
    return best === undefined ? [] : [[number, best]];
  });
  const importance = parameterImportance(space, seenTrials(trials, objective));
  return [
    {
      id: 'study-history',
      title: 'Trials of the study',
      kind: 'line',
      xLabel: 'trial',
      yLabel: `${objective} on the calibration rows`,
      series: [
        { name: 'best so far', points: soFar },
        { name: 'trial', points: valued.map(({ number, value }) => [number, value]) },
      ],
    },
    ...(importance === undefined
      ? []
      : [
          {
            id: 'parameter-importance',
            title: 'What decides whether a trial is among the best quarter (PED-ANOVA)',
            kind: 'bar',
            xLabel: 'parameter',
            yLabel: 'share',
            series: [{ name: 'importance', points: importance.map(({ name, importance: share }): [string, number] => [name, share]) }],
          } satisfies Chart,
        ]),
  ];
}

export function studySummary({ study, objective }: StudyRecord, trials: readonly Trial[]): string {
  const best = bestTrial(trials, objective);
  const ended = trials.filter(({ end }) => end !== undefined).length;
  return best === undefined ? `Study ${study}: no trial of ${ended} is complete` : `Study ${study}: best ${objective} ${formatNumber(best.value)} (trial ${best.number} of ${ended})`;
}
