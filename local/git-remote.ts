import { cp, mkdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { CommandRunner } from '../src/ports/command-runner.ts';

export interface GitRemoteSeed {
  /** Path of the bare repository to make. */
  readonly remote: string;
  readonly branch: string;
  /** Files and folders of this repository that the story needs: path in the remote → path on disk. */
  readonly contents: Readonly<Record<string, string>>;
}

const identity = {
  GIT_AUTHOR_NAME: 'Taxiway loop',
  GIT_AUTHOR_EMAIL: 'loop@taxiway.invalid',
  GIT_COMMITTER_NAME: 'Taxiway loop',
  GIT_COMMITTER_EMAIL: 'loop@taxiway.invalid',
  // The story begins when the first model is trained.
  GIT_AUTHOR_DATE: '2013-06-01T00:00:00Z',
  GIT_COMMITTER_DATE: '2013-06-01T00:00:00Z',
};

/** Makes the bare repository with one first commit; it appears whole or not at all. An existing one is left alone. */
export async function createGitRemote(seed: GitRemoteSeed, commands: CommandRunner): Promise<void> {
  if (await exists(seed.remote)) return;
  const draft = `${seed.remote}.draft`;
  const tree = `${seed.remote}.tree`;
  await rm(draft, { recursive: true, force: true });
  await rm(tree, { recursive: true, force: true });
  await mkdir(tree, { recursive: true });
  for (const [name, path] of Object.entries(seed.contents)) await cp(path, join(tree, name), { recursive: true });
  await git(commands, ['init', '--quiet', '--bare', `--initial-branch=${seed.branch}`, draft]);
  const inTree = [`--git-dir=${draft}`, `--work-tree=${tree}`, '-c', 'core.autocrlf=false'];
  await git(commands, [...inTree, 'add', '--all'], tree);
  await git(commands, [...inTree, 'commit', '--quiet', '--no-gpg-sign', '-m', 'Begin with the pipeline and the manifests'], tree);
  await rm(tree, { recursive: true, force: true });
  await rename(draft, seed.remote);
}

/** What actions/checkout does: the folder holds exactly that branch. Answers the commit. */
export async function checkOut(request: { remote: string; branch: string; folder: string }, commands: CommandRunner): Promise<string> {
  const { remote, branch, folder } = request;
  if (!(await exists(join(folder, '.git')))) {
    await rm(folder, { recursive: true, force: true });
    await git(commands, ['clone', '--quiet', '--branch', branch, remote, folder]);
  }
  await git(commands, ['fetch', '--quiet', '--force', 'origin', `+refs/heads/${branch}:refs/remotes/origin/${branch}`], folder);
  await git(commands, ['checkout', '--quiet', '--force', '--detach', `refs/remotes/origin/${branch}`], folder);
  await git(commands, ['clean', '--quiet', '-ffdx'], folder);
  return (await git(commands, ['rev-parse', 'HEAD'], folder)).trim();
}

/** Commits of the branch, newest first. */
export async function readHistory(remote: string, branch: string, commands: CommandRunner): Promise<GitEntry[]> {
  const text = await git(commands, [`--git-dir=${remote}`, 'log', '--first-parent', '--format=%h%x09%cI%x09%s', branch]);
  return text
    .trim()
    .split('\n')
    .map((line) => {
      const [commit = '', date = '', subject = ''] = line.split('\t');
      return { commit, date, subject };
    });
}

export interface GitEntry {
  readonly commit: string;
  readonly date: string;
  readonly subject: string;
}

async function git(commands: CommandRunner, arguments_: readonly string[], cwd?: string): Promise<string> {
  const result = await commands.run('git', arguments_, { env: identity, ...(cwd === undefined ? {} : { cwd }) });
  if (result.exitCode !== 0) throw new Error(`git ${arguments_.join(' ')} failed with ${result.exitCode}: ${result.stderr.trim()}`);
  return result.stdout;
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
