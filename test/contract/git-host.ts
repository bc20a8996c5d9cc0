import { beforeEach, describe, expect, it } from 'vitest';
import type { GitHost } from '../../src/ports/git-host.ts';

const start = { 'a.txt': 'one\n', 'folder/b.txt': 'two\n' };

/** What every git host must do. `create` makes a host with one branch, main, that holds the files. */
export function gitHostContract(name: string, create: (files: Readonly<Record<string, string>>) => Promise<GitHost>): void {
  describe(`git host ${name}`, () => {
    let host: GitHost;
    let head: string;
    beforeEach(async () => {
      host = await create(start);
      head = (await host.head('main')) ?? '';
    });
    const change = (text: string) => ({ branch: 'main', expectedHead: head, changes: [{ path: 'a.txt', text }], subject: 'Say something' });
    const proposal = { branch: 'retrain/x', base: 'main', title: 'Retrain', body: 'Why', labels: ['retrain'], changes: [{ path: 'window.yaml', text: 'to: 1\n' }] };

    it('commits all changes of a request at once, on top of the expected head', async () => {
      const changes = [{ path: 'a.txt', text: 'new\n' }, { path: 'folder/b.txt', text: null }, { path: 'c/d.txt', text: '' }];
      const result = await host.commitFiles({ ...change(''), subject: 'Change', changes });
      const now = (await host.head('main')) ?? '';
      expect(result).toEqual({ kind: 'committed', commit: now });
      expect(await Promise.all(['a.txt', 'folder/b.txt', 'c/d.txt', 'folder'].map((path) => host.readFile(now, path)))).toEqual(['new\n', undefined, '', undefined]);
      expect(await host.readFile(head, 'a.txt')).toBe('one\n');
    });

    it('answers moved and writes nothing when the branch is not where it was expected', async () => {
      await host.commitFiles(change('first'));
      const now = await host.head('main');
      expect(await host.commitFiles(change('second'))).toEqual({ kind: 'moved', head: now });
      expect(await host.head('main')).toBe(now);
    });

    it('lets exactly one of many simultaneous writers win', async () => {
      const results = await Promise.all(Array.from({ length: 6 }, (_, index) => host.commitFiles(change(`writer ${index}`))));
      expect(results.filter(({ kind }) => kind === 'committed')).toHaveLength(1);
      expect(results.filter(({ kind }) => kind === 'moved')).toHaveLength(5);
      expect(await host.history('main', 10)).toHaveLength(2);
    });

    it('makes no commit where nothing changes', async () => {
      expect(await host.commitFiles(change('one\n'))).toEqual({ kind: 'unchanged', commit: head });
    });

    it('gives back trailers, newest commit first', async () => {
      await host.commitFiles({ ...change('x'), subject: 'Deploy v1', body: 'Not: a trailer, but text\n\nMore.', trailers: { 'Model-Version': 'v1', Environment: 'local' } });
      const [newest, oldest] = await host.history('main', 5);
      expect(newest).toMatchObject({ subject: 'Deploy v1', trailers: { 'Model-Version': 'v1', Environment: 'local' } });
      expect(newest?.trailers).not.toHaveProperty('Not');
      expect(oldest?.commit).toBe(head);
      expect(await host.history('main', 1)).toHaveLength(1);
    });

    it('refuses a subject or trailer that spills over its line', async () => {
      await expect(host.commitFiles({ ...change('x'), trailers: { Verdict: 'fail\nVerdict: pass' } })).rejects.toMatchObject({ code: 'input-invalid' });
    });

    it('says which branch is missing', async () => {
      expect(await host.head('gone')).toBeUndefined();
      await expect(host.commitFiles({ ...change('x'), branch: 'gone' })).rejects.toMatchObject({ code: 'branch-missing' });
      await expect(host.history('gone', 1)).rejects.toMatchObject({ code: 'branch-missing' });
    });

    it('keeps one open pull request per branch and updates it', async () => {
      const first = await host.upsertPullRequest(proposal);
      const second = await host.upsertPullRequest({ ...proposal, title: 'Retrain again', changes: [{ path: 'window.yaml', text: 'to: 2\n' }] });
      expect(second).toMatchObject({ number: first.number, title: 'Retrain again', state: 'open' });
      expect(second.head).not.toBe(first.head);
      expect(await host.findPullRequest('retrain/x')).toEqual(second);
      expect(await host.readFile(second.head, 'window.yaml')).toBe('to: 2\n');
      expect(await host.head('main')).toBe(head);
    });

    it('changes nothing when the same pull request is asked for again', async () => {
      const first = await host.upsertPullRequest(proposal);
      expect(await host.upsertPullRequest(proposal)).toEqual(first);
    });

    it('opens one pull request for many simultaneous requests', async () => {
      const all = await Promise.all(Array.from({ length: 5 }, () => host.upsertPullRequest(proposal)));
      expect(new Set(all.map(({ number }) => number))).toEqual(new Set([1]));
    });

    it('merges with a merge commit that keeps what both sides did', async () => {
      const pull = await host.upsertPullRequest(proposal);
      await host.commitFiles(change('meanwhile\n'));
      const merge = await host.mergePullRequest(pull.number, pull.head);
      expect(await host.head('main')).toBe(merge);
      expect(await host.readFile(merge, 'a.txt')).toBe('meanwhile\n');
      expect(await host.readFile(merge, 'window.yaml')).toBe('to: 1\n');
      expect(await host.findPullRequest('retrain/x')).toMatchObject({ state: 'merged', head: pull.head });
      expect(await host.mergePullRequest(pull.number, pull.head)).toBe(merge);
      expect((await host.history('main', 10)).map(({ subject }) => subject)[0]).toBe('Merge pull request #1 from retrain/x');
    });

    it('refuses to merge what was not looked at', async () => {
      const pull = await host.upsertPullRequest(proposal);
      await host.upsertPullRequest({ ...proposal, changes: [{ path: 'window.yaml', text: 'to: 3\n' }] });
      await expect(host.mergePullRequest(pull.number, pull.head)).rejects.toMatchObject({ code: 'pull-request-moved' });
      expect(await host.head('main')).toBe(head);
    });

    it('refuses a conflicting merge and leaves the pull request open', async () => {
      const pull = await host.upsertPullRequest({ ...proposal, changes: [{ path: 'a.txt', text: 'theirs\n' }] });
      await host.commitFiles(change('ours\n'));
      await expect(host.mergePullRequest(pull.number, pull.head)).rejects.toMatchObject({ code: 'merge-conflict' });
      expect(await host.findPullRequest('retrain/x')).toMatchObject({ state: 'open' });
    });

    it('closes for good: a later request opens a new one from the present base', async () => {
      const pull = await host.upsertPullRequest(proposal);
      await host.closePullRequest(pull.number, 'not better');
      await host.closePullRequest(pull.number, 'not better');
      expect(await host.findPullRequest('retrain/x')).toMatchObject({ number: 1, state: 'closed', head: pull.head });
      await expect(host.mergePullRequest(pull.number, pull.head)).rejects.toMatchObject({ code: 'pull-request-moved' });
      await host.commitFiles(change('later\n'));
      const next = await host.upsertPullRequest(proposal);
      expect(next.number).toBe(2);
      expect(await host.readFile(next.head, 'a.txt')).toBe('later\n');
    });

    it('comments on pull requests that exist only', async () => {
      const pull = await host.upsertPullRequest(proposal);
      await host.upsertComment(pull.number, 'verdict', 'first');
      await host.upsertComment(pull.number, 'verdict', 'second');
      await expect(host.upsertComment(9, 'verdict', 'x')).rejects.toMatchObject({ code: 'pull-request-moved' });
    });
  });
}
