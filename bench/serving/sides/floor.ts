import { join } from 'node:path';
import { freePort, serverCore, startPinned } from '../child-processes.ts';
import type { ServedModel } from '../models/served-model.ts';
import type { Side } from './side.ts';
import { rowRequests } from './taxiway.ts';
import { waitUntilReady } from './wait-until-ready.ts';

const program = join(import.meta.dirname, 'floor-server.ts');

/** A Fastify that only parses and answers the same requests; it scores nothing, so what it answers is the same for all. */
export function floorSide(model: ServedModel): Side {
  return {
    name: 'bare Fastify',
    async start() {
      const port = await freePort();
      return waitUntilReady(startPinned({ core: serverCore, program: process.execPath, arguments: [program], environment: { PORT: String(port), NODE_ENV: 'production' } }), { port, path: '/health/ready' });
    },
    path: '/predict',
    requests: rowRequests(model, 1).map((request) => ({ ...request, expected: 0.5 })),
    probability: { kind: 'json', path: ['predictions', 0, 'probability'] },
  };
}
