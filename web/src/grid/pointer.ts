/** Mouse, finger and pen: selecting by dragging, whole rows and columns, wider columns. */
import type { Painter } from "./painter";
import type { Parts } from "./parts";
import type { Place } from "./selection";
import type { Sheet } from "./sheet";

/** Pixels a frame, for each pixel that the pointer is beyond the edge; and the most. */
const PULL = 0.3;
const FASTEST = 90;

export interface Reach {
  move(place: Place, extend: boolean): void;
  draw(): void;
  open(): void;
}

export function listenToPointer(parts: Parts, sheet: Sheet, painter: Painter, reach: Reach, signal: AbortSignal): void {
  const { view, head } = parts;
  const cellAt = (event: Event): Place | undefined => {
    const cell = (event.target as HTMLElement).closest<HTMLElement>(".td");
    return cell ? { row: rowOf(cell), column: Number(cell.dataset["column"]) } : undefined;
  };
  view.addEventListener(
    "pointerdown",
    (event) => {
      if (event.button !== 0) return;
      const place = cellAt(event);
      const number = (event.target as HTMLElement).closest<HTMLElement>(".num");
      if (!place && !number) return;
      // A finger scrolls; it selects when it is lifted, as a click.
      if (event.pointerType === "touch") return;
      if (place) reach.move(place, event.shiftKey);
      else if (number) selectRow(rowOf(number), event.shiftKey);
      if (event.pointerType === "mouse") drag(event, !place);
    },
    { signal },
  );
  view.addEventListener(
    "click",
    (event) => {
      if ((event as PointerEvent).pointerType !== "touch") return;
      const place = cellAt(event);
      const number = (event.target as HTMLElement).closest<HTMLElement>(".num");
      const { cursor } = sheet.selection;
      if (number) selectRow(rowOf(number), false);
      else if (place && place.row === cursor.row && place.column === cursor.column) reach.open();
      else if (place) reach.move(place, false);
    },
    { signal },
  );
  view.addEventListener("dblclick", (event) => cellAt(event) && reach.open(), { signal });
  head.addEventListener(
    "pointerdown",
    (event) => {
      const target = event.target as HTMLElement;
      const column = Number(target.closest<HTMLElement>(".th")?.dataset["column"] ?? -1);
      if (column < 0 || target.closest("button")) return;
      event.preventDefault();
      view.focus({ preventScroll: true });
      if (target.className === "edge") widen(event, column);
      else {
        sheet.selection.whole("columns", { row: sheet.selection.cursor.row, column }, event.shiftKey);
        reach.draw();
      }
    },
    { signal },
  );

  function selectRow(row: number, extend: boolean): void {
    sheet.selection.whole("rows", { row, column: sheet.selection.cursor.column }, extend);
    reach.draw();
  }

  /** Until the button is let go; beyond an edge the rows come along. */
  function drag(start: PointerEvent, rows: boolean): void {
    const over = new AbortController();
    const during = { signal: over.signal };
    signal.addEventListener("abort", () => over.abort(), during);
    let [x, y, frame] = [start.clientX, start.clientY, 0];
    const extend = () => {
      const place = painter.placeAt(x, y);
      const { cursor } = sheet.selection;
      if (rows) {
        if (place.row !== cursor.row) selectRow(place.row, true);
      } else if (place.row !== cursor.row || place.column !== cursor.column) {
        sheet.selection.moveTo(place, true);
        reach.draw();
      }
    };
    const pull = () => {
      frame = 0;
      if (during.signal.aborted) return;
      const beyond = painter.beyond(x, y);
      const step = (past: number) => Math.max(Math.min(past * PULL, FASTEST), -FASTEST);
      if (!beyond.y && (rows || !beyond.x)) return;
      view.scrollBy(rows ? 0 : step(beyond.x), step(beyond.y) / painter.scale);
      extend();
      frame = requestAnimationFrame(pull);
    };
    addEventListener(
      "pointermove",
      (event) => {
        [x, y] = [event.clientX, event.clientY];
        extend();
        if (!frame) frame = requestAnimationFrame(pull);
      },
      during,
    );
    for (const end of ["pointerup", "pointercancel"]) addEventListener(end, () => over.abort(), during);
  }

  function widen(start: PointerEvent, at: number): void {
    const column = sheet.visible[at];
    if (!column) return;
    const { width } = column;
    const over = new AbortController();
    const during = { signal: over.signal };
    signal.addEventListener("abort", () => over.abort(), during);
    addEventListener(
      "pointermove",
      (event) => {
        column.width = Math.max(width + event.clientX - start.clientX, 40);
        reach.draw();
      },
      during,
    );
    for (const end of ["pointerup", "pointercancel"]) addEventListener(end, () => over.abort(), during);
  }
}

const rowOf = (cell: HTMLElement): number => Number(cell.parentElement?.getAttribute("aria-rowindex")) - 2;
