import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { childProcessRunner } from '../../../local/cluster/child-process-runner.ts';
import { gitHostContract } from '../../../test/contract/git-host.ts';
import type { GitHost } from '../../ports/git-host.ts';
import { createLocalGitHost } from './local.ts';

const clock = { now: () => 1_700_000_000_000, sleep: () => Promise.resolve() };
const folders: string[] = [];
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

async function bareRepository(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'git-host-'));
  folders.push(folder);
  const path = join(folder, 'remote.git');
  const git = async (arguments_: string[], input = ''): Promise<string> => {
    const result = await childProcessRunner.run('git', [`--git-dir=${path}`, ...arguments_], { input });
    if (result.exitCode !== 0) throw new Error(result.stderr);
    return result.stdout.trim();
  };
  await childProcessRunner.run('git', ['init', '--quiet', '--bare', path]);
  for (const [name, text] of Object.entries(files)) {
    const blob = await git(['hash-object', '-w', '--stdin'], text);
    await git(['update-index', '--add', '--cacheinfo', `100644,${blob},${name}`]);
  }
  const tree = await git(['write-tree']);
  const commit = await git(['-c', 'user.name=t', '-c', 'user.email=t@example.org', 'commit-tree', tree], 'Start\n');
  await git(['update-ref', 'refs/heads/main', commit]);
  return path;
}

const createHost = (path: string): GitHost => createLocalGitHost({ path, runner: childProcessRunner, clock });

gitHostContract('local', async (files) => createHost(await bareRepository(files)));

describe('local git host', () => {
  it('refuses a path that is no bare git repository', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'git-host-'));
    folders.push(folder);
    await childProcessRunner.run('git', ['init', '--quiet', join(folder, 'worktree')]);
    for (const path of [folder, join(folder, 'absent'), join(folder, 'worktree')]) {
      await expect(createHost(path).head('main')).rejects.toMatchObject({ code: 'git-repository-invalid' });
    }
  });

  it('refuses paths that leave the repository', async () => {
    const host = createHost(await bareRepository({ 'a.txt': 'a' }));
    const expectedHead = (await host.head('main')) ?? '';
    for (const path of ['../x', '/x', '.git/config']) {
      await expect(host.commitFiles({ branch: 'main', expectedHead, changes: [{ path, text: 'x' }], subject: 'Break out' })).rejects.toMatchObject({ code: 'input-invalid' });
    }
    expect(await host.head('main')).toBe(expectedHead);
  });

  it('gives the same commit for the same change at the same time', async () => {
    const hosts = [createHost(await bareRepository({ 'a.txt': 'a' })), createHost(await bareRepository({ 'a.txt': 'a' }))];
    const trees = await Promise.all(
      hosts.map(async (host) => {
        const expectedHead = (await host.head('main')) ?? '';
        await host.commitFiles({ branch: 'main', expectedHead, changes: [{ path: 'a.txt', text: 'b' }], subject: 'Change' });
        return (await host.history('main', 1))[0];
      }),
    );
    expect(trees.map((entry) => entry?.time)).toEqual([1_700_000_000_000, 1_700_000_000_000]);
  });

  it('takes no branch name that is an instruction to git', async () => {
    const host = createHost(await bareRepository({ 'a.txt': 'a' }));
    const request = { branch: 'x\ndelete refs/heads/main', base: 'main', title: 'T', body: '', labels: [], changes: [{ path: 'a.txt', text: 'b' }] };
    await expect(host.upsertPullRequest(request)).rejects.toMatchObject({ code: 'input-invalid' });
    expect(await host.head('main')).toBeDefined();
  });
});
