import { expect, it } from 'vitest';
import { sourceRepository } from './source-repository.ts';

it('is the repository of the workflow, on whichever server', () => {
  expect(sourceRepository({ GITHUB_SERVER_URL: 'https://github.com', GITHUB_REPOSITORY: 'you/delay-ml' })).toBe('https://github.com/you/delay-ml');
  expect(sourceRepository({ GITHUB_SERVER_URL: 'https://git.example.org/forge/', GITHUB_REPOSITORY: 'you/delay-ml' })).toBe('https://git.example.org/forge/you/delay-ml');
});

it.each([
  {},
  { GITHUB_SERVER_URL: 'https://github.com' },
  { GITHUB_SERVER_URL: 'http://github.com', GITHUB_REPOSITORY: 'you/delay-ml' },
  { GITHUB_SERVER_URL: 'https://user:secret@github.com', GITHUB_REPOSITORY: 'you/delay-ml' },
  { GITHUB_SERVER_URL: 'https://github.com', GITHUB_REPOSITORY: 'you/delay-ml?token=secret' },
])('is unknown where the environment does not say it: %j', (environment) => {
  expect(sourceRepository(environment)).toBeUndefined();
});
