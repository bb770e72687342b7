/**
 * `<result-grid statement shape view attempt name user no-clause>`: a result of any size. Only what is in view is in the document;
 * chunks come as they are scrolled to. Sorting and filtering work on the rows that are here, and say so.
 *
 * Events: `sessionover` (sign in, then change `attempt`), `insql` (`detail`: the clause that does the same in SQL),
 * `lookedat` (`detail`: sort and chart as JSON, as `view` takes them). With `no-clause` none is offered: not every statement
 * stands in another one.
 */
import { Arranging } from "./arranging";
import { ChartPanel, type ChartChoice } from "./chart-panel";
import { Chunks, SessionOver, TooLarge, type Shape } from "./chunks";
import { ColumnMenu } from "./column-menu";
import { columnsOf, fit } from "./columns";
import { Copying } from "./copying";
import { Detail } from "./detail";
import { grouped } from "./dom";
import css from "./grid.css";
import { keyPressed } from "./keyboard";
import { Loading } from "./loading";
import { Messages } from "./messages";
import { noteOf } from "./note";
import { ambiguous, clause } from "./order";
import { Painter } from "./painter";
import { build } from "./parts";
import { listenToPointer } from "./pointer";
import type { Place } from "./selection";
import { Sheet } from "./sheet";
import { learnZones } from "./zones";

/** Rows that say how wide the columns want to be. */
const SAMPLE = 50;

/** How the rows are looked at, by the names of columns. */
interface View {
  sort: { column: string; descending: boolean } | null;
  chart: ChartChoice | null;
}

export class ResultGrid extends HTMLElement {
  static readonly observedAttributes = ["statement", "shape", "attempt"];

  private readonly parts = build();
  private readonly sheet = new Sheet();
  private readonly messages = new Messages(this.parts.message);
  private readonly announced = new Messages(this.parts.unseen);
  private readonly loading = new Loading(() => this.focusRows());
  private readonly copying = new Copying(this.sheet, this.loading, this.messages, (error) => this.failed(error));
  private readonly detail = new Detail(this.sheet, (text) => void this.copying.text(text, "Copied the value"), () => this.focusRows(), (title) => this.announced.did(`${title} is shown below the rows.`));
  private readonly menu = new ColumnMenu(() => this.focusRows());
  private readonly chart = new ChartPanel(this.sheet, () => this.getAttribute("name") || "chart", () => this.tell());
  private readonly painter = new Painter(this.parts, this.sheet, (at, head) => this.openMenu(at, head), (first, last) => this.painted(first, last));
  private readonly arranging = new Arranging(this.sheet, () => this.painter.draw(), () => this.rearranged());
  /** The first rows of this result came. */
  private begun = false;
  /** Everything that the element listens to ends with its being in the page. */
  private present = new AbortController();

  constructor() {
    super();
    const root = this.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    root.adoptedStyleSheets = [sheet];
    const { card, bar, view } = this.parts;
    bar.after(this.loading.element, this.chart.element);
    view.after(this.detail.element);
    card.append(this.menu.element);
    root.append(card);
  }

  connectedCallback(): void {
    this.present = new AbortController();
    this.listen(this.present.signal);
    this.open();
  }

  disconnectedCallback(): void {
    this.present.abort();
    this.loading.stop();
    this.arranging.stop();
    this.painter.stop();
    this.messages.clear();
    this.announced.clear();
    this.chart.clear();
    this.detail.close();
    this.menu.hide();
    this.sheet.open(undefined, []);
  }

  attributeChangedCallback(name: string, before: string | null, now: string | null): void {
    if (!this.isConnected || before === now) return;
    if (name === "attempt") this.askAgain();
    else this.open();
  }

  private open(): void {
    const [statement, shape] = [this.getAttribute("statement"), this.getAttribute("shape")];
    if (!statement || !shape) return;
    const parsed = JSON.parse(shape) as Shape;
    const chunks = new Chunks(statement, parsed, this.getAttribute("user"), {
      changed: () => this.rowsCame(),
      failed: (error) => this.failed(error),
    });
    this.begun = false;
    this.arranging.stop();
    this.loading.stop();
    this.sheet.open(chunks, columnsOf(parsed));
    this.parts.filter.value = "";
    this.parts.problem.hidden = true;
    this.messages.clear();
    this.detail.close();
    this.menu.hide();
    this.chart.open(parsed.columns);
    this.parts.view.setAttribute("aria-colcount", String(parsed.columns.length));
    this.parts.view.scrollTo(0, 0);
    this.painter.draw();
    chunks.bring(0, 0).then(
      () => chunks === this.sheet.chunks && this.begin(),
      (error: unknown) => chunks === this.sheet.chunks && this.failed(error),
    );
  }

  /** The first rows are here. */
  private begin(): void {
    this.begun = true;
    // `font` is empty where it cannot tell all, such as figures of one width.
    const { fontSize, fontFamily } = getComputedStyle(this.parts.view);
    fit(this.sheet.columns, this.sheet.first(SAMPLE), `${fontSize} ${fontFamily}`);
    this.lookAs(JSON.parse(this.getAttribute("view") ?? "{}") as Partial<View>);
    this.painter.draw();
  }

  /** What the address says; columns that are not there mean nothing. */
  private lookAs({ sort, chart }: Partial<View>): void {
    const by = this.sheet.columns.find((column) => column.name === sort?.column);
    if (sort && by) {
      this.sheet.sort = { column: by.index, descending: sort.descending };
      void this.arranging.now();
    }
    const shown = chart ? this.chart.choose(chart) : false;
    if (shown) this.parts.toChart.setAttribute("aria-pressed", "true");
  }

  private tell(): void {
    const { sort, columns } = this.sheet;
    const by = columns.find((column) => column.index === sort?.column);
    const view: View = { sort: by && sort ? { column: by.name, descending: sort.descending } : null, chart: this.chart.choice };
    this.dispatchEvent(new CustomEvent("lookedat", { bubbles: true, detail: JSON.stringify(view) }));
  }

  private rowsCame(): void {
    this.painter.draw();
    this.chart.rowsCame();
    this.loading.draw();
  }

  private failed(error: unknown): void {
    if (error instanceof DOMException && error.name === "AbortError") return;
    if (error instanceof SessionOver && this.parts.problem.hidden) this.dispatchEvent(new CustomEvent("sessionover", { bubbles: true }));
    this.parts.problemText.textContent = error instanceof Error ? error.message : String(error);
    this.parts.problem.hidden = false;
  }

  private askAgain(): void {
    this.parts.problem.hidden = true;
    if (this.begun) this.painter.draw();
    else this.open();
  }

  private painted(first: number, last: number): void {
    const { parts, sheet } = this;
    const text = noteOf(sheet, this.arranging.busy);
    if (parts.note.textContent !== text) parts.note.textContent = text;
    parts.inSql.hidden = !sheet.arranged || this.hasAttribute("no-clause");
    // Rows may have come since: they are sorted in with the others then.
    parts.loadAll.hidden = !(sheet.arranged && sheet.arranged.within < sheet.total);
    parts.showAll.hidden = !sheet.columns.some((column) => column.hidden);
    this.detail.follow();
    const inView = Array.from({ length: Math.max(last - first + 1, 0) }, (_, at) => first + at);
    if (learnZones(sheet.columns, inView.map((row) => sheet.row(row)))) this.painter.draw();
    // After a failure nothing is asked for until the person says so: each frame would ask again.
    if (inView.length && parts.problem.hidden) sheet.chunks?.look(inView.map((row) => sheet.number(row)));
  }

  private rearranged(): void {
    this.parts.view.scrollTop = 0;
    this.chart.paint();
    this.painter.draw();
  }

  private sortBy(at: number, descending: boolean | undefined): void {
    const column = this.sheet.visible[at];
    this.sheet.sort = column && descending !== undefined ? { column: column.index, descending } : undefined;
    void this.arranging.now();
    this.tell();
  }

  private openMenu(at: number, head: HTMLElement): void {
    const column = this.sheet.visible[at];
    if (!column) return;
    const change = (with_: () => void) => () => {
      with_();
      this.painter.draw();
    };
    this.menu.open(head, [
      ["Sort ascending", () => this.sortBy(at, false)],
      ["Sort descending", () => this.sortBy(at, true)],
      ["Own order", () => this.sortBy(at, undefined)],
      [column.pinned ? "Unpin" : "Pin to the left", change(() => (column.pinned = !column.pinned))],
      ["Hide", change(() => (column.hidden = this.sheet.visible.length > 1))],
      ["Wider", change(() => (column.width += 60))],
      ["Narrower", change(() => (column.width = Math.max(column.width - 60, 60)))],
      ["Copy the name", () => void this.copying.text(column.name, "Copied the name")],
    ]);
  }

  /** The menu of the column at the cursor, whose head is drawn first. At once: the next key is meant for the menu. */
  private menuAtCursor(): void {
    const { cursor } = this.sheet.selection;
    this.painter.reveal(cursor);
    this.painter.drawNow();
    const head = this.painter.headOf(cursor.column);
    if (head) this.openMenu(cursor.column, head);
  }

  private move(to: Place, extend: boolean): void {
    const { count, visible, selection } = this.sheet;
    const within = (at: number, all: number) => Math.min(Math.max(at, 0), Math.max(all - 1, 0));
    const place = { row: within(to.row, count), column: within(to.column, visible.length) };
    selection.moveTo(place, extend);
    this.painter.reveal(place);
    this.painter.draw();
  }

  private async loadAll(): Promise<void> {
    const { chunks } = this.sheet;
    if (!chunks) return;
    try {
      await this.loading.run(chunks, 0, chunks.total - 1, true);
    } catch (error) {
      if (chunks !== this.sheet.chunks) return;
      const sofar = `${grouped(chunks.loaded)} of ${grouped(chunks.total)} rows are loaded`;
      if (error instanceof TooLarge) this.messages.refuse(`${sofar}: more is more than a tab holds. Do it in SQL, or download the result.`);
      else if (error instanceof DOMException) this.messages.refuse(`Stopped: ${sofar}.`);
      else this.failed(error);
    }
    // What came counts, also when it is not all.
    if (chunks === this.sheet.chunks) await this.arranging.now();
  }

  private focusRows(): void {
    this.parts.view.focus({ preventScroll: true });
  }

  private listen(signal: AbortSignal): void {
    const { parts, sheet, painter, copying, detail } = this;
    const { view } = parts;
    const on = (target: EventTarget, name: string, act: () => void) => target.addEventListener(name, act, { signal });
    view.addEventListener("scroll", () => painter.schedule(), { passive: true, signal });
    const resized = new ResizeObserver(() => painter.draw());
    resized.observe(view);
    signal.addEventListener("abort", () => resized.disconnect());
    this.chart.listen(signal);
    listenToPointer(parts, sheet, painter, { move: (place, extend) => this.move(place, extend), draw: () => painter.draw(), open: () => this.detail.open() }, signal);
    view.addEventListener("keydown", (event) => event.target === view && this.key(event), { signal });
    document.addEventListener("pointerdown", (event) => !event.composedPath().includes(this.menu.element) && this.menu.hide(), { signal });
    // The key that opened the column's menu would open the browser's as well.
    parts.card.addEventListener("contextmenu", (event) => this.menu.isOpen && event.preventDefault(), { signal });
    on(parts.filter, "input", () => {
      sheet.filter = parts.filter.value.trim();
      this.arranging.soon();
    });
    on(parts.open, "click", () => (detail.isOpen ? detail.close() : this.detail.open()));
    on(parts.copy, "click", () => void copying.cells(false));
    on(parts.copyNames, "click", () => void copying.cells(true));
    on(parts.toChart, "click", () => {
      const shown = this.chart.toggle();
      parts.toChart.setAttribute("aria-pressed", String(shown));
      if (shown) this.announced.did("The chart is shown above the rows.");
      this.tell();
    });
    on(parts.again, "click", () => this.askAgain());
    on(parts.loadAll, "click", () => void this.loadAll());
    on(parts.showAll, "click", () => {
      for (const column of sheet.columns) column.hidden = false;
      painter.draw();
    });
    on(parts.inSql, "click", () => this.doInSql());
  }

  private doInSql(): void {
    const { columns, sort, filter } = this.sheet;
    const name = ambiguous(columns, sort, filter);
    if (name === undefined) this.dispatchEvent(new CustomEvent("insql", { bubbles: true, detail: clause(columns, sort, filter) }));
    else this.messages.refuse(`SQL cannot do it: it does not tell the columns called ${name} apart. Give each a name of its own with AS.`);
  }

  private key(event: KeyboardEvent): void {
    const did = keyPressed(event, this.sheet, this.painter, {
      move: (place, extend) => this.move(place, extend),
      copy: (withNames) => void this.copying.cells(withNames),
      open: () => this.detail.open(),
      openMenu: () => this.menuAtCursor(),
      close: () => {
        const open = this.detail.isOpen;
        this.detail.close();
        return open;
      },
    });
    if (!did) return;
    event.preventDefault();
    event.stopPropagation();
    this.painter.draw();
  }
}
