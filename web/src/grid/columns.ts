/** The columns as they are shown: their width, whether they are hidden or pinned. */
import type { Row } from "./chunk";
import type { Shape } from "./chunks";
import { drawn } from "./marks";
import { learnZones } from "./zones";

/** Pixels: what a cell has beside its text, and the most that a column gets by itself. */
const CELL_PADDING = 28;
const WIDEST = 360;
/** What a letter of the type needs in the head, and how many of them are worth a wider column. */
const TYPE_LETTER = 6.5;
const MOST_TYPE = 18;
/** Characters; more would not fit anyway. */
const MOST_MEASURED = 100;

export interface Shown {
  /** Which column of the result. */
  index: number;
  name: string;
  type: string;
  /** Of its moments, as far as they were seen. */
  zone: string | undefined;
  width: number;
  hidden: boolean;
  pinned: boolean;
}

/** A column as it is drawn: its place among the shown ones and on the screen. */
export interface Seen {
  column: Shown;
  at: number;
  left: number;
  width: number;
}

export function columnsOf(shape: Shape): Shown[] {
  return shape.columns.map(({ name, sql_type }, index) => ({ index, name, type: sql_type, zone: undefined, width: widthOf(name, sql_type, 0), hidden: false, pinned: false }));
}

/** The first rows say how wide the columns want to be; `font` is the one they are drawn in. */
export function fit(columns: Shown[], rows: Row[], font: string): void {
  learnZones(columns, rows);
  const ruler = document.createElement("canvas").getContext("2d");
  if (!ruler) return;
  ruler.font = font;
  for (const column of columns) {
    const widths = rows.map((row) => ruler.measureText(drawn(row[column.index] ?? "NULL", MOST_MEASURED)).width);
    column.width = widthOf(column.name, typeText(column), Math.max(0, ...widths));
  }
}

/** Pinned ones first. */
export function visible(columns: Shown[]): Shown[] {
  const shown = columns.filter((column) => !column.hidden);
  return [...shown.filter((column) => column.pinned), ...shown.filter((column) => !column.pinned)];
}

/** Where each of the shown columns lies before it is scrolled. Pinned ones leave half of the view for the others. */
export function placed(columns: Shown[], from: number, view: number): Seen[] {
  const pinned = columns.reduce((sum, column) => sum + (column.pinned ? column.width : 0), 0);
  const part = Math.min(view > 0 ? view / 2 / pinned : 1, 1);
  let left = from;
  return columns.map((column, at) => {
    const width = column.pinned ? Math.floor(column.width * part) : column.width;
    left += width;
    return { column, at, left: left - width, width };
  });
}

/** What the head says under the name: the type, and the zone that its moments are written in. */
export function typeText({ type, zone }: Pick<Shown, "type" | "zone">): string {
  return zone ? `${type}, ${zone}` : type;
}

function widthOf(name: string, type: string, widest: number): number {
  const head = Math.max(name.length * 8 + 56, Math.min(type.length, MOST_TYPE) * TYPE_LETTER + 48);
  return Math.min(Math.max(Math.ceil(head), Math.ceil(widest) + CELL_PADDING, 70), WIDEST);
}
