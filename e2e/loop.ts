import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { z } from 'zod';

// The whole year from scratch, held to what it must end with. Minutes long, so it is no part of `npm test`: npm run e2e:loop

const expected = [
  { chapter: 1, decision: 'live', version: 'v1' },
  { chapter: 2, decision: 'refused', version: 'v1' },
  { chapter: 3, decision: 'live', version: 'v2' },
  { chapter: 4, decision: 'rolled-back', version: 'v2' },
  { chapter: 5, decision: 'written', version: 'v2' },
];

const finalLine = z.object({
  loop: z.array(z.object({ chapter: z.number(), decision: z.string(), version: z.string(), seconds: z.number() })),
  failedRequests: z.number(),
});

const run = spawnSync(process.execPath, [join(import.meta.dirname, '..', 'local', 'loop.ts'), '--fresh', '--json'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
process.stdout.write(run.stdout);
const { loop, failedRequests } = finalLine.parse(JSON.parse(run.stdout.trim().split('\n').at(-1) ?? ''));
const found = loop.map(({ chapter, decision, version }) => ({ chapter, decision, version }));
const mistakes = [
  ...(run.status === 0 ? [] : [`exit code ${String(run.status)}`]),
  ...(JSON.stringify(found) === JSON.stringify(expected) ? [] : [`decisions ${JSON.stringify(found)}, expected ${JSON.stringify(expected)}`]),
  ...(failedRequests === 0 ? [] : [`${failedRequests} requests failed`]),
];
for (const mistake of mistakes) process.stderr.write(`e2e:loop: ${mistake}\n`);
process.exitCode = mistakes.length === 0 ? 0 : 1;
