import { setTimeout as delay } from 'node:timers/promises';
import { processTree, processUse } from '../process-tree.ts';
import { AnswerCounter } from './answer-counter.ts';
import { ArrivalSchedule } from './arrival-schedule.ts';
import { HttpConnection } from './http-connection.ts';
import type { LoadPlan, LoadResult, PlannedRequest } from './load-plan.ts';
import { percentile, summarizeLatency } from './percentile.ts';

interface Prepared {
  readonly planned: PlannedRequest;
  readonly bytes: Buffer;
}

function prepare(plan: LoadPlan): Prepared[] {
  return plan.requests.map((planned) => {
    const body = Buffer.from(planned.body, 'base64');
    const headers = Object.entries({ host: '127.0.0.1', ...planned.headers, 'content-length': String(body.length) });
    const head = `POST ${plan.path} HTTP/1.1\r\n${headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;
    return { planned, bytes: Buffer.concat([Buffer.from(head), body]) };
  });
}

/** Sends the requests of a plan in turn, counts the answers of the measured time, and reads the server's CPU over exactly that time. */
export async function runLoad(plan: LoadPlan): Promise<LoadResult> {
  const load = new Load(plan);
  const stopping = plan.stopAfterNotReady === undefined ? undefined : load.stopWhenNotReady(plan.stopAfterNotReady);
  load.start();
  await delay(plan.warmUp * 1000);
  const result = await load.measure();
  await stopping;
  return result;
}

const mostWaitForLastAnswers = 5000;
const memoryInterval = 100;
const readinessInterval = 100;

class Load {
  readonly #plan: LoadPlan;
  readonly #requests: readonly Prepared[];
  readonly #connections = new Set<HttpConnection>();
  readonly #idle: HttpConnection[] = [];
  /** Moments of requests that are due and wait for a connection. */
  #due: number[] = [];
  #dueFrom = 0;
  #sent = 0;
  #inFlight = 0;
  #counter: AnswerCounter;
  #measuring = false;
  #stopped = false;

  constructor(plan: LoadPlan) {
    this.#plan = plan;
    this.#requests = prepare(plan);
    this.#counter = new AnswerCounter(plan.probability);
  }

  start(): void {
    const { pace, warmUp, seconds } = this.#plan;
    if (pace.kind === 'closed') {
      for (let count = 0; count < pace.connections; count += 1) this.#sendNext(performance.now(), this.#open());
    } else {
      this.#keepSchedule(new ArrivalSchedule(pace.perSecond, warmUp + seconds), performance.now());
    }
  }

  async stopWhenNotReady(grace: number): Promise<void> {
    while (!this.#stopped) {
      const ready = await fetch(`http://127.0.0.1:${this.#plan.port}/health/ready`, { headers: { connection: 'close' } }).then(async (response) => (await response.arrayBuffer(), response.ok), () => false);
      if (!ready) break;
      await delay(readinessInterval);
    }
    await delay(grace);
    this.#stopped = true;
  }

  async measure(): Promise<LoadResult> {
    const counter = new AnswerCounter(this.#plan.probability);
    this.#counter = counter;
    const pids = processTree(this.#plan.serverProcess);
    const before = processUse(pids);
    const ownBefore = process.cpuUsage();
    const start = performance.now();
    this.#measuring = true;
    const memory = [before.memory];
    const watch = setInterval(() => memory.push(processUse(pids).memory), memoryInterval);
    while (!this.#stopped && performance.now() - start < this.#plan.seconds * 1000) await delay(Math.min(20, this.#plan.seconds * 1000 - (performance.now() - start)));
    const seconds = (performance.now() - start) / 1000;
    const after = processUse(pids);
    const own = process.cpuUsage(ownBefore);
    this.#stopped = true;
    clearInterval(watch);
    // An open load ends with what was asked in time; a closed one has counted all it wants.
    if (this.#plan.pace.kind === 'closed') this.#measuring = false;
    for (const limit = performance.now() + mostWaitForLastAnswers; this.#inFlight > 0 && performance.now() < limit; ) await delay(5);
    for (const connection of this.#connections) connection.end();
    return {
      seconds,
      statuses: Object.fromEntries(counter.statuses),
      goodput: counter.latencies.length / seconds,
      latency: summarizeLatency(counter.latencies),
      refusalLatency: summarizeLatency(counter.refusalLatencies),
      checked: counter.checked,
      wrong: counter.wrong,
      cpuPerAnswer: ((after.cpu - before.cpu) * 1e6) / counter.answers,
      serverShare: (after.cpu - before.cpu) / seconds,
      loadShare: (own.user + own.system) / 1e6 / seconds,
      lateness: percentile(Float64Array.from(counter.lateness).sort(), 0.99),
      memory: { start: before.memory, median: percentile(Float64Array.from(memory).sort(), 0.5), most: Math.max(...memory), end: after.memory },
      connections: this.#connections.size,
    };
  }

  #open(): HttpConnection {
    const connection = new HttpConnection(this.#plan.port);
    this.#connections.add(connection);
    return connection;
  }

  /** A timer where there is time, the next turn of the event loop where there is not: never a busy wait, so that the load's own CPU says something. */
  #keepSchedule(schedule: ArrivalSchedule, start: number): void {
    if (this.#stopped) return;
    const now = performance.now() - start;
    for (const moment of schedule.due(now)) {
      if (this.#measuring) this.#counter.lateness.push(now - moment);
      this.#due.push(start + moment);
    }
    this.#sendDue();
    if (schedule.next !== undefined) setTimeout(() => this.#keepSchedule(schedule, start), 1);
  }

  #sendDue(): void {
    const { pace } = this.#plan;
    const most = pace.kind === 'open' ? pace.mostConnections : 0;
    while (this.#dueFrom < this.#due.length) {
      const connection = this.#idle.pop() ?? (this.#connections.size < most ? this.#open() : undefined);
      if (connection === undefined) return;
      if (!connection.usable) {
        this.#connections.delete(connection);
        continue;
      }
      this.#sendNext(this.#due[this.#dueFrom] ?? 0, connection);
      this.#dueFrom += 1;
    }
    this.#due = [];
    this.#dueFrom = 0;
  }

  #sendNext(due: number, connection: HttpConnection): void {
    const request = this.#requests[this.#sent % this.#requests.length];
    if (request === undefined) throw new Error('a load without requests');
    this.#sent += 1;
    this.#inFlight += 1;
    const counter = this.#counter;
    connection.send(request.bytes, (answer) => {
      this.#inFlight -= 1;
      const now = performance.now();
      // What was asked before the measured time and is answered in it counts as work done in it: closed loads only, which have no backlog.
      const into = this.#plan.pace.kind === 'closed' ? this.#counter : counter;
      if (this.#measuring) into.count(answer, request.planned, now - due);
      this.#continue(connection, now);
    });
  }

  #continue(connection: HttpConnection, now: number): void {
    const reusable = connection.usable;
    if (!reusable) this.#connections.delete(connection);
    if (this.#stopped) return;
    if (this.#plan.pace.kind === 'closed') this.#sendNext(now, reusable ? connection : this.#open());
    else if (reusable) {
      this.#idle.push(connection);
      this.#sendDue();
    }
  }
}
