/** Copying: cells as a table that spreadsheets take, and single texts. */
import { TooLarge } from "./chunks";
import { grouped } from "./dom";
import type { Loading } from "./loading";
import type { Messages } from "./messages";
import type { Sheet } from "./sheet";
import { tsvCell } from "./values";

const MOST_CELLS = 500_000;

export class Copying {
  constructor(
    private readonly sheet: Sheet,
    private readonly loading: Loading,
    private readonly messages: Messages,
    private readonly failed: (error: Error) => void,
  ) {}

  /** The selected cells, or everything, but never a part of that: a table with holes would be taken for the whole. */
  async cells(withNames: boolean): Promise<void> {
    const { sheet } = this;
    const { chunks, arranged } = sheet;
    const { top, bottom, left, right } = sheet.box;
    const columns = sheet.visible.slice(left, right + 1);
    const rows = bottom - top + 1;
    if (!chunks || !sheet.count) return;
    if (rows * columns.length > MOST_CELLS) {
      const all = `${grouped(rows * columns.length)} cells ${sheet.selection.isMade ? "are selected" : "are here and none is selected"}`;
      this.messages.refuse(`Nothing was copied: ${all}, and a clipboard takes ${grouped(MOST_CELLS)}. Download the result instead.`);
      return;
    }
    // Sorted and filtered are rows that are here.
    const waited = !arranged && chunks.here(top, bottom) < rows;
    if (waited && !(await this.bring(top, bottom))) return;
    if (chunks !== sheet.chunks || arranged !== sheet.arranged) return;
    const lines = withNames ? [columns.map((column) => tsvCell(column.name)).join("\t")] : [];
    let missing = 0;
    for (let row = top; row <= bottom; row++) {
      const values = sheet.row(row);
      if (values) lines.push(columns.map((column) => tsvCell(values[column.index] ?? null)).join("\t"));
      else missing++;
    }
    if (missing) {
      this.messages.refuse(`Nothing was copied: ${grouped(missing)} of the ${grouped(rows)} ${this.which} are not loaded. Load all rows first.`);
      return;
    }
    // Some browsers let a page copy only shortly after a key or a click.
    const refused = waited ? "The rows are loaded now, but the browser did not let them be copied. Copy again." : undefined;
    await this.text(lines.join("\n"), `Copied ${extent(rows, columns.length, sheet.visible.length)}`, refused);
  }

  async text(text: string, done = "Copied", refused = "Nothing was copied: the browser does not allow it here."): Promise<void> {
    try {
      await navigator.clipboard.writeText(text);
      this.messages.did(done);
    } catch {
      this.messages.refuse(refused);
    }
  }

  private get which(): string {
    return this.sheet.selection.isMade ? "selected rows" : "rows";
  }

  private async bring(top: number, bottom: number): Promise<boolean> {
    const { chunks } = this.sheet;
    if (!chunks) return false;
    try {
      await this.loading.run(chunks, top, bottom, false);
      return true;
    } catch (error) {
      if (chunks !== this.sheet.chunks) return false;
      const [here, all] = [chunks.here(top, bottom), bottom - top + 1];
      const missing = `Nothing was copied: ${grouped(all - here)} of the ${grouped(all)} ${this.which} are missing`;
      if (error instanceof DOMException && error.name === "AbortError") this.messages.refuse(`${missing}, because loading was stopped.`);
      else if (error instanceof TooLarge) this.messages.refuse(`${missing}: they are more than a tab holds. Select less in SQL, or download the result.`);
      else {
        this.messages.refuse(`${missing}.`);
        this.failed(error instanceof Error ? error : new Error(String(error)));
      }
      return false;
    }
  }
}

/** `51 rows`, `3 × 2 cells`. */
function extent(rows: number, columns: number, all: number): string {
  if (columns < all) return rows * columns === 1 ? "1 cell" : `${grouped(rows)} × ${grouped(columns)} cells`;
  return `${grouped(rows)} row${rows === 1 ? "" : "s"}`;
}
