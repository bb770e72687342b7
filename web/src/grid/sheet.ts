/** What the grid shows and how: the rows in their order, the columns, what is selected. */
import type { Row } from "./chunk";
import type { Chunks } from "./chunks";
import { visible, type Shown } from "./columns";
import type { Arranged, Sort } from "./order";
import { Selection, type Box } from "./selection";

/** Rows that are kept as they were read; a screen shows some dozens. */
const MOST_READ = 2_000;

export class Sheet {
  chunks: Chunks | undefined;
  columns: Shown[] = [];
  sort: Sort | undefined;
  filter = "";
  /** `undefined` for all rows in their own order. */
  arranged: Arranged | undefined;
  readonly selection = new Selection();
  private readonly read = new Map<number, Row>();

  /** Another result, or none. */
  open(chunks: Chunks | undefined, columns: Shown[]): void {
    this.chunks?.close();
    this.chunks = chunks;
    this.columns = columns;
    this.sort = this.arranged = undefined;
    this.filter = "";
    this.read.clear();
    this.selection.clear({ row: 0, column: 0 });
  }

  arrange(arranged: Arranged | undefined): void {
    this.arranged = arranged;
    this.selection.clear({ row: 0, column: this.selection.cursor.column });
  }

  /** How many rows are shown, and how many there are. */
  get count(): number {
    return this.arranged?.rows.length ?? this.total;
  }

  get total(): number {
    return this.chunks?.total ?? 0;
  }

  get visible(): Shown[] {
    return visible(this.columns);
  }

  /** What is selected, or everything. */
  get box(): Box {
    return this.selection.box(this.count, this.visible.length);
  }

  /** The number in the result of a row that is shown. */
  number(shown: number): number {
    return this.arranged ? (this.arranged.rows[shown] ?? 0) : shown;
  }

  /** `undefined` while it is not here. */
  row(shown: number): Row | undefined {
    if (shown >= this.count) return undefined;
    const index = this.number(shown);
    const known = this.read.get(index);
    if (known) return known;
    const row = this.chunks?.row(index);
    if (row) {
      if (this.read.size > MOST_READ) this.read.clear();
      this.read.set(index, row);
    }
    return row;
  }

  /** The first of the rows that are here, as they are shown. */
  first(most: number): Row[] {
    const { chunks } = this;
    const rows: Row[] = [];
    for (const index of this.arranged?.rows ?? chunks?.present() ?? []) {
      if (rows.length >= most) break;
      const row = chunks?.row(index);
      if (row) rows.push(row);
    }
    return rows;
  }

  /** How many of the rows that are shown are here. */
  get here(): number {
    return this.arranged ? this.arranged.rows.length : (this.chunks?.loaded ?? 0);
  }
}
