import { UserError } from '../errors.ts';
import type { CommandRunner } from '../ports/command-runner.ts';

const commitPattern = /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/;

export interface CodeCommitOptions {
  /** GITHUB_SHA, if the runner has set it. */
  readonly announced: string | undefined;
  readonly workspace: string;
  readonly commands: CommandRunner;
}

/** The git commit of the code and pipeline that run. @throws UserError code-commit-unknown */
export async function findCodeCommit(options: CodeCommitOptions): Promise<string> {
  const { announced, workspace, commands } = options;
  if (announced !== undefined && commitPattern.test(announced)) return announced;
  const { exitCode, stdout, stderr } = await commands.run('git', ['rev-parse', '--verify', 'HEAD'], { cwd: workspace });
  const commit = stdout.trim();
  if (exitCode === 0 && commitPattern.test(commit)) return commit;
  throw new UserError('code-commit-unknown', `${workspace} is no git checkout with a commit: ${stderr.trim() || 'git names no HEAD'}`, {
    hint: 'Check out the repository before this action, or set GITHUB_SHA.',
  });
}
