/**
 * `<result-grid statement shape view attempt>`: a result of any size. Only what is in view is in the document; chunks come as
 * they are scrolled to. Sorting and filtering work on the rows that are here, and say so.
 *
 * Events: `sessionover` (sign in, then change `attempt`), `insql` (`detail`: the clause that does the same in SQL),
 * `lookedat` (`detail`: sort and chart as JSON, as `view` takes them).
 */
import { Chunks, SessionOver, type Row, type Shape } from "./chunks";
import { ChartPanel, type ChartChoice } from "./chart-panel";
import { awaits, paintHead, paintRow } from "./cells";
import { ColumnMenu } from "./column-menu";
import { columnsOf, fit, visible, type Seen, type Shown } from "./columns";
import { div, grouped } from "./dom";
import css from "./grid.css";
import { arranged, clause, type Sort } from "./order";
import { stepOf } from "./keyboard";
import { Pace } from "./pace";
import { build, type Parts } from "./parts";
import { Selection, type Place } from "./selection";
import { tsvCell, whole } from "./values";

const ROW = 28;
const HEAD = 40;
/** Browsers draw nothing beyond some 17 million pixels; longer results are scrolled in larger steps. */
const MOST_PIXELS = 12_000_000;
const MOST_COPIED = 500_000;

/** How the rows are looked at, by the names of columns. */
interface View {
  sort: { column: string; descending: boolean } | null;
  chart: ChartChoice | null;
}

/** A row in the document. It is drawn anew when anything but its height on the screen changed. */
interface Line {
  element: HTMLElement;
  stamp: number;
}

export class ResultGrid extends HTMLElement {
  static readonly observedAttributes = ["statement", "shape", "attempt"];

  private chunks: Chunks | undefined;
  private columns: Shown[] = [];
  private sort: Sort | undefined;
  private filter = "";
  /** Row numbers in the order shown; `undefined` for all in their own order. */
  private order: Uint32Array | undefined;
  private readonly selection = new Selection();
  private readonly lines = new Map<number, Line>();
  private readonly cache = new Map<number, Row>();
  private drawing = 0;
  private readonly pace = new Pace();
  private stamp = 0;
  private paintedLeft = -1;
  private dragging = false;
  private readonly parts: Parts;
  private readonly chart = new ChartPanel(() => this.here(), () => this.tell());
  private readonly menu = new ColumnMenu(() => this.parts.view.focus({ preventScroll: true }));

  constructor() {
    super();
    const root = this.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    root.adoptedStyleSheets = [sheet];
    this.parts = build();
    this.parts.bar.after(this.chart.element);
    this.parts.card.append(this.menu.element);
    root.append(this.parts.card);
    this.listen();
  }

  connectedCallback(): void {
    this.open();
  }

  disconnectedCallback(): void {
    this.chunks?.close();
  }

  attributeChangedCallback(name: string, before: string | null, now: string | null): void {
    if (!this.isConnected || before === now) return;
    if (name === "attempt") this.askAgain();
    else this.open();
  }

  private open(): void {
    const [statement, shape] = [this.getAttribute("statement"), this.getAttribute("shape")];
    if (!statement || !shape) return;
    this.chunks?.close();
    const parsed = JSON.parse(shape) as Shape;
    this.chunks = new Chunks(statement, parsed, () => this.draw());
    this.columns = columnsOf(parsed);
    this.sort = undefined;
    this.order = undefined;
    this.filter = this.parts.filter.value = "";
    this.cache.clear();
    this.parts.problem.hidden = true;
    this.selection.moveTo({ row: 0, column: 0 }, false);
    this.parts.view.setAttribute("aria-colcount", String(parsed.columns.length));
    this.parts.view.scrollTo(0, 0);
    const { chunks } = this;
    // The first rows say how wide the columns want to be.
    void this.want(0, 0).then(() => {
      if (chunks !== this.chunks) return;
      const sample = Array.from({ length: Math.min(50, this.count) }, (_, row) => this.row(row));
      // `font` is empty where it cannot tell all, such as figures of one width.
      const { fontSize, fontFamily } = getComputedStyle(this.parts.view);
      fit(this.columns, sample.filter((row) => row !== undefined), `${fontSize} ${fontFamily}`);
      this.chart.open(parsed.columns);
      this.lookAs(JSON.parse(this.getAttribute("view") ?? "{}") as Partial<View>);
      this.draw();
    });
    this.draw();
  }

  /** What the address says; columns that are not there mean nothing. */
  private lookAs({ sort, chart }: Partial<View>): void {
    const by = this.columns.find((column) => column.name === sort?.column);
    if (sort && by) {
      this.sort = { column: by.index, descending: sort.descending };
      this.arrange();
    }
    const shown = chart ? this.chart.choose(chart) : false;
    if (shown) this.parts.toChart.setAttribute("aria-pressed", "true");
  }

  private tell(): void {
    const by = this.columns.find((column) => column.index === this.sort?.column);
    const view: View = { sort: by && this.sort ? { column: by.name, descending: this.sort.descending } : null, chart: this.chart.choice };
    this.dispatchEvent(new CustomEvent("lookedat", { bubbles: true, detail: JSON.stringify(view) }));
  }

  /** The rows that are here, as they are sorted and filtered. */
  private here(): Row[] {
    const numbers = this.order ?? this.chunks?.present() ?? [];
    const rows: Row[] = [];
    for (const index of numbers) {
      const row = this.chunks?.row(index);
      if (row) rows.push(row);
    }
    return rows;
  }

  private get count(): number {
    return this.order?.length ?? this.chunks?.total ?? 0;
  }

  private get visible(): Shown[] {
    return visible(this.columns);
  }

  private row(shown: number): Row | undefined {
    const index = this.order ? this.order[shown] : shown;
    if (index === undefined) return undefined;
    const known = this.cache.get(index);
    if (known) return known;
    const row = this.chunks?.row(index);
    if (row) {
      if (this.cache.size > 2_000) this.cache.clear();
      this.cache.set(index, row);
    }
    return row;
  }

  private async want(first: number, last: number, keepAll = false): Promise<boolean> {
    const chunks = this.chunks;
    if (!chunks || !chunks.total) return false;
    try {
      await chunks.want(first, Math.min(last, chunks.total - 1), keepAll);
      if (chunks === this.chunks) this.parts.problem.hidden = true;
      return true;
    } catch (error) {
      if (chunks !== this.chunks || (error instanceof DOMException && error.name === "AbortError")) return false;
      if (error instanceof SessionOver) this.dispatchEvent(new CustomEvent("sessionover", { bubbles: true }));
      this.parts.problemText.textContent = error instanceof Error ? error.message : String(error);
      this.parts.problem.hidden = false;
      return false;
    }
  }

  /** How much further a step of the scroll bar goes than a pixel. */
  private get scale(): number {
    const full = this.count * ROW;
    const { view } = this.parts;
    return full <= MOST_PIXELS ? 1 : (full - this.viewHeight) / (MOST_PIXELS - (view.clientHeight - HEAD));
  }

  private get viewHeight(): number {
    return this.parts.view.clientHeight - HEAD;
  }

  private get numberWidth(): number {
    return 24 + 9 * String(this.chunks?.total ?? 0).length;
  }

  private askAgain(): void {
    this.parts.problem.hidden = true;
    this.draw();
  }

  private draw(): void {
    this.stamp++;
    this.schedule();
  }

  private schedule(): void {
    if (!this.drawing) this.drawing = requestAnimationFrame((now) => this.paint(now));
  }

  private paint(now: number): void {
    this.drawing = 0;
    this.pace.begin(now);
    const { view, space } = this.parts;
    if (view.scrollLeft !== this.paintedLeft) {
      this.paintedLeft = view.scrollLeft;
      this.stamp++;
    }
    const top = view.scrollTop * this.scale;
    const first = Math.max(Math.floor(top / ROW) - 2, 0);
    const last = Math.min(Math.ceil((top + this.viewHeight) / ROW) + 2, this.count) - 1;
    const { seen, width } = this.inView();
    space.style.height = `${Math.min(this.count * ROW, MOST_PIXELS)}px`;
    space.style.width = this.parts.head.style.width = `${width}px`;
    view.setAttribute("aria-rowcount", String(this.count + 1));
    const head = `${this.stamp}`;
    if (this.parts.head.dataset["stamp"] !== head) {
      this.parts.head.dataset["stamp"] = head;
      paintHead(this.parts.head, seen, this.numberWidth, this.sort, (at, cell) => this.openMenu(at, cell));
    }
    const free = [...this.lines].filter(([row]) => row < first || row > last);
    for (const [row] of free) this.lines.delete(row);
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
      const values = this.row(row);
      paintRow(line.element, row, this.order ? (this.order[row] ?? 0) : row, values, seen, this.numberWidth, this.selection);
      // A row that is not here yet is drawn again.
      line.stamp = values ? this.stamp : -1;
    }
    for (const [, line] of free) line.element.remove();
    if (left) this.schedule();
    if (view.querySelector("#cursor")) view.setAttribute("aria-activedescendant", "cursor");
    else view.removeAttribute("aria-activedescendant");
    this.note();
    // After a failure nothing is asked for until the person says so: each frame would ask again.
    if (!this.order && last >= first && this.parts.problem.hidden) void this.want(first, last);
  }

  private newLine(row: number, used: HTMLElement | undefined): Line {
    const line = { element: used ?? div("tr", { role: "row" }), stamp: -1 };
    line.element.setAttribute("aria-rowindex", String(row + 2));
    this.lines.set(row, line);
    if (!used) this.parts.rows.append(line.element);
    return line;
  }

  /** The columns on the screen, and how wide all of them are. */
  private inView(): { seen: Seen[]; width: number } {
    const { view } = this.parts;
    const [near, far] = [view.scrollLeft - 100, view.scrollLeft + view.clientWidth + 100];
    const seen: Seen[] = [];
    let width = this.numberWidth;
    for (const [at, column] of this.visible.entries()) {
      if (column.pinned) seen.push({ column, at, left: width + view.scrollLeft });
      else if (width + column.width >= near && width <= far) seen.push({ column, at, left: width });
      width += column.width;
    }
    return { seen, width };
  }

  private note(): void {
    const { box } = this.selection;
    const total = this.chunks?.total ?? 0;
    const loaded = this.chunks?.loaded ?? 0;
    const cells = (box.bottom - box.top + 1) * (box.right - box.left + 1);
    const partial = loaded < total;
    const narrowed = this.order
      ? `${grouped(this.order.length)} rows, ${this.sort ? "sorted" : "filtered"} within ${partial ? `the ${grouped(loaded)} loaded of ${grouped(total)} rows` : "all rows"}`
      : partial
        ? `${grouped(loaded)} of ${grouped(total)} rows loaded`
        : "";
    const text = [narrowed, cells > 1 ? `${grouped(cells)} cells selected` : ""].filter(Boolean).join(" · ");
    if (this.parts.note.textContent !== text) this.parts.note.textContent = text;
    this.parts.inSql.hidden = !this.order;
    this.parts.loadAll.hidden = !(this.order && partial);
    this.parts.showAll.hidden = !this.columns.some((column) => column.hidden);
  }

  private arrange(): void {
    this.cache.clear();
    this.order = this.chunks && arranged(this.chunks, this.sort, this.filter);
    this.selection.moveTo({ row: 0, column: this.selection.cursor.column }, false);
    this.parts.view.scrollTop = 0;
    this.chart.paint();
    this.draw();
  }

  private sortBy(at: number, descending: boolean | undefined): void {
    const column = this.visible[at];
    this.sort = column && descending !== undefined ? { column: column.index, descending } : undefined;
    this.arrange();
    this.tell();
  }

  private openMenu(at: number, head: HTMLElement): void {
    const column = this.visible[at];
    if (!column) return;
    const change = (with_: () => void) => () => {
      with_();
      this.draw();
    };
    this.menu.open(head, this.parts.card, [
      ["Sort ascending", () => this.sortBy(at, false)],
      ["Sort descending", () => this.sortBy(at, true)],
      ["Own order", () => this.sortBy(at, undefined)],
      [column.pinned ? "Unpin" : "Pin to the left", change(() => (column.pinned = !column.pinned))],
      ["Hide", change(() => (column.hidden = this.visible.length > 1))],
      ["Wider", change(() => (column.width += 60))],
      ["Narrower", change(() => (column.width = Math.max(column.width - 60, 60)))],
      ["Copy the name", () => void this.clip(column.name)],
    ]);
  }

  private detail(): void {
    const { row, column } = this.selection.cursor;
    const shown = this.visible[column];
    const value = this.row(row)?.[shown?.index ?? -1];
    if (value === undefined) return;
    this.parts.detailTitle.textContent = `Row ${grouped(row + 1)}, ${shown?.name ?? ""} (${shown?.type ?? ""})`;
    this.parts.detailText.textContent = whole(value, shown?.type ?? "");
    this.parts.detail.hidden = false;
  }

  private async copy(withNames: boolean): Promise<void> {
    const { top, bottom, left, right } = this.selection.box;
    const columns = this.visible.slice(left, right + 1);
    if ((bottom - top + 1) * columns.length > MOST_COPIED) {
      this.parts.note.textContent = `A clipboard takes ${grouped(MOST_COPIED)} cells at most. Download the result instead.`;
      return;
    }
    if (!this.order && !(await this.want(top, bottom, true))) return;
    const lines = withNames ? [columns.map((column) => tsvCell(column.name)).join("\t")] : [];
    for (let row = top; row <= bottom; row++) {
      const values = this.row(row);
      if (!values) continue;
      lines.push(columns.map((column) => tsvCell(values[column.index] ?? null)).join("\t"));
    }
    await this.clip(lines.join("\n"));
  }

  private async clip(text: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(text);
      this.parts.note.textContent = "Copied";
    } catch {
      this.parts.note.textContent = "The browser does not allow copying here.";
    }
  }

  private move(to: Place, extend: boolean): void {
    const row = Math.min(Math.max(to.row, 0), Math.max(this.count - 1, 0));
    const column = Math.min(Math.max(to.column, 0), Math.max(this.visible.length - 1, 0));
    this.selection.moveTo({ row, column }, extend);
    this.reveal(row, column);
    this.draw();
  }

  private reveal(row: number, column: number): void {
    const { view } = this.parts;
    const top = view.scrollTop * this.scale;
    if (row * ROW < top) view.scrollTop = (row * ROW) / this.scale;
    else if ((row + 1) * ROW > top + this.viewHeight) view.scrollTop = Math.ceil(((row + 1) * ROW - this.viewHeight) / this.scale);
    const shown = this.visible;
    const { numberWidth } = this;
    const left = shown.slice(0, column).reduce((sum, it) => sum + it.width, numberWidth);
    const fixed = shown.filter((it) => it.pinned).reduce((sum, it) => sum + it.width, 0);
    const target = shown[column];
    if (!target || target.pinned) return;
    if (left - fixed < view.scrollLeft) view.scrollLeft = left - fixed - numberWidth;
    else if (left + target.width > view.scrollLeft + view.clientWidth) view.scrollLeft = left + target.width - view.clientWidth;
  }

  private key(event: KeyboardEvent): void {
    const page = Math.max(Math.floor(this.viewHeight / ROW) - 1, 1);
    const [ends, rows, columns] = [event.ctrlKey || event.metaKey, this.count - 1, this.visible.length - 1];
    const step = stepOf(event, this.selection.cursor, { rows, columns, page });
    if (step) this.move(step, event.shiftKey);
    else if (ends && event.key.toLowerCase() === "a") this.selection.select({ row: 0, column: 0 }, { row: Math.max(rows, 0), column: Math.max(columns, 0) });
    else if (ends && event.key.toLowerCase() === "c") void this.copy(event.shiftKey);
    else if (event.key === "Enter") this.detail();
    else if (event.key === "Escape" && !this.parts.detail.hidden) this.parts.detail.hidden = true;
    else return;
    event.preventDefault();
    event.stopPropagation();
    this.draw();
  }

  private listen(): void {
    const { view, head, filter } = this.parts;
    view.addEventListener("scroll", () => this.schedule(), { passive: true });
    new ResizeObserver(() => this.draw()).observe(view);
    view.addEventListener("keydown", (event) => {
      if (event.target === view) this.key(event);
    });
    const at = (event: Event): Place | undefined => {
      const cell = (event.target as HTMLElement).closest<HTMLElement>(".td");
      const row = Number(cell?.parentElement?.getAttribute("aria-rowindex")) - 2;
      return cell ? { row, column: Number(cell.dataset["column"]) } : undefined;
    };
    view.addEventListener("pointerdown", (event) => {
      const place = at(event);
      if (!place || event.button !== 0) return;
      this.move(place, event.shiftKey);
      this.dragging = event.pointerType === "mouse";
    });
    view.addEventListener("pointermove", (event) => {
      const place = this.dragging ? at(event) : undefined;
      if (place) this.move(place, true);
    });
    addEventListener("pointerup", () => (this.dragging = false));
    view.addEventListener("dblclick", (event) => {
      if (at(event)) this.detail();
    });
    head.addEventListener("pointerdown", (event) => {
      const target = event.target as HTMLElement;
      const column = Number(target.closest<HTMLElement>(".th")?.dataset["column"] ?? -1);
      if (column < 0 || target.closest("button")) return;
      event.preventDefault();
      view.focus({ preventScroll: true });
      if (target.className === "edge") this.resize(event, column);
      else {
        const anchor = event.shiftKey ? this.selection.anchor.column : column;
        this.selection.select({ row: 0, column: anchor }, { row: Math.max(this.count - 1, 0), column });
        this.draw();
      }
    });
    filter.addEventListener("input", () => {
      this.filter = filter.value.trim();
      this.arrange();
    });
    this.parts.copy.addEventListener("click", () => void this.copy(false));
    this.parts.copyNames.addEventListener("click", () => void this.copy(true));
    this.parts.toChart.addEventListener("click", () => {
      this.parts.toChart.setAttribute("aria-pressed", String(this.chart.toggle()));
      this.tell();
    });
    this.parts.again.addEventListener("click", () => this.askAgain());
    this.parts.loadAll.addEventListener("click", () => {
      const total = this.chunks?.total ?? 0;
      void this.want(0, total - 1, true).then((came) => came && this.arrange());
    });
    this.parts.showAll.addEventListener("click", () => {
      for (const column of this.columns) column.hidden = false;
      this.draw();
    });
    this.parts.inSql.addEventListener("click", () => this.dispatchEvent(new CustomEvent("insql", { bubbles: true, detail: clause(this.columns, this.sort, this.filter) })));
    this.parts.close.addEventListener("click", () => {
      this.parts.detail.hidden = true;
      view.focus({ preventScroll: true });
    });
  }

  private resize(start: PointerEvent, at: number): void {
    const column = this.visible[at];
    if (!column) return;
    const width = column.width;
    const move = (event: PointerEvent) => {
      column.width = Math.max(width + event.clientX - start.clientX, 40);
      this.draw();
    };
    addEventListener("pointermove", move);
    addEventListener("pointerup", () => removeEventListener("pointermove", move), { once: true });
  }
}
