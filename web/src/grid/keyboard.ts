/** What the keys do in the rows: arrows, pages, ends; with Ctrl or ⌘ to the end of the way; selecting and opening. */
import type { Painter } from "./painter";
import type { Place } from "./selection";
import type { Sheet } from "./sheet";

/** The last row and column, and how many rows a page has. */
interface Extent {
  rows: number;
  columns: number;
  page: number;
}

export interface Acts {
  move(place: Place, extend: boolean): void;
  copy(withNames: boolean): void;
  open(): void;
  /** Whether there was something to close. */
  close(): boolean;
  openMenu(): void;
}

/** Whether the key did something. */
export function keyPressed(event: KeyboardEvent, sheet: Sheet, painter: Painter, acts: Acts): boolean {
  const { selection } = sheet;
  const ends = event.ctrlKey || event.metaKey;
  const key = event.key.toLowerCase();
  if (key === "contextmenu" || (key === "f10" && event.shiftKey) || (key === "arrowdown" && event.altKey)) acts.openMenu();
  else if (key === " " && ends) selection.whole("columns", selection.cursor, false);
  else if (key === " " && event.shiftKey) selection.whole("rows", selection.cursor, false);
  else if (key === "a" && ends) selection.whole("all", selection.cursor, false);
  else if (key === "c" && ends) acts.copy(event.shiftKey);
  else if (key === "enter") acts.open();
  else if (key === "escape") return acts.close();
  else {
    const step = event.altKey ? undefined : stepOf(event, selection.cursor, { rows: sheet.count - 1, columns: sheet.visible.length - 1, page: painter.page });
    if (!step) return false;
    acts.move(step, event.shiftKey);
  }
  return true;
}

/** `undefined` for a key that leads nowhere. The place may lie outside. */
function stepOf(event: KeyboardEvent, { row, column }: Place, { rows, columns, page }: Extent): Place | undefined {
  const ends = event.ctrlKey || event.metaKey;
  const steps: Record<string, Place> = {
    ArrowDown: { row: ends ? rows : row + 1, column },
    ArrowUp: { row: ends ? 0 : row - 1, column },
    ArrowRight: { row, column: ends ? columns : column + 1 },
    ArrowLeft: { row, column: ends ? 0 : column - 1 },
    PageDown: { row: row + page, column },
    PageUp: { row: row - page, column },
    Home: { row: ends ? 0 : row, column: 0 },
    End: { row: ends ? rows : row, column: columns },
  };
  return steps[event.key];
}
