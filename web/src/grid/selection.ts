/** Which cells are selected: a rectangle from the anchor to the cursor, both counted in what is shown. */
export interface Place {
  row: number;
  column: number;
}

export interface Box {
  top: number;
  bottom: number;
  left: number;
  right: number;
}

/** Whole rows or columns are selected, whichever cells the anchor and the cursor are. */
type Span = "cells" | "rows" | "columns" | "all";

export class Selection {
  anchor: Place = { row: 0, column: 0 };
  cursor: Place = { row: 0, column: 0 };
  private span: Span = "cells";
  private made = false;

  /** Whether a person selected anything. */
  get isMade(): boolean {
    return this.made;
  }

  /** Nothing is selected; the cursor is here. */
  clear(cursor: Place): void {
    this.moveTo(cursor, false);
    this.made = false;
  }

  moveTo(place: Place, extend: boolean): void {
    this.made = true;
    this.cursor = place;
    if (extend) return;
    this.anchor = place;
    this.span = "cells";
  }

  /** From the anchor, with `extend`. */
  whole(span: Span, place: Place, extend: boolean): void {
    this.made = true;
    this.cursor = place;
    if (!extend) this.anchor = place;
    this.span = span;
  }

  /** Within so many rows and columns; everything where nothing is selected. */
  box(rows: number, columns: number): Box {
    const { anchor, cursor } = this;
    const span = this.made ? this.span : "all";
    const [allRows, allColumns] = [span === "columns" || span === "all", span === "rows" || span === "all"];
    return {
      top: allRows ? 0 : Math.min(anchor.row, cursor.row),
      bottom: allRows ? Math.max(rows - 1, 0) : Math.max(anchor.row, cursor.row),
      left: allColumns ? 0 : Math.min(anchor.column, cursor.column),
      right: allColumns ? Math.max(columns - 1, 0) : Math.max(anchor.column, cursor.column),
    };
  }
}
