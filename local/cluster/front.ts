import { Agent, createServer, type IncomingMessage, request as httpRequest, type ServerResponse } from 'node:http';
import { listen } from './listen.ts';

export interface Backend {
  readonly name: string;
  /** Base URL. */
  readonly url: string;
}

export interface FrontCounts {
  readonly requests: number;
  /** No pod to ask, no answer, or an answer of 500 and above. */
  readonly failed: number;
  /** Asked again at another pod because the first refused the connection. */
  readonly retried: number;
}

interface Entry {
  readonly backend: Backend;
  readonly agent: Agent;
  active: number;
  idle: (() => void) | undefined;
}

/**
 * What a Service and its endpoints are in a cluster: one address, round robin over the ready pods. A pod that is not in the list gets no request,
 * and taking one out waits for the requests it still answers.
 */
export class Front {
  private readonly server = createServer((incoming, outgoing) => void this.serve(incoming, outgoing));
  private entries: readonly Entry[] = [];
  private next = 0;
  private totals = { requests: 0, failed: 0, retried: 0 };

  /** @param port 0: any free one. @returns the base URL. @throws UserError port-in-use */
  listen(port = 0): Promise<string> {
    return listen(this.server, port);
  }

  get counts(): FrontCounts {
    return { ...this.totals };
  }

  add(backend: Backend): void {
    if (this.entries.some((entry) => entry.backend.name === backend.name)) return;
    this.entries = [...this.entries, { backend, agent: new Agent({ keepAlive: true, maxSockets: 64 }), active: 0, idle: undefined }];
  }

  /** Sends nothing more to the pod and resolves when it has answered what it has, or after the time is over (milliseconds). */
  async remove(name: string, timeout: number): Promise<void> {
    const entry = this.entries.find((candidate) => candidate.backend.name === name);
    if (entry === undefined) return;
    this.entries = this.entries.filter((candidate) => candidate !== entry);
    if (entry.active > 0) {
      let timer: NodeJS.Timeout | undefined;
      await new Promise<void>((resolve) => {
        entry.idle = resolve;
        timer = setTimeout(resolve, timeout);
      });
      clearTimeout(timer);
    }
    entry.agent.destroy();
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
    for (const entry of this.entries) entry.agent.destroy();
    this.entries = [];
  }

  private async serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    this.totals.requests += 1;
    let answered = false;
    try {
      const body = await readBody(incoming);
      answered = await this.forward({ incoming, outgoing, body });
    } catch {
      // The caller went away while sending: nobody is left to answer.
      answered = incoming.destroyed;
    }
    if (!answered || outgoing.statusCode >= 500) this.totals.failed += 1;
    if (!answered && !outgoing.headersSent) {
      outgoing.writeHead(503, { 'content-type': 'application/json', 'retry-after': '1' }).end(JSON.stringify({ error: 'no pod is ready' }));
    } else if (!answered) {
      outgoing.destroy();
    }
  }

  private async forward(exchange: Exchange): Promise<boolean> {
    const first = this.choose(undefined);
    if (first === undefined) return false;
    const result = await this.exchange(first, exchange);
    if (result !== 'refused') return result === 'answered';
    // Nothing was sent, so asking another pod cannot repeat an effect.
    const second = this.choose(first);
    if (second === undefined) return false;
    this.totals.retried += 1;
    return (await this.exchange(second, exchange)) === 'answered';
  }

  private choose(except: Entry | undefined): Entry | undefined {
    const candidates = this.entries.filter((entry) => entry !== except);
    if (except === undefined) this.next += 1;
    return candidates[this.next % Math.max(1, candidates.length)];
  }

  private async exchange(entry: Entry, { incoming, outgoing, body }: Exchange): Promise<'answered' | 'refused' | 'lost'> {
    entry.active += 1;
    try {
      return await new Promise((resolve) => {
        const upstream = httpRequest(
          new URL(incoming.url ?? '/', entry.backend.url),
          { method: incoming.method, headers: { ...endToEnd(incoming.headers), 'content-length': body.byteLength }, agent: entry.agent },
          (answer) => {
            outgoing.writeHead(answer.statusCode ?? 502, { ...endToEnd(answer.headers), 'x-taxiway-pod': entry.backend.name });
            answer.pipe(outgoing);
            answer.on('end', () => resolve('answered'));
            answer.on('close', () => resolve(answer.complete ? 'answered' : 'lost'));
          },
        );
        upstream.on('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'ECONNREFUSED' ? 'refused' : 'lost'));
        // A caller that gives up frees the pod.
        outgoing.on('close', () => {
          if (!outgoing.writableFinished) upstream.destroy();
        });
        upstream.end(body);
      });
    } finally {
      entry.active -= 1;
      if (entry.active === 0) entry.idle?.();
    }
  }
}

interface Exchange {
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
  readonly body: Buffer;
}

const hopByHop = new Set(['connection', 'keep-alive', 'proxy-connection', 'transfer-encoding', 'te', 'trailer', 'upgrade', 'content-length', 'expect']);

function endToEnd(headers: IncomingMessage['headers']): Record<string, string | string[]> {
  return Object.fromEntries(Object.entries(headers).flatMap(([name, value]) => (value === undefined || hopByHop.has(name) ? [] : [[name, value]])));
}

async function readBody(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
