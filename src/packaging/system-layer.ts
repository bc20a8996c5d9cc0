import type { LayerFile } from './layer-file.ts';
import { packLayer } from './pack-layer.ts';

/** What lies below the service in a container: Node, the libraries that it and the native modules load, and certificates. */
export interface SystemFiles {
  readonly files: readonly LayerFile[];
}

/** Nobody's number elsewhere; deploy/kustomize runs the service as the same. */
export const systemUser = '10001:10001';

/**
 * A small young generation is collected before the bodies it holds on to have V8 mark the whole heap, which in bulk takes as long as the model; and it is what memory
 * the service needs at most. A limit of the old one does the opposite: V8 then marks for every few bodies.
 */
export const systemEnvironment = {
  PATH: '/usr/local/bin',
  NODE_ENV: 'production',
  HOST: '0.0.0.0',
  PORT: '8080',
  NODE_OPTIONS: '--max-semi-space-size=4',
} as const;

const accounts: readonly LayerFile[] = [
  { path: 'etc/passwd', content: Buffer.from('root:x:0:0:root:/:/sbin/nologin\ntaxiway:x:10001:10001:taxiway:/app:/sbin/nologin\n') },
  { path: 'etc/group', content: Buffer.from('root:x:0:\ntaxiway:x:10001:\n') },
  { path: 'etc/nsswitch.conf', content: Buffer.from('hosts: files dns\n') },
];

/** The lowest layer of an image made without a daemon. Nothing in it but /tmp can be written by the service, and nothing needs to be. */
export function packSystemLayer(system: SystemFiles): Promise<Uint8Array> {
  return packLayer([...system.files, ...accounts], [{ path: 'tmp', mode: 0o1777 }]);
}
