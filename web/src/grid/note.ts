/** What the grid says of itself: how many rows are here, and within which it sorts and filters. */
import { grouped } from "./dom";
import type { Sheet } from "./sheet";

export function noteOf(sheet: Sheet, arranging: boolean): string {
  const { top, bottom, left, right } = sheet.box;
  const cells = sheet.selection.isMade ? (bottom - top + 1) * (right - left + 1) : 0;
  return [rowsOf(sheet, arranging), cells > 1 ? `${grouped(cells)} cells selected` : ""].filter(Boolean).join(" · ");
}

function rowsOf(sheet: Sheet, arranging: boolean): string {
  const { arranged, total, chunks } = sheet;
  if (arranging) return `${sheet.sort ? "Sorting" : "Filtering"} …`;
  if (arranged) {
    const within = arranged.within < total ? `the ${grouped(arranged.within)} loaded of ${grouped(total)} rows` : "all rows";
    return `${grouped(arranged.rows.length)} rows, ${sheet.sort ? "sorted" : "filtered"} within ${within}`;
  }
  const loaded = chunks?.loaded ?? 0;
  return loaded < total ? `${grouped(loaded)} of ${grouped(total)} rows loaded` : "";
}
