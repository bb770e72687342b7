/**
 * Some rows of a result as the bytes that came, with the place of every row: a million rows of text as objects would fill
 * the tab. Rows are read when they are looked at.
 */
export type Cell = string | null;
export type Row = Cell[];

const QUOTE = 34;
const COMMA = 44;
const OPEN = 91;
const BACKSLASH = 92;
const CLOSE = 93;

const decoder = new TextDecoder();

/** Finds rows in bytes: a bracket that opens at depth two, outside of strings, begins one. */
export class Chunk {
  length = 0;
  done = false;
  used = 0;
  private bytes = new Uint8Array(64 * 1024);
  /** Begin and end of each row. */
  private readonly places: number[] = [];
  private scanned = 0;
  private depth = 0;
  private inString = false;

  /** How many rows are here as a whole. */
  get rows(): number {
    return this.places.length >> 1;
  }

  get whole(): boolean {
    return this.depth === 0 && !this.inString;
  }

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

  end(): void {
    this.done = true;
    this.bytes = this.bytes.slice(0, this.length);
  }

  /** A row as it came, in JSON. */
  text(at: number): string | undefined {
    const [from, to] = [this.places[at * 2], this.places[at * 2 + 1]];
    return from === undefined || to === undefined ? undefined : decoder.decode(this.bytes.subarray(from, to));
  }

  row(at: number): Row | undefined {
    const text = this.text(at);
    return text === undefined ? undefined : (JSON.parse(text) as Row);
  }

  /** One cell, without reading those beside it: sorting looks at one of every row. */
  cell(at: number, column: number): Cell | undefined {
    const { bytes } = this;
    const [begin, end] = [this.places[at * 2], this.places[at * 2 + 1]];
    if (begin === undefined || end === undefined) return undefined;
    let [from, left, inString] = [begin + 1, column, false];
    for (let place = from; place < end; place++) {
      const byte = bytes[place];
      if (inString && byte === BACKSLASH) place++;
      else if (byte === QUOTE) inString = !inString;
      else if (!inString && (byte === COMMA || byte === CLOSE)) {
        const cell = left-- === 0 ? decoder.decode(bytes.subarray(from, place)) : undefined;
        if (cell !== undefined) return cell ? (JSON.parse(cell) as Cell) : null;
        from = place + 1;
      }
    }
    return null;
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
}
