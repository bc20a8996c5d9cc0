import { z } from 'zod';
import { readDriftHistory } from '../src/drift/history.ts';
import type { ReportChart, ReportPoint } from '../src/report/report-chart.ts';
import { FileArtifactStore } from '../src/adapters/artifact-store/file.ts';
import { environment, type Story } from './story.ts';

type DriftHistory = Awaited<ReturnType<typeof readDriftHistory>>;

const outageEvent = { x: '2013-10-01', label: 'simulated outage begins' };
const shownColumns = 5;

/** Drift and performance by week, metrics by version, latency and traffic by week. */
export async function reportCharts(story: Story): Promise<ReportChart[]> {
  const { definition } = story.pipeline;
  const history = await readDriftHistory(new FileArtifactStore(story.paths.store), definition.name, environment);
  const charts = [
    driftChart(history, { threshold: definition.drift.psi.threshold, columns: definition.drift['alarm-columns'] }),
    performanceChart(history),
    await versionsChart(story),
    latencyChart(story, definition.verification['latency-p95']),
    trafficChart(story),
  ];
  return charts.filter((chart) => chart.series.some((series) => series.points.length > 0));
}

function driftChart(history: DriftHistory, options: { threshold: number; columns: readonly string[] }): ReportChart {
  const peak = (column: string): number => Math.max(0, ...history.map((record) => record.values[`psi.${column}`] ?? 0));
  const columns = [...options.columns].sort((a, b) => peak(b) - peak(a)).slice(0, shownColumns);
  return {
    id: 'drift',
    title: 'Drift by week',
    description: 'Population stability index of the last 28 days against the rows the live model was trained on: the columns that moved most.',
    kind: 'line',
    xLabel: 'day of the check',
    yLabel: 'PSI',
    series: columns.map((column) => ({ name: column, points: pointsOf(history, `psi.${column}`) })),
    limits: [{ value: options.threshold, label: 'threshold' }],
    events: [outageEvent],
  };
}

function performanceChart(history: DriftHistory): ReportChart {
  return {
    id: 'performance',
    title: 'What the live model achieved',
    description: 'Realised accuracy and recall of the last 28 days once labels had arrived, with 95 % day-block intervals.',
    kind: 'line',
    xLabel: 'day of the check',
    yLabel: 'share',
    series: ['accuracy', 'recall'].map((name) => ({ name, points: pointsOf(history, `performance.${name}`) })),
    events: [outageEvent],
  };
}

function pointsOf(history: DriftHistory, id: string): ReportPoint[] {
  return history.flatMap((record) => {
    const value = record.values[id];
    const interval = record.intervals[id];
    return value === undefined ? [] : [{ x: record.day, y: value, ...(interval === undefined ? {} : { interval }) }];
  });
}

async function versionsChart(story: Story): Promise<ReportChart> {
  const versions = await story.registry.versions();
  return {
    id: 'versions',
    title: 'Metrics of each version at its gate',
    description: 'On the test window of each version, with 95 % day-block intervals. The windows differ: October to December are harder months.',
    kind: 'bar',
    xLabel: 'version',
    yLabel: 'value',
    series: Object.entries({ accuracy: 'accuracy', recall: 'recall', 'ROC-AUC': 'rocAuc' }).map(([name, key]) => ({
      name,
      points: versions.flatMap(({ version, metrics }) => {
        const metric = metrics[key];
        return metric === undefined ? [] : [{ x: `v${version}`, y: metric.value, interval: metric.interval }];
      }),
    })),
    range: [0, 1],
  };
}

const weekTraffic = z.object({ rows: z.number(), p95: z.number().nullable(), versions: z.record(z.string(), z.number()), sent: z.number() });

function weeks(story: Story): { week: string; traffic: z.infer<typeof weekTraffic> }[] {
  return story.journal.all().flatMap(({ scene, outputs }) => {
    const week = /\/(\d{4}-\d{2}-\d{2})\/traffic$/.exec(scene)?.[1];
    const traffic = weekTraffic.safeParse(outputs);
    return week === undefined || !traffic.success ? [] : [{ week, traffic: traffic.data }];
  });
}

function latencyChart(story: Story, limit: number): ReportChart {
  return {
    id: 'latency',
    title: 'Latency by week',
    description: '95th percentile of requests of 250 flights each, as the callers saw it on this machine.',
    kind: 'line',
    xLabel: 'week',
    yLabel: 'milliseconds',
    series: [{ name: 'p95', points: weeks(story).flatMap(({ week, traffic }) => (traffic.p95 === null ? [] : [{ x: week, y: traffic.p95 }])) }],
    limits: [{ value: limit, label: 'limit for single requests' }],
  };
}

function trafficChart(story: Story): ReportChart {
  const all = weeks(story);
  const versions = [...new Set(all.flatMap(({ traffic }) => Object.keys(traffic.versions)))].sort();
  return {
    id: 'traffic',
    title: 'Flights predicted by version',
    description: 'Rows answered in each week, by the model version that answered.',
    kind: 'line',
    xLabel: 'week',
    yLabel: 'flights',
    series: versions.map((version) => ({
      name: version.startsWith('v') ? version : `v${version}`,
      points: all.map(({ week, traffic }) => ({ x: week, y: (traffic.rows * (traffic.versions[version] ?? 0)) / Math.max(traffic.sent, 1) })),
    })),
  };
}
