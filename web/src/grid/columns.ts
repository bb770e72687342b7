/** The columns as they are shown: their width, whether they are hidden or pinned. */
import type { Row, Shape } from "./chunks";

export interface Shown {
  /** Which column of the result. */
  index: number;
  name: string;
  type: string;
  width: number;
  hidden: boolean;
  pinned: boolean;
}

/** A column in view: its place among the shown ones and on the screen. */
export interface Seen {
  column: Shown;
  at: number;
  left: number;
}

export function columnsOf(shape: Shape): Shown[] {
  return shape.columns.map(({ name, sql_type }, index) => ({ index, name, type: sql_type, width: widthOf(name, []), hidden: false, pinned: false }));
}

/** The first rows say how wide the columns want to be. */
export function fit(columns: Shown[], rows: Row[]): void {
  for (const column of columns) column.width = widthOf(column.name, rows.map((row) => row[column.index] ?? "NULL"));
}

/** Pinned ones first. */
export function visible(columns: Shown[]): Shown[] {
  const shown = columns.filter((column) => !column.hidden);
  return [...shown.filter((column) => column.pinned), ...shown.filter((column) => !column.pinned)];
}

function widthOf(name: string, values: string[]): number {
  const longest = values.reduce((most, value) => Math.max(most, value.length), 0);
  return Math.min(Math.max(name.length * 8 + 56, longest * 8.8 + 28, 70), 360);
}
