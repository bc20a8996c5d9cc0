import { createServer, type Server } from 'node:http';
import type { RolloutState } from '../../src/ports/cluster-view.ts';
import type { FrontCounts } from './front.ts';
import { listen } from './listen.ts';

export interface ControlledCluster {
  state(): RolloutState;
  counts(): FrontCounts;
}

/** The cluster's API for those who look: GET /state is RolloutState, GET /counts what the front has answered. Nothing can be changed here. */
export class ControlServer {
  private readonly server: Server;

  constructor(cluster: ControlledCluster) {
    this.server = createServer((request, response) => {
      const document = request.method === 'GET' ? read(cluster, request.url) : undefined;
      const status = document === undefined ? 404 : 200;
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(document ?? { error: 'GET /state or /counts' }));
    });
  }

  /** @param port 0: any free one. Returns the base URL. */
  /** Answers the URL. @throws UserError port-in-use */
  listen(port = 0): Promise<string> {
    return listen(this.server, port);
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

function read(cluster: ControlledCluster, path: string | undefined): RolloutState | FrontCounts | undefined {
  if (path === '/state') return cluster.state();
  if (path === '/counts') return cluster.counts();
  return undefined;
}
