import { z } from 'zod';
import type { ChapterResult } from './chapters/chapter.ts';
import type { Journal } from './journal.ts';

const trafficSchema = z.object({ sent: z.number(), failed: z.number() });

/** Requests that got anything but an answer, over the whole story. */
export function failedRequests(journal: Journal): number {
  return trafficScenes(journal).reduce((sum, { failed }) => sum + failed, 0);
}

export function sentRequests(journal: Journal): number {
  return trafficScenes(journal).reduce((sum, { sent }) => sum + sent, 0);
}

function trafficScenes(journal: Journal): z.infer<typeof trafficSchema>[] {
  return journal.all().flatMap(({ scene, outputs }) => {
    const parsed = scene.endsWith('traffic') ? trafficSchema.safeParse(outputs) : undefined;
    return parsed?.success === true ? [parsed.data] : [];
  });
}

export function summaryTable(journal: Journal, results: readonly ChapterResult[]): string {
  const rows = results.map((result) => [
    String(result.chapter),
    result.title,
    result.decision,
    result.version,
    `${seconds(journal, result.chapter).toFixed(0)} s`,
  ]);
  const table = [['', 'Chapter', 'Decision', 'Live', 'Time'], ...rows];
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
  const lines = table.map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd());
  return [...lines, '', `  ${sentRequests(journal)} requests, ${failedRequests(journal)} failed`].join('\n');
}

/** The line for machines that `--json` ends with. */
export function finalLine(journal: Journal, results: readonly ChapterResult[]): string {
  return JSON.stringify({
    loop: results.map(({ chapter, decision, version }) => ({ chapter, decision, version, seconds: Number(seconds(journal, chapter).toFixed(1)) })),
    failedRequests: failedRequests(journal),
  });
}

function seconds(journal: Journal, chapter: number): number {
  return journal.seconds(`chapter-${chapter}/`);
}
