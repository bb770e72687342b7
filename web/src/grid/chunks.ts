/**
 * The rows of a result, chunk by chunk: what is in view comes first, then what was asked for as a whole. Few come at the
 * same time, and what nobody waits for any more gives way. Chunks looked at longest ago go.
 */
import { callHeaders } from "../calls";
import { Chunk, type Cell, type Row } from "./chunk";

export interface Column {
  name: string;
  sql_type: string;
}

/** As the server describes a result. */
export interface Shape {
  columns: Column[];
  total_rows: number;
  truncated: boolean;
  chunks: number[];
  external: boolean;
}

/** Bytes that stay for scrolling back, and the most that a tab holds when somebody asks for all. */
const SCROLLED = 96 * 1024 * 1024;
export const CEILING = 256 * 1024 * 1024;
/** Browsers open six connections to a server; the others are for the rest of the page. One is for what is in view alone. */
const MOST_AT_ONCE = 4;
const MOST_FOR_JOBS = 3;

export class SessionOver extends Error {}
/** The rows are more than a tab holds. */
export class TooLarge extends Error {}

/** Rows that are to come and stay until all of them are here. */
interface Job {
  first: number;
  last: number;
  /** Chunks before this one are here. */
  next: number;
  resolve(): void;
  reject(error: unknown): void;
}

export interface Watcher {
  /** Rows came or went. */
  changed(): void;
  /** What is in view cannot be had. It is asked for again when it is looked at again. */
  failed(error: Error): void;
}

export class Chunks {
  private readonly chunks = new Map<number, Chunk>();
  private readonly flights = new Map<number, AbortController>();
  private readonly jobs = new Set<Job>();
  private seen = new Set<number>();
  /** Row number at which each chunk begins; one more for the end. */
  private readonly begins: number[] = [0];
  private most = SCROLLED;
  private clock = 0;
  private closed = false;

  constructor(
    private readonly statement: string,
    readonly shape: Shape,
    private readonly user: string | null,
    private readonly watcher: Watcher,
    private readonly ceiling = CEILING,
  ) {
    for (const count of shape.chunks) this.begins.push((this.begins.at(-1) ?? 0) + count);
  }

  get total(): number {
    return this.begins.at(-1) ?? 0;
  }

  /** How many rows are here. */
  get loaded(): number {
    let rows = 0;
    for (const chunk of this.chunks.values()) rows += chunk.rows;
    return rows;
  }

  /** How many of these rows are here. */
  here(first: number, last: number): number {
    let rows = 0;
    for (const [number, chunk] of this.chunks) {
      const begin = this.begins[number] ?? 0;
      rows += Math.max(Math.min(begin + chunk.rows, last + 1) - Math.max(begin, first), 0);
    }
    return rows;
  }

  /** `undefined` while its chunk is not here. */
  row(index: number): Row | undefined {
    const [chunk, at] = this.find(index);
    return chunk?.row(at);
  }

  cell(index: number, column: number): Cell | undefined {
    const [chunk, at] = this.find(index);
    return chunk?.cell(at, column);
  }

  text(index: number): string | undefined {
    const [chunk, at] = this.find(index);
    return chunk?.text(at);
  }

  /** The numbers of the rows that are here, in their order. */
  *present(): Generator<number> {
    for (const number of [...this.chunks.keys()].sort((a, b) => a - b)) {
      const begin = this.begins[number] ?? 0;
      const count = this.chunks.get(number)?.rows ?? 0;
      for (let row = 0; row < count; row++) yield begin + row;
    }
  }

  /** These rows are in view: they come before all others, and those that were in view before need not come any more. */
  look(rows: Iterable<number>): void {
    const seen = new Set<number>();
    for (const row of rows) if (row < this.total) seen.add(this.chunkOf(row));
    const same = seen.size === this.seen.size && [...seen].every((number) => this.seen.has(number));
    this.seen = seen;
    if (!same || [...seen].some((number) => !this.chunks.get(number)?.done && !this.flights.has(number))) this.pump();
  }

  /**
   * Sees that these rows come, and stay until all are here. Rejects if one cannot be had, if they are too many, and with the
   * reason of the signal. With `keep` they stay afterwards, too.
   */
  bring(first: number, last: number, { signal, keep = false }: { signal?: AbortSignal; keep?: boolean } = {}): Promise<void> {
    if (keep) this.most = this.ceiling;
    if (this.closed || !this.total) return Promise.resolve();
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const job: Job = { first: this.chunkOf(first), last: this.chunkOf(Math.min(last, this.total - 1)), next: this.chunkOf(first), resolve, reject };
      this.jobs.add(job);
      signal?.addEventListener("abort", () => {
        if (!this.jobs.delete(job)) return;
        reject(signal.reason);
        this.pump();
      });
      this.pump();
    });
  }

  close(): void {
    this.closed = true;
    for (const flight of this.flights.values()) flight.abort();
    const over = new DOMException("The result was closed.", "AbortError");
    for (const job of this.jobs) job.reject(over);
    this.jobs.clear();
    this.chunks.clear();
  }

  private find(index: number): [Chunk | undefined, number] {
    const number = this.chunkOf(index);
    const chunk = this.chunks.get(number);
    if (chunk) chunk.used = ++this.clock;
    return [chunk, index - (this.begins[number] ?? 0)];
  }

  private chunkOf(row: number): number {
    let [low, high] = [0, Math.max(this.shape.chunks.length - 1, 0)];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.begins[middle] ?? 0) <= row) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  private needed(number: number): boolean {
    if (this.seen.has(number)) return true;
    for (const job of this.jobs) if (number >= job.first && number <= job.last) return true;
    return false;
  }

  /** Starts what is to come next, as far as there is room. */
  private pump(): void {
    if (this.closed) return;
    for (const [number, flight] of this.flights) if (!this.needed(number)) flight.abort();
    this.finish();
    for (const number of this.seen) this.start(number);
    for (const job of this.jobs) {
      for (let number = job.next; number <= job.last && this.flights.size < MOST_FOR_JOBS; number++) {
        if (this.chunks.get(number)?.done || this.flights.has(number)) continue;
        if (this.bytes() >= this.ceiling) {
          this.jobs.delete(job);
          job.reject(new TooLarge("The rows are more than a tab holds."));
          break;
        }
        this.start(number);
      }
    }
  }

  private start(number: number): void {
    if (this.flights.size >= MOST_AT_ONCE || this.flights.has(number) || this.chunks.get(number)?.done) return;
    const flight = new AbortController();
    this.flights.set(number, flight);
    void this.fetch(number, flight.signal).then((failure) => {
      this.flights.delete(number);
      if (this.closed) return;
      if (failure) this.fail(number, failure);
      this.drop();
      this.pump();
      this.watcher.changed();
    });
  }

  /** Jobs whose rows are all here. */
  private finish(): void {
    for (const job of this.jobs) {
      while (job.next <= job.last && this.chunks.get(job.next)?.done) job.next++;
      if (job.next <= job.last) continue;
      this.jobs.delete(job);
      job.resolve();
    }
  }

  private fail(number: number, failure: Error): void {
    for (const job of this.jobs) {
      if (number < job.first || number > job.last) continue;
      this.jobs.delete(job);
      job.reject(failure);
    }
    if (!this.seen.has(number)) return;
    this.seen = new Set();
    this.watcher.failed(failure);
  }

  /** The answer is what went wrong, if anybody should know. */
  private async fetch(number: number, signal: AbortSignal): Promise<Error | undefined> {
    const chunk = new Chunk();
    try {
      const address = `/api/statements/${encodeURIComponent(this.statement)}/chunks/${number}?external=${this.shape.external}`;
      const answer = await fetch(address, { headers: callHeaders(this.user), signal });
      if (!answer.ok || !answer.body) {
        const error = (await answer.json().catch(() => ({}))) as { code?: string; message?: string };
        if (error.code === "session_over") throw new SessionOver(error.message);
        throw new Error(error.message ?? `The rows did not come (status ${answer.status}).`);
      }
      this.chunks.set(number, chunk);
      const reader = answer.body.getReader();
      for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
        chunk.push(piece.value);
        chunk.used = ++this.clock;
        this.watcher.changed();
      }
      const expected = this.shape.chunks[number] ?? 0;
      if (!chunk.whole || chunk.rows !== expected) throw new Error(`Only ${chunk.rows} of ${expected} rows came.`);
      chunk.end();
      return undefined;
    } catch (error) {
      // Half a chunk is none: it is asked for again as a whole.
      this.chunks.delete(number);
      if (signal.aborted) return undefined;
      if (error instanceof TypeError) return new Error("The connection broke while rows were coming.");
      return error instanceof Error ? error : new Error(String(error));
    }
  }

  private bytes(): number {
    let bytes = 0;
    for (const chunk of this.chunks.values()) bytes += chunk.length;
    return bytes;
  }

  /** Lets go of what was looked at longest ago, but not of what somebody waits for. */
  private drop(): void {
    let bytes = this.bytes();
    if (bytes <= this.most) return;
    for (const [number, chunk] of [...this.chunks].sort(([, a], [, b]) => a.used - b.used)) {
      if (bytes <= this.most) return;
      if (!chunk.done || this.needed(number)) continue;
      this.chunks.delete(number);
      bytes -= chunk.length;
    }
  }
}
