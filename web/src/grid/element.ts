/**
 * `<result-grid statement shape attempt>`: a result of any size. Only what is in view is in the document; chunks come as
 * they are scrolled to. Sorting and filtering work on the rows that are here, and say so.
 *
 * Events: `sessionover` (sign in, then change `attempt`), `insql` (`detail`: the clause that does the same in SQL).
 */
import { Chunks, SessionOver, type Row, type Shape } from "./chunks";
import { ChartPanel } from "./chart-panel";
import css from "./grid.css";
import { Selection, type Place } from "./selection";
import { comparer, isNumber, tsvCell, whole } from "./values";

const ROW = 28;
const HEAD = 40;
/** Browsers draw nothing beyond some 17 million pixels; longer results are scrolled in larger steps. */
const MOST_PIXELS = 12_000_000;
const MOST_COPIED = 500_000;

interface Shown {
  index: number;
  width: number;
  hidden: boolean;
  pinned: boolean;
}

type Sort = { column: number; descending: boolean } | undefined;

export class ResultGrid extends HTMLElement {
  static readonly observedAttributes = ["statement", "shape", "attempt"];

  private chunks: Chunks | undefined;
  private columns: Shown[] = [];
  private sort: Sort;
  private filter = "";
  /** Row numbers in the order shown; `undefined` for all in their own order. */
  private order: Uint32Array | undefined;
  private readonly selection = new Selection();
  private readonly pool = new Map<number, HTMLElement>();
  private readonly cache = new Map<number, Row>();
  private drawing = 0;
  private dragging = false;
  private readonly parts: Parts;
  private readonly chart = new ChartPanel(() => this.here());

  constructor() {
    super();
    const root = this.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    root.adoptedStyleSheets = [sheet];
    this.parts = build();
    this.parts.bar.after(this.chart.element);
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
    if (name === "attempt") this.draw();
    else this.open();
  }

  private open(): void {
    const [statement, shape] = [this.getAttribute("statement"), this.getAttribute("shape")];
    if (!statement || !shape) return;
    this.chunks?.close();
    const parsed = JSON.parse(shape) as Shape;
    this.chunks = new Chunks(statement, parsed, () => this.draw());
    this.columns = parsed.columns.map((column, index) => ({ index, width: widthOf(column.name, []), hidden: false, pinned: false }));
    this.sort = undefined;
    this.order = undefined;
    this.filter = this.parts.filter.value = "";
    this.cache.clear();
    this.selection.moveTo({ row: 0, column: 0 }, false);
    this.parts.view.setAttribute("aria-colcount", String(parsed.columns.length));
    this.parts.view.scrollTo(0, 0);
    // The first rows say how wide the columns want to be.
    void this.want(0, 0).then(() => {
      const sample = Array.from({ length: Math.min(50, this.count) }, (_, row) => this.row(row)).filter((row) => row !== undefined);
      for (const column of this.columns) {
        column.width = widthOf(parsed.columns[column.index]?.name ?? "", sample.map((row) => row[column.index] ?? "NULL"));
      }
      this.chart.open(parsed.columns);
      this.draw();
    });
    this.draw();
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
    const shown = this.columns.filter((column) => !column.hidden);
    return [...shown.filter((column) => column.pinned), ...shown.filter((column) => !column.pinned)];
  }

  private type(column: Shown | undefined): string {
    return this.chunks?.shape.columns[column?.index ?? -1]?.sql_type ?? "";
  }

  private name(column: Shown | undefined): string {
    return this.chunks?.shape.columns[column?.index ?? -1]?.name ?? "";
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

  private draw(): void {
    if (!this.drawing) this.drawing = requestAnimationFrame(() => this.paint());
  }

  private paint(): void {
    this.drawing = 0;
    const { view, space, rows } = this.parts;
    const shown = this.visible;
    const numberWidth = 24 + 9 * String(this.chunks?.total ?? 0).length;
    const lefts: number[] = [];
    let width = numberWidth;
    for (const column of shown) {
      lefts.push(width);
      width += column.width;
    }
    const height = Math.min(this.count * ROW, MOST_PIXELS);
    space.style.height = `${height}px`;
    space.style.width = `${width}px`;
    this.parts.head.style.width = `${width}px`;
    view.setAttribute("aria-rowcount", String(this.count + 1));
    const top = view.scrollTop * this.scale;
    const first = Math.max(Math.floor(top / ROW) - 2, 0);
    const last = Math.min(Math.ceil((top + this.viewHeight) / ROW) + 2, this.count) - 1;
    const [near, far] = [view.scrollLeft - 100, view.scrollLeft + view.clientWidth + 100];
    const seen = shown.flatMap((column, at) => {
      const left = lefts[at] ?? 0;
      return column.pinned || (left + column.width >= near && left <= far) ? [{ column, at, left: column.pinned ? left + view.scrollLeft : left }] : [];
    });
    this.paintHead(seen, numberWidth);
    for (const [row, element] of this.pool) {
      if (row < first || row > last) {
        element.remove();
        this.pool.delete(row);
      }
    }
    for (let row = first; row <= last; row++) {
      let element = this.pool.get(row);
      if (!element) {
        element = div("tr", { role: "row" });
        this.pool.set(row, element);
        rows.append(element);
      }
      element.setAttribute("aria-rowindex", String(row + 2));
      element.style.transform = `translateY(${row * ROW - top}px)`;
      this.paintRow(element, row, seen, numberWidth);
    }
    this.note();
    if (!this.order && last >= first) void this.want(first, last);
  }

  private paintHead(seen: Seen[], numberWidth: number): void {
    const cells = seen.map(({ column, at, left }) => {
      const sorted = this.sort?.column === column.index ? (this.sort.descending ? "descending" : "ascending") : "none";
      const cell = div(`th${isNumber(this.type(column)) ? " number" : ""}${column.pinned ? " pinned" : ""}`, {
        role: "columnheader",
        "aria-colindex": String(at + 1),
        "aria-sort": sorted,
        title: this.type(column),
      });
      cell.dataset["column"] = String(at);
      const name = div("name");
      name.textContent = this.name(column) + (sorted === "none" ? "" : sorted === "ascending" ? " ↑" : " ↓");
      const more = button("⋮", () => this.openMenu(at, cell));
      more.className = "more";
      more.setAttribute("aria-label", `Column ${this.name(column)}: sort, hide, pin`);
      cell.append(name, more, div("edge"));
      place(cell, left, column.width);
      return cell;
    });
    const focused = this.shadowRoot?.activeElement?.getAttribute("aria-label");
    const corner = div("th", { role: "columnheader", "aria-label": "Row number" });
    place(corner, 0, numberWidth);
    this.parts.head.replaceChildren(corner, ...cells);
    if (focused?.startsWith("Column ")) {
      const same = [...this.parts.head.querySelectorAll("button")].find((more) => more.getAttribute("aria-label") === focused);
      same?.focus({ preventScroll: true });
    }
  }

  private paintRow(element: HTMLElement, row: number, seen: Seen[], numberWidth: number): void {
    const values = this.row(row);
    while (element.childElementCount > seen.length + 1) element.lastElementChild?.remove();
    while (element.childElementCount < seen.length + 1) element.append(div(""));
    const number = element.firstElementChild as HTMLElement;
    number.className = "num";
    number.setAttribute("role", "rowheader");
    number.textContent = String((this.order ? (this.order[row] ?? 0) : row) + 1);
    place(number, 0, numberWidth);
    seen.forEach(({ column, at, left }, child) => {
      const cell = element.children[child + 1] as HTMLElement;
      const value = values?.[column.index];
      const cursor = this.selection.cursor.row === row && this.selection.cursor.column === at;
      cell.className =
        "td" +
        (isNumber(this.type(column)) ? " number" : "") +
        (value === null ? " null" : "") +
        (column.pinned ? " pinned" : "") +
        (this.selection.has(row, at) ? " picked" : "") +
        (cursor ? " cursor" : "");
      cell.setAttribute("role", "gridcell");
      cell.setAttribute("aria-colindex", String(at + 1));
      cell.setAttribute("aria-selected", String(this.selection.has(row, at)));
      cell.dataset["row"] = String(row);
      cell.dataset["column"] = String(at);
      const text = value === undefined ? "…" : value === null ? "NULL" : value.length > 500 ? `${value.slice(0, 500)}…` : value;
      if (cell.textContent !== text) cell.textContent = text;
      if (cursor) {
        cell.id = "cursor";
        this.parts.view.setAttribute("aria-activedescendant", "cursor");
      } else cell.removeAttribute("id");
      place(cell, left, column.width);
    });
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
    const chunks = this.chunks;
    this.cache.clear();
    if (!chunks || (!this.sort && !this.filter)) {
      this.order = undefined;
    } else {
      const wanted = this.filter.toLowerCase();
      const found: number[] = [];
      const keys: (string | null)[] = [];
      const by = this.sort;
      for (const index of chunks.present()) {
        const row = chunks.row(index);
        if (!row || (wanted && !row.some((cell) => cell?.toLowerCase().includes(wanted)))) continue;
        found.push(index);
        if (by) keys.push(row[by.column] ?? null);
      }
      const at = Uint32Array.from(found.keys());
      if (by) {
        const compare = comparer(chunks.shape.columns[by.column]?.sql_type ?? "", by.descending);
        at.sort((a, b) => compare(keys[a] ?? null, keys[b] ?? null) || a - b);
      }
      this.order = at.map((position) => found[position] ?? 0);
    }
    this.selection.moveTo({ row: 0, column: this.selection.cursor.column }, false);
    this.parts.view.scrollTop = 0;
    this.chart.paint();
    this.draw();
  }

  private sortBy(at: number, descending: boolean | undefined): void {
    const column = this.visible[at];
    this.sort = column && descending !== undefined ? { column: column.index, descending } : undefined;
    this.arrange();
  }

  private openMenu(at: number, head: HTMLElement): void {
    const column = this.visible[at];
    if (!column) return;
    const { menu } = this.parts;
    const entry = (label: string, act: () => void) =>
      button(label, () => {
        this.closeMenu();
        act();
        this.draw();
      });
    menu.replaceChildren(
      entry("Sort ascending", () => this.sortBy(at, false)),
      entry("Sort descending", () => this.sortBy(at, true)),
      entry("Own order", () => this.sortBy(at, undefined)),
      entry(column.pinned ? "Unpin" : "Pin to the left", () => (column.pinned = !column.pinned)),
      entry("Hide", () => (column.hidden = this.visible.length > 1)),
      entry("Wider", () => (column.width += 60)),
      entry("Narrower", () => (column.width = Math.max(column.width - 60, 60))),
      entry("Copy the name", () => void this.clip(this.name(column))),
    );
    const [box, card] = [head.getBoundingClientRect(), this.parts.card.getBoundingClientRect()];
    menu.hidden = false;
    menu.style.left = `${Math.max(Math.min(box.left - card.left, card.width - menu.offsetWidth - 8), 8)}px`;
    menu.style.top = `${box.bottom - card.top}px`;
    menu.querySelector("button")?.focus();
  }

  private closeMenu(): void {
    if (this.parts.menu.hidden) return;
    this.parts.menu.hidden = true;
    this.parts.view.focus({ preventScroll: true });
  }

  private detail(): void {
    const { row, column } = this.selection.cursor;
    const shown = this.visible[column];
    const value = this.row(row)?.[shown?.index ?? -1];
    if (value === undefined) return;
    this.parts.detailTitle.textContent = `Row ${grouped(row + 1)}, ${this.name(shown)} (${this.type(shown)})`;
    this.parts.detailText.textContent = whole(value, this.type(shown));
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
    const lines = withNames ? [columns.map((column) => tsvCell(this.name(column))).join("\t")] : [];
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
    const numberWidth = 24 + 9 * String(this.chunks?.total ?? 0).length;
    const left = shown.slice(0, column).reduce((sum, it) => sum + it.width, numberWidth);
    const fixed = shown.filter((it) => it.pinned).reduce((sum, it) => sum + it.width, 0);
    const target = shown[column];
    if (!target || target.pinned) return;
    if (left - fixed < view.scrollLeft) view.scrollLeft = left - fixed - numberWidth;
    else if (left + target.width > view.scrollLeft + view.clientWidth) view.scrollLeft = left + target.width - view.clientWidth;
  }

  private key(event: KeyboardEvent): void {
    const { row, column } = this.selection.cursor;
    const page = Math.max(Math.floor(this.viewHeight / ROW) - 1, 1);
    const [ends, rows, columns] = [event.ctrlKey || event.metaKey, this.count - 1, this.visible.length - 1];
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
    const step = steps[event.key];
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
    const { view, head, filter, menu } = this.parts;
    view.addEventListener("scroll", () => this.draw(), { passive: true });
    new ResizeObserver(() => this.draw()).observe(view);
    view.addEventListener("keydown", (event) => {
      if (event.target === view) this.key(event);
    });
    const at = (event: Event): Place | undefined => {
      const cell = (event.target as HTMLElement).closest<HTMLElement>(".td");
      return cell ? { row: Number(cell.dataset["row"]), column: Number(cell.dataset["column"]) } : undefined;
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
    menu.addEventListener("keydown", (event) => {
      const all = [...menu.querySelectorAll("button")];
      const now = all.indexOf((this.shadowRoot?.activeElement ?? null) as HTMLButtonElement);
      if (event.key === "Escape") this.closeMenu();
      else if (event.key === "ArrowDown") all[(now + 1) % all.length]?.focus();
      else if (event.key === "ArrowUp") all[(now + all.length - 1) % all.length]?.focus();
      else return;
      event.preventDefault();
    });
    menu.addEventListener("focusout", (event) => {
      if (event.relatedTarget && !menu.contains(event.relatedTarget as Node)) menu.hidden = true;
    });
    this.parts.copy.addEventListener("click", () => void this.copy(false));
    this.parts.copyNames.addEventListener("click", () => void this.copy(true));
    this.parts.toChart.addEventListener("click", () => {
      this.parts.toChart.setAttribute("aria-pressed", String(this.chart.toggle()));
    });
    this.parts.again.addEventListener("click", () => this.draw());
    this.parts.loadAll.addEventListener("click", () => {
      const total = this.chunks?.total ?? 0;
      void this.want(0, total - 1, true).then((came) => came && this.arrange());
    });
    this.parts.showAll.addEventListener("click", () => {
      for (const column of this.columns) column.hidden = false;
      this.draw();
    });
    this.parts.inSql.addEventListener("click", () => this.dispatchEvent(new CustomEvent("insql", { bubbles: true, detail: this.clause() })));
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

  /** What sorting and filtering are in SQL. */
  private clause(): string {
    const name = (index: number) => `\`${(this.chunks?.shape.columns[index]?.name ?? "").replaceAll("`", "``")}\``;
    const text = this.filter.replaceAll("\\", "\\\\").replaceAll("'", "\\'");
    const where = this.filter
      ? `WHERE ${this.columns.map(({ index }) => `contains(lower(CAST(${name(index)} AS STRING)), lower('${text}'))`).join("\n   OR ")}`
      : "";
    const order = this.sort ? `ORDER BY ${name(this.sort.column)}${this.sort.descending ? " DESC" : ""} NULLS LAST` : "";
    return [where, order].filter(Boolean).join("\n");
  }
}

interface Seen {
  column: Shown;
  at: number;
  left: number;
}

function div(className: string, attributes: Record<string, string> = {}): HTMLDivElement {
  const element = document.createElement("div");
  element.className = className;
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

function button(label: string, act?: () => void): HTMLButtonElement {
  const element = document.createElement("button");
  element.type = "button";
  element.textContent = label;
  if (act) element.addEventListener("click", act);
  return element;
}

function place(element: HTMLElement, left: number, width: number): void {
  const [x, w] = [`${left}px`, `${width}px`];
  if (element.style.left !== x) element.style.left = x;
  if (element.style.width !== w) element.style.width = w;
}

function widthOf(name: string, values: string[]): number {
  const longest = values.reduce((most, value) => Math.max(most, value.length), 0);
  return Math.min(Math.max(name.length * 8 + 56, longest * 8.8 + 28, 70), 360);
}

const grouped = (number: number): string => number.toLocaleString("en-US");

type Parts = ReturnType<typeof build>;

function build() {
  const [card, bar, view, head, rows, space] = [div("card"), div("bar"), div("view"), div("head", { role: "row", "aria-rowindex": "1" }), div("rows", { role: "rowgroup" }), div("space", { role: "presentation" })];
  card.style.position = "relative";
  view.tabIndex = 0;
  for (const [name, value] of Object.entries({ role: "grid", "aria-label": "Rows", "aria-multiselectable": "true", "aria-readonly": "true" })) view.setAttribute(name, value);
  const filter = document.createElement("input");
  filter.type = "search";
  filter.placeholder = "Filter loaded rows";
  filter.setAttribute("aria-label", "Filter loaded rows");
  const note = document.createElement("p");
  note.className = "note";
  note.setAttribute("role", "status");
  const [copy, copyNames, inSql, loadAll, showAll, toChart] = [
    button("Copy"),
    button("Copy with headers"),
    button("Do it in SQL"),
    button("Load all rows"),
    button("Show hidden columns"),
    button("Chart"),
  ];
  toChart.setAttribute("aria-pressed", "false");
  inSql.hidden = loadAll.hidden = showAll.hidden = true;
  bar.append(filter, note, loadAll, inSql, showAll, toChart, copy, copyNames);
  const problem = document.createElement("p");
  problem.className = "problem";
  problem.setAttribute("role", "alert");
  problem.hidden = true;
  const problemText = document.createElement("span");
  const again = button("Try again");
  problem.append(problemText, again);
  const menu = div("menu", { role: "group", "aria-label": "Column" });
  menu.hidden = true;
  const detail = div("detail", { role: "region", "aria-label": "Value", tabindex: "0" });
  detail.hidden = true;
  const detailTitle = document.createElement("strong");
  const detailText = document.createElement("pre");
  const close = button("Close");
  detail.append(detailTitle, " ", close, detailText);
  head.append(div("th"));
  space.append();
  view.append(head, rows, space);
  card.append(bar, problem, view, detail, menu);
  return { card, bar, toChart, view, head, rows, space, filter, note, copy, copyNames, inSql, loadAll, showAll, problem, problemText, again, menu, detail, detailTitle, detailText, close };
}
