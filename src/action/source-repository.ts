/**
 * Address of the repository that a workflow runs for, from GITHUB_SERVER_URL and GITHUB_REPOSITORY; undefined elsewhere, and where they hold
 * anything but an https address: it is shown to everybody who looks at an image.
 */
export function sourceRepository({ GITHUB_SERVER_URL: server = '', GITHUB_REPOSITORY: repository = '' }: Readonly<Record<string, string | undefined>>): string | undefined {
  const url = URL.parse(server);
  if (url?.protocol !== 'https:' || url.username !== '' || url.password !== '') return undefined;
  return /^[\w.-]+\/[\w.-]+$/.test(repository) ? `${url.origin}${url.pathname.replace(/\/+$/, '')}/${repository}` : undefined;
}
