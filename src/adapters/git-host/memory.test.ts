import { gitHostContract } from '../../../test/contract/git-host.ts';
import { MemoryGitHost } from './memory.ts';

const clock = { now: () => 1_700_000_000_000, sleep: () => Promise.resolve() };

gitHostContract('memory', (files) => Promise.resolve(new MemoryGitHost(clock, 'main', files)));
