import { once } from 'node:events';
import { endPinned, startPinned } from './child-processes.ts';

/** Starts a Node program on a core, gives it one question and waits for its one answer. @throws where it ends without. */
export async function askProcess<Answer>(program: string, question: object, core: number): Promise<Answer> {
  const child = startPinned({ core, program: process.execPath, arguments: [program], channel: true });
  try {
    const ended = once(child, 'exit').then((): [] => []);
    child.send(question);
    const [answer] = (await Promise.race([once(child, 'message'), ended])) as [Answer?];
    if (answer === undefined) throw new Error(`${program} ended without an answer`);
    return answer;
  } finally {
    await endPinned(child);
  }
}
