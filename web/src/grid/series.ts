/** What a chart shows, read from rows. */
import type { Row } from "./chunk";
import type { Column } from "./chunks";
import { millis, momentText } from "./moments";
import { isMoment, isNumber } from "./values";
import { ahead, commonZone, MIXED } from "./zones";

export const KINDS = ["line", "bar", "area", "scatter", "pie"] as const;
export type Kind = (typeof KINDS)[number];

export interface Point {
  label: string;
  /** Where it stands across: a number or a moment. Names stand side by side. */
  position: number | undefined;
  value: number | null;
}

export interface Series {
  kind: Kind;
  /** What stands across. */
  across: "names" | "numbers" | "moments";
  points: Point[];
  /** Rows that have no place, because what is across is NULL in them. */
  placeless: number;
  xName: string;
  /** What stands across, with its zone if it has one. */
  xTitle: string;
  yName: string;
}

export function seriesOf(kind: Kind, columns: Column[], rows: Row[], x: number, y: number): Series {
  const type = columns[x]?.sql_type ?? "";
  const moment = isMoment(type);
  const zone = moment ? commonZone(rows.map((row) => row[x])) : undefined;
  const clock = moment ? clockOf(zone) : undefined;
  const read = clock?.at ?? (isNumber(type) ? Number : undefined);
  const all = rows.map((row): Point => {
    const [across, up] = [row[x] ?? null, row[y] ?? null];
    const [position, value] = [across === null ? NaN : read?.(across), up === null ? NaN : Number(up)];
    return { label: across === null ? "NULL" : (clock?.text(across) ?? across), position, value: Number.isFinite(value) ? value : null };
  });
  const xName = columns[x]?.name ?? "";
  const names = { kind, xName, xTitle: zone ? `${xName}, ${zone === MIXED ? "UTC" : zone}` : xName, yName: columns[y]?.name ?? "" };
  const placed = all.filter(({ position }) => Number.isFinite(position));
  if (!read || !placed.length || kind === "bar" || kind === "pie") {
    return { ...names, across: "names", points: all, placeless: 0 };
  }
  // A line goes from left to right, in whatever order the rows are.
  if (kind !== "scatter") placed.sort((a, b) => (a.position ?? 0) - (b.position ?? 0));
  return { ...names, across: moment ? "moments" : "numbers", points: placed, placeless: all.length - placed.length };
}

/** Where moments stand and how they are called: by the clocks of their zone, and in UTC where they are of several. */
function clockOf(zone: string | undefined): { at: (text: string) => number; text: (text: string) => string } {
  if (zone === MIXED) {
    return { at: millis, text: (text) => (Number.isFinite(millis(text)) ? momentText(new Date(millis(text)).toISOString()) : text) };
  }
  const shift = zone ? ahead(zone) : 0;
  return { at: (text) => millis(text) + shift, text: (text) => momentText(text.replace(/[+-]\d\d:\d\d$/, "Z")) };
}
