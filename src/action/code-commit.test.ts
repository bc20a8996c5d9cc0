import { describe, expect, it } from 'vitest';
import type { CommandResult, CommandRunner } from '../ports/command-runner.ts';
import { findCodeCommit } from './code-commit.ts';

function git(result: Partial<CommandResult>): CommandRunner {
  return { run: () => Promise.resolve({ exitCode: 0, stdout: '', stderr: '', ...result }) };
}
const commit = 'a'.repeat(40);

describe('findCodeCommit', () => {
  it('believes the runner', async () => {
    expect(await findCodeCommit({ announced: commit, workspace: '/', commands: git({ exitCode: 128 }) })).toBe(commit);
  });

  it('asks git where the runner says nothing', async () => {
    expect(await findCodeCommit({ announced: undefined, workspace: '/', commands: git({ stdout: `${commit}\n` }) })).toBe(commit);
  });

  it('goes no further without a commit: evidence would be bound to nothing', async () => {
    const commands = git({ exitCode: 128, stderr: 'fatal: not a git repository' });
    await expect(findCodeCommit({ announced: undefined, workspace: '/w', commands })).rejects.toMatchObject({ code: 'code-commit-unknown' });
  });
});
