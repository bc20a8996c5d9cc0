import { createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { finished } from 'node:stream/promises';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { openOnlineFeatures } from '../../serving/src/online-features/open-online-features.ts';
import { RequestDeadline } from '../../serving/src/predict/request-deadline.ts';
import { createTinyService } from '../../serving/test-fixtures/tiny-service.ts';
import type { ReplayFigures, ReplayRequest } from './replay.ts';

/** Runs in a process of its own, so that its memory is the service's: `node replay-service.ts <request.json>`, figures on its channel. */
const request = JSON.parse(await readFile(process.argv[2] ?? '', 'utf8')) as ReplayRequest;
// As add-online-features.ts sets them.
setFlagsFromString('--max-semi-space-size=4');
setFlagsFromString('--semi-space-growth-factor=1');

const { service, app } = await createTinyService();
await app.ready();
const minute = 60_000;
let now = (request.minutes[0]?.at ?? 0) - minute;
const processor = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};
const opened = processor();
// From before the feed's past is taken in: requests are answered meanwhile.
const delays = monitorEventLoopDelay({ resolution: 5 });
delays.enable();
const features = await openOnlineFeatures({
  configuration: { feed: { folder: request.feed }, query: request.query, queryDigest: undefined, sources: [request.sources], maximumAge: 900_000, answerStale: false, pollInterval: 2000 },
  columns: request.columns,
  queryDigest: undefined,
  maximumRows: 1000,
  registry: service.metrics.registry,
  now: () => now,
  onFailure: (cause) => {
    throw cause;
  },
});
const figures = { requests: [] as number[], tickProcessor: [] as number[], tickWall: [] as number[], openProcessor: processor() - opened };
const answers = createWriteStream(request.answers);
for (const { at, flights } of request.minutes) {
  now = at;
  const [begun, used] = [performance.now(), processor()];
  await features.advance();
  figures.tickWall.push(performance.now() - begun);
  figures.tickProcessor.push(processor() - used);
  const asked = performance.now();
  const { rows } = await features.complete({ flights }, new RequestDeadline(performance.now(), 60_000, () => false));
  figures.requests.push(performance.now() - asked);
  answers.write(`${JSON.stringify(rows)}\n`);
}
delays.disable();
answers.end();
await finished(answers);
process.send?.({ ...figures, heldUp: delays.max / 1e6, resident: process.memoryUsage.rss(), residentHighest: process.resourceUsage().maxRSS * 1024 } satisfies ReplayFigures);
await features.close();
await app.close();
process.disconnect();
