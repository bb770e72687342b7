/** Draws what is in view, a frame at a time, and knows where on the screen rows and columns are. */
import { awaits, paintHead, paintRow } from "./cells";
import { placed, type Seen } from "./columns";
import { div } from "./dom";
import { Pace } from "./pace";
import type { Parts } from "./parts";
import type { Place } from "./selection";
import type { Sheet } from "./sheet";

/** Pixels, as in grid.css. */
const ROW = 28;
const HEAD = 44;
/** Pixels within which dragging scrolls already: a window may end where the rows do. */
const EDGE = 12;
/** Browsers draw nothing beyond some 17 million pixels; longer results are scrolled in larger steps. */
const MOST_PIXELS = 12_000_000;

/** A row in the document. It is drawn anew when anything but its height on the screen changed. */
interface Line {
  element: HTMLElement;
  stamp: number;
}

export class Painter {
  private readonly lines = new Map<number, Line>();
  private readonly pace = new Pace();
  private drawing = 0;
  private stamp = 0;
  /** What the heads were drawn from. */
  private heads = "";
  private paintedLeft = -1;
  private content = "";

  constructor(
    private readonly parts: Parts,
    private readonly sheet: Sheet,
    private readonly openMenu: (at: number, head: HTMLElement) => void,
    /** Told which rows are in view after each frame. */
    private readonly painted: (first: number, last: number) => void,
  ) {}

  /** Something that is shown changed. */
  draw(): void {
    this.stamp++;
    this.schedule();
  }

  /** At most the place on the screen changed. */
  schedule(): void {
    if (!this.drawing) this.drawing = requestAnimationFrame((now) => this.paint(now));
  }

  /** Now, without waiting for the next frame: for what has to be in the document before the next key. */
  drawNow(): void {
    this.stop();
    this.stamp++;
    this.paint(performance.now());
  }

  stop(): void {
    cancelAnimationFrame(this.drawing);
    this.drawing = 0;
  }

  /** Rows that a page has. */
  get page(): number {
    return Math.max(Math.floor(this.viewHeight / ROW) - 1, 1);
  }

  get numberWidth(): number {
    return 24 + 9 * String(this.sheet.total).length;
  }

  /** The head of a column, if it is on the screen. */
  headOf(column: number): HTMLElement | null {
    return this.parts.head.querySelector(`.th[data-column="${column}"]`);
  }

  /** Scrolls so that a cell is in view. */
  reveal({ row, column }: Place): void {
    const { view } = this.parts;
    // A key may come before the first frame.
    const all = this.spread();
    const { numberWidth, top } = this;
    if (row * ROW < top) view.scrollTop = (row * ROW) / this.scale;
    else if ((row + 1) * ROW > top + this.viewHeight) view.scrollTop = Math.ceil(((row + 1) * ROW - this.viewHeight) / this.scale);
    const fixed = all.reduce((sum, it) => sum + (it.column.pinned ? it.width : 0), 0);
    const target = all[column];
    if (!target || target.column.pinned) return;
    const { left, width } = target;
    if (left - fixed < view.scrollLeft) view.scrollLeft = left - fixed - numberWidth;
    else if (left + width > view.scrollLeft + view.clientWidth) view.scrollLeft = left + width - view.clientWidth;
  }

  /** The cell at a point of the screen, or the nearest one in view. */
  placeAt(x: number, y: number): Place {
    const box = this.parts.view.getBoundingClientRect();
    const down = Math.min(Math.max(y - box.top - HEAD, 0), this.viewHeight - 1);
    const across = Math.min(Math.max(x - box.left, 0), this.parts.view.clientWidth - 1);
    const row = Math.min(Math.floor((this.top + down) / ROW), Math.max(this.sheet.count - 1, 0));
    const seen = this.inView(this.placed());
    const scrolled = across + this.parts.view.scrollLeft;
    // Pinned columns lie above the others.
    const hit = seen.find(({ left, width }) => scrolled >= left && scrolled < left + width) ?? (scrolled < (seen[0]?.left ?? 0) ? seen[0] : seen.at(-1));
    return { row, column: hit?.at ?? 0 };
  }

  /** How far a point lies beyond where rows are, or at their very edge: negative above and left of it, 0 within. */
  beyond(x: number, y: number): { x: number; y: number } {
    const box = this.parts.view.getBoundingClientRect();
    const past = (at: number, low: number, high: number) => (at < low + EDGE ? at - low - EDGE : at > high - EDGE ? at - high + EDGE : 0);
    const { clientWidth, clientHeight } = this.parts.view;
    return { x: past(x, box.left + this.numberWidth, box.left + clientWidth), y: past(y, box.top + HEAD, box.top + clientHeight) };
  }

  /** How much further a step of the scroll bar goes than a pixel. */
  get scale(): number {
    const full = this.sheet.count * ROW;
    return full <= MOST_PIXELS ? 1 : (full - this.viewHeight) / (MOST_PIXELS - this.viewHeight);
  }

  private get top(): number {
    return this.parts.view.scrollTop * this.scale;
  }

  private get viewHeight(): number {
    return this.parts.view.clientHeight - HEAD;
  }

  private paint(now: number): void {
    this.drawing = 0;
    this.pace.begin(now);
    const { sheet, numberWidth } = this;
    const { view, head } = this.parts;
    const all = this.spread();
    if (view.scrollLeft !== this.paintedLeft) {
      this.paintedLeft = view.scrollLeft;
      this.stamp++;
    }
    const { top } = this;
    const first = Math.max(Math.floor(top / ROW) - 2, 0);
    const last = Math.min(Math.ceil((top + this.viewHeight) / ROW) + 2, sheet.count) - 1;
    const seen = this.inView(all);
    view.setAttribute("aria-rowcount", String(sheet.count + 1));
    // Drawn anew only if it is another one: a press and its release must meet the same button while rows come.
    const heads = JSON.stringify([numberWidth, sheet.sort, seen]);
    if (this.heads !== heads) {
      this.heads = heads;
      paintHead(head, seen, numberWidth, sheet.sort, this.openMenu);
    }
    const free = [...this.lines].filter(([row]) => row < first || row > last);
    for (const [row] of free) this.lines.delete(row);
    const marked = { box: sheet.selection.isMade ? sheet.box : undefined, cursor: sheet.selection.cursor };
    let left = 0;
    for (let row = first; row <= last; row++) {
      const line = this.lines.get(row) ?? this.newLine(row, free.pop()?.[1].element);
      line.element.style.transform = `translateY(${row * ROW - top}px)`;
      if (line.stamp === this.stamp) continue;
      const drawn = this.pace.next();
      awaits(line.element, !drawn);
      if (!drawn) {
        line.stamp = -1;
        left++;
        continue;
      }
      const values = sheet.row(row);
      paintRow(line.element, row, sheet.number(row), values, seen, numberWidth, marked);
      // A row that is not here yet is drawn again.
      line.stamp = values ? this.stamp : -1;
    }
    for (const [, line] of free) line.element.remove();
    if (left) this.schedule();
    if (view.querySelector("#cursor")) view.setAttribute("aria-activedescendant", "cursor");
    else view.removeAttribute("aria-activedescendant");
    this.painted(first, last);
  }

  private newLine(row: number, used: HTMLElement | undefined): Line {
    const line = { element: used ?? div("tr", { role: "row" }), stamp: -1 };
    line.element.setAttribute("aria-rowindex", String(row + 2));
    this.lines.set(row, line);
    if (!used) this.parts.rows.append(line.element);
    return line;
  }

  /** The columns on the screen. */
  private inView(all: Seen[]): Seen[] {
    const { view } = this.parts;
    const [near, far] = [view.scrollLeft - 100, view.scrollLeft + view.clientWidth + 100];
    const seen = all.filter(({ column, left, width }) => column.pinned || (left + width >= near && left <= far));
    return seen.map((it) => (it.column.pinned ? { ...it, left: it.left + view.scrollLeft } : it));
  }

  /** Makes room for all rows and columns to be scrolled through; gives the columns. */
  private spread(): Seen[] {
    // First: it may take a scroll bar away, and columns fill the width.
    this.fitHeight();
    const { space, head } = this.parts;
    const all = this.placed();
    const last = all.at(-1);
    space.style.height = `${Math.min(this.sheet.count * ROW, MOST_PIXELS)}px`;
    space.style.width = head.style.width = `${last ? last.left + last.width : this.numberWidth}px`;
    return all;
  }

  private placed(): Seen[] {
    return placed(this.sheet.visible, this.numberWidth, this.parts.view.clientWidth);
  }

  /** Few rows need no high view. Sorting and filtering do not change it. */
  private fitHeight(): void {
    const { view } = this.parts;
    const content = `${HEAD + this.sheet.total * ROW + view.offsetHeight - view.clientHeight}px`;
    if (content === this.content) return;
    this.content = content;
    view.style.setProperty("--content", content);
  }
}
