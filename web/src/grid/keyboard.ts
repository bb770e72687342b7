/** Where the keys lead: arrows, pages, ends; with Ctrl or ⌘ to the end of the way. */
import type { Place } from "./selection";

/** The last row and column, and how many rows a page has. */
interface Extent {
  rows: number;
  columns: number;
  page: number;
}

/** `undefined` for a key that leads nowhere. The place may lie outside. */
export function stepOf(event: KeyboardEvent, { row, column }: Place, { rows, columns, page }: Extent): Place | undefined {
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
