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

export class Selection {
  anchor: Place = { row: 0, column: 0 };
  cursor: Place = { row: 0, column: 0 };

  moveTo(place: Place, extend: boolean): void {
    this.cursor = place;
    if (!extend) this.anchor = place;
  }

  select(anchor: Place, cursor: Place): void {
    this.anchor = anchor;
    this.cursor = cursor;
  }

  get box(): Box {
    const { anchor, cursor } = this;
    return {
      top: Math.min(anchor.row, cursor.row),
      bottom: Math.max(anchor.row, cursor.row),
      left: Math.min(anchor.column, cursor.column),
      right: Math.max(anchor.column, cursor.column),
    };
  }

  has(row: number, column: number): boolean {
    const { top, bottom, left, right } = this.box;
    return row >= top && row <= bottom && column >= left && column <= right;
  }
}
