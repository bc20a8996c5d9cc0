import { silentLogger } from '../src/ports/logger.ts';
import type { Story } from './story.ts';
import { someRequests } from './replay-flights.ts';
import { createTraffic } from './traffic/traffic.ts';

const requestsPerSecond = 40;

/**
 * Something that changes what serves, while callers go on calling. Every request that fails is counted, and the loop's
 * promise is that none does. A scene cut short counts again from its next start.
 */
export async function duringTraffic<Result>(story: Story, scene: string, change: () => Promise<Result>): Promise<Result> {
  const rows = await someRequests(story);
  const traffic = createTraffic({ url: story.serviceUrl, logger: silentLogger });
  // Marked as verification: these callers repeat old flights and must not enter the prediction log.
  const background = traffic.background(rows, { requestsPerSecond, purpose: 'verification' });
  try {
    return await change();
  } finally {
    const { sent, failed, versions, failures } = await background.stop();
    traffic.close();
    await story.journal.scene(`${scene}/background-traffic`, () => Promise.resolve({ sent, failed, versions: { ...versions }, failures: { ...failures } }));
    const byVersion = Object.entries(versions).map(([version, count]) => `${count} by version ${version}`);
    story.console.result(failed === 0 ? 'pass' : 'fail', `${sent} requests meanwhile, ${failed} failed (${byVersion.join(', ')})`);
  }
}
