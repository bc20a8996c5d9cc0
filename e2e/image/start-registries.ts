import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ECR } from '@aws-sdk/client-ecr';
import type { ImageEngines } from './engines.ts';
import { answers, freePort, startServer, type StartedServer } from './start-server.ts';

export interface Registries extends StartedServer {
  /** Host of a registry that wants ECR's user and token. */
  readonly host: string;
  readonly endpoint: string;
  readonly credentials: { readonly username: string; readonly password: string };
}

export const region = 'eu-west-1';

/** moto for ECR's API, and Debian's registry for the bytes, which knows the token that moto gives. */
export async function startRegistries(engines: ImageEngines, folder: string): Promise<Registries> {
  const [motoPort, registryPort] = [await freePort(), await freePort()];
  const endpoint = `http://127.0.0.1:${motoPort}`;
  const moto = await startServer({ program: engines.motoServer, arguments: ['-H', '127.0.0.1', '-p', String(motoPort)], log: join(folder, 'moto.log'), isUp: answers(`${endpoint}/moto-api/`) });
  const { authorizationData = [] } = await new ECR({ region, endpoint }).getAuthorizationToken({});
  const [username = '', password = ''] = Buffer.from(authorizationData[0]?.authorizationToken ?? '', 'base64').toString('utf8').split(':');
  const { stdout, status } = spawnSync(engines.programs.htpasswd, ['-Bbn', username, password], { encoding: 'utf8' });
  if (status !== 0) throw new Error('htpasswd failed');
  writeFileSync(join(folder, 'htpasswd'), stdout);
  const configuration = {
    version: '0.1',
    storage: { filesystem: { rootdirectory: join(folder, 'registry') } },
    auth: { htpasswd: { realm: 'ecr', path: join(folder, 'htpasswd') } },
    http: { addr: `127.0.0.1:${registryPort}` },
    log: { level: 'warn' },
  };
  writeFileSync(join(folder, 'registry.json'), JSON.stringify(configuration));
  const host = `127.0.0.1:${registryPort}`;
  const registry = await startServer({ program: engines.programs['docker-registry'], arguments: ['serve', join(folder, 'registry.json')], log: join(folder, 'registry.log'), isUp: answers(`http://${host}/v2/`) });
  const stop = async (): Promise<void> => {
    await registry.stop();
    await moto.stop();
  };
  return { host, endpoint, credentials: { username, password }, stop };
}
