/**
 * The rows of a result, chunk by chunk. A chunk is kept as the bytes that came, with the place of every row: a million
 * rows of text as objects would fill the tab. Rows are read when they are looked at; chunks looked at longest ago go.
 */
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

export type Cell = string | null;
export type Row = Cell[];

const MOST_BYTES = 96 * 1024 * 1024;
const QUOTE = 34;
const BACKSLASH = 92;
const OPEN = 91;
const CLOSE = 93;

/** Finds rows in bytes: a bracket that opens at depth two, outside of strings, begins one. */
class Chunk {
  bytes = new Uint8Array(64 * 1024);
  length = 0;
  /** Begin and end of each row. */
  places: number[] = [];
  done = false;
  used = 0;
  private scanned = 0;
  private depth = 0;
  private inString = false;

  push(piece: Uint8Array): void {
    if (this.length + piece.length > this.bytes.length) {
      const larger = new Uint8Array(Math.max(this.bytes.length * 2, this.length + piece.length));
      larger.set(this.bytes.subarray(0, this.length));
      this.bytes = larger;
    }
    this.bytes.set(piece, this.length);
    this.length += piece.length;
    this.scan();
  }

  private scan(): void {
    const { bytes, length, places } = this;
    let { scanned, depth, inString } = this;
    for (; scanned < length; scanned++) {
      const byte = bytes[scanned];
      if (inString) {
        if (byte === BACKSLASH) {
          // What it escapes may not be there yet.
          if (scanned + 1 >= length) break;
          scanned++;
        } else if (byte === QUOTE) inString = false;
      } else if (byte === QUOTE) inString = true;
      else if (byte === OPEN) {
        if (++depth === 2) places.push(scanned);
      } else if (byte === CLOSE && depth-- === 2) places.push(scanned + 1);
    }
    Object.assign(this, { scanned, depth, inString });
  }

  get whole(): boolean {
    return this.depth === 0 && !this.inString;
  }

  end(): void {
    this.done = true;
    this.bytes = this.bytes.slice(0, this.length);
  }
}

export class SessionOver extends Error {}

export class Chunks {
  private readonly chunks = new Map<number, Chunk>();
  private readonly loading = new Map<number, Promise<void>>();
  /** Row number at which each chunk begins; one more for the end. */
  private readonly begins: number[] = [0];
  private readonly decoder = new TextDecoder();
  private readonly stop = new AbortController();
  private clock = 0;

  constructor(
    private readonly statement: string,
    readonly shape: Shape,
    private readonly changed: () => void,
  ) {
    for (const count of shape.chunks) this.begins.push((this.begins.at(-1) ?? 0) + count);
  }

  get total(): number {
    return this.begins.at(-1) ?? 0;
  }

  /** How many rows are here. */
  get loaded(): number {
    let rows = 0;
    for (const chunk of this.chunks.values()) rows += chunk.places.length >> 1;
    return rows;
  }

  /** `undefined` while its chunk is not here. */
  row(index: number): Row | undefined {
    const number = this.chunkOf(index);
    const chunk = this.chunks.get(number);
    if (!chunk) return undefined;
    chunk.used = ++this.clock;
    const at = (index - (this.begins[number] ?? 0)) * 2;
    const [from, to] = [chunk.places[at], chunk.places[at + 1]];
    if (from === undefined || to === undefined) return undefined;
    return JSON.parse(this.decoder.decode(chunk.bytes.subarray(from, to))) as Row;
  }

  /** The numbers of the rows that are here, in their order. */
  *present(): Generator<number> {
    for (const number of [...this.chunks.keys()].sort((a, b) => a - b)) {
      const begin = this.begins[number] ?? 0;
      const count = (this.chunks.get(number)?.places.length ?? 0) >> 1;
      for (let row = 0; row < count; row++) yield begin + row;
    }
  }

  /** Sees that these rows come. Rejects if one of their chunks cannot be had. */
  async want(first: number, last: number, keepAll = false): Promise<void> {
    const wanted: Promise<void>[] = [];
    for (let number = this.chunkOf(first); number <= this.chunkOf(last); number++) wanted.push(this.load(number));
    await Promise.all(wanted);
    if (!keepAll) this.drop(first, last);
  }

  close(): void {
    this.stop.abort();
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

  private load(number: number): Promise<void> {
    if (this.chunks.get(number)?.done) return Promise.resolve();
    const under = this.loading.get(number);
    if (under) return under;
    const loading = this.fetch(number).finally(() => this.loading.delete(number));
    this.loading.set(number, loading);
    return loading;
  }

  private async fetch(number: number): Promise<void> {
    const chunk = new Chunk();
    try {
      const address = `/api/statements/${encodeURIComponent(this.statement)}/chunks/${number}?external=${this.shape.external}`;
      const answer = await fetch(address, { headers: { "x-lakefront-call": "1" }, signal: this.stop.signal });
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
        this.changed();
      }
      const expected = this.shape.chunks[number] ?? 0;
      if (!chunk.whole || chunk.places.length / 2 !== expected) {
        throw new Error(`Only ${chunk.places.length >> 1} of ${expected} rows came.`);
      }
      chunk.end();
    } catch (error) {
      // Half a chunk is none: it is asked for again as a whole.
      this.chunks.delete(number);
      throw error instanceof TypeError ? new Error("The connection broke while rows were coming.") : error;
    } finally {
      this.changed();
    }
  }

  /** Lets go of what was looked at longest ago, but not of what is in view. */
  private drop(first: number, last: number): void {
    let bytes = [...this.chunks.values()].reduce((sum, chunk) => sum + chunk.length, 0);
    const [from, to] = [this.chunkOf(first), this.chunkOf(last)];
    const oldest = [...this.chunks].sort(([, a], [, b]) => a.used - b.used);
    for (const [number, chunk] of oldest) {
      if (bytes <= MOST_BYTES) return;
      if (!chunk.done || (number >= from && number <= to)) continue;
      this.chunks.delete(number);
      bytes -= chunk.length;
    }
  }
}
