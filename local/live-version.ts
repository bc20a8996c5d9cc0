import { environment, type Story } from './story.ts';

/** E.g. v2, or none. */
export async function liveVersion(story: Story): Promise<string> {
  const live = await story.registry.live(environment);
  return live === undefined ? 'none' : `v${live.version}`;
}
