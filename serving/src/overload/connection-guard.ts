import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/** Beyond the limit so many are still accepted, so that probes and scrapes are answered and others are told why not. */
const accepted = 64;
/** Milliseconds between two looks. */
const interval = 5000;
/** Milliseconds in which a caller must have taken its answer, as long as it has to send its request. */
const longestAnswer = 30_000;

interface Pending {
  readonly bytes: number;
  readonly since: number;
}

/** Bounds how many connections there are, and how long one is held by a caller that does not read its answer: HTTP's own time-outs end with the request. */
export class ConnectionGuard {
  readonly #maximum: number;
  readonly #open = new Set<Socket>();
  readonly #beyond = new WeakSet<Socket>();
  /** Answers that are not taken yet, as they were when first seen so. */
  readonly #pending = new WeakMap<Socket, Pending>();
  readonly #timer: NodeJS.Timeout;

  constructor(maximum: number) {
    this.#maximum = maximum;
    this.#timer = setInterval(() => this.look(performance.now()), interval).unref();
  }

  get open(): number {
    return this.#open.size;
  }

  watch(server: Server): void {
    server.maxConnections = this.#maximum + accepted;
    server.on('connection', (socket: Socket) => {
      this.#open.add(socket);
      if (this.#open.size > this.#maximum) this.#beyond.add(socket);
      socket.once('close', () => this.#open.delete(socket));
    });
  }

  /** Whether there were already as many connections as there may be when this one was opened. */
  isBeyond(socket: Socket): boolean {
    return this.#beyond.has(socket);
  }

  /** Ends connections whose answer has stood still for too long. */
  look(now: number): void {
    for (const socket of this.#open) {
      if (socket.writableLength === 0) {
        this.#pending.delete(socket);
        continue;
      }
      // With what waits: it grows with the next answer only, which is not begun before this one has been taken.
      const bytes = socket.bytesWritten;
      const pending = this.#pending.get(socket);
      if (pending?.bytes !== bytes) this.#pending.set(socket, { bytes, since: now });
      else if (now - pending.since >= longestAnswer) socket.destroy();
    }
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
