/** The chart over the grid: which columns, which kind, saving it. Drawn from the rows that are here, which it says. */
import { draw, type Colours } from "./chart";
import type { Column } from "./chunks";
import { button, div, grouped } from "./dom";
import { negatives, valueless } from "./pie";
import { savePng, saveSvg } from "./saving";
import { KINDS, seriesOf, type Kind, type Series } from "./series";
import type { Sheet } from "./sheet";
import { isMoment, isNumber } from "./values";

/** A drawing of more points than pixels tells nothing. */
const MOST_POINTS = 2_000;
/** Milliseconds between two drawings while rows come. */
const PAUSE = 400;

/** What is drawn, by the names of columns. */
export interface ChartChoice {
  kind: string;
  x: string;
  y: string;
}

export class ChartPanel {
  readonly element = div("chart");
  private readonly kind = select("Kind", KINDS);
  private readonly x = select("Across", []);
  private readonly y = select("Up", []);
  private readonly place = div("drawing");
  private readonly note = document.createElement("p");
  private columns: Column[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;
  /** How many rows there were to draw from. */
  private drawnOf = -1;
  /** Pixels that it was drawn for. */
  private width = 0;

  constructor(
    private readonly sheet: Sheet,
    private readonly fileName: () => string,
    private readonly changed: () => void,
  ) {
    this.element.hidden = true;
    this.note.className = "note";
    const bar = div("bar");
    bar.append(this.kind.label, this.x.label, this.y.label, this.note, button("Save SVG", () => this.saveSvg()), button("Save PNG", () => void this.savePng()));
    this.element.append(bar, this.place);
    for (const { field } of [this.kind, this.x, this.y]) {
      field.addEventListener("change", () => {
        this.paint();
        this.changed();
      });
    }
  }

  listen(signal: AbortSignal): void {
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.paint(), { signal });
    const resized = new ResizeObserver(() => this.place.clientWidth !== this.width && this.paint());
    resized.observe(this.place);
    signal.addEventListener("abort", () => resized.disconnect());
  }

  /** Another result: what its types suggest. */
  open(columns: Column[]): void {
    this.columns = columns;
    const names = columns.map((column) => column.name);
    fill(this.x.field, names);
    fill(this.y.field, names);
    const moment = columns.findIndex((column) => isMoment(column.sql_type));
    const name = columns.findIndex((column) => !isNumber(column.sql_type));
    const numbers = columns.flatMap((column, index) => (isNumber(column.sql_type) ? [index] : []));
    const across = moment >= 0 ? moment : name >= 0 ? name : (numbers[0] ?? 0);
    this.x.field.value = String(across);
    this.y.field.value = String(numbers.find((index) => index !== across) ?? across);
    this.kind.field.value = String(KINDS.indexOf(moment >= 0 ? "line" : name >= 0 ? "bar" : "scatter"));
    this.paint();
  }

  /** `null` while no chart is shown. */
  get choice(): ChartChoice | null {
    if (this.element.hidden) return null;
    const name = ({ field }: { field: HTMLSelectElement }) => this.columns[Number(field.value)]?.name ?? "";
    return { kind: this.chosen, x: name(this.x), y: name(this.y) };
  }

  /** Shows this chart, if there are such columns. */
  choose({ kind, x, y }: ChartChoice): boolean {
    const column = (name: string) => this.columns.findIndex((column) => column.name === name);
    const [which, across, up] = [KINDS.indexOf(kind as Kind), column(x), column(y)];
    if (which < 0 || across < 0 || up < 0) return false;
    this.kind.field.value = String(which);
    this.x.field.value = String(across);
    this.y.field.value = String(up);
    this.element.hidden = false;
    this.paint();
    return true;
  }

  /** At a person's wish; whether it is shown now. */
  toggle(): boolean {
    this.element.hidden = !this.element.hidden;
    this.paint();
    if (!this.element.hidden) this.element.scrollIntoView({ block: "nearest" });
    return !this.element.hidden;
  }

  /** Draws again before long, if there is more to draw from by then. */
  rowsCame(): void {
    if (this.element.hidden || this.timer !== undefined) return;
    this.timer = setTimeout(() => {
      this.timer = undefined;
      if (this.sheet.here !== this.drawnOf) this.paint();
    }, PAUSE);
  }

  clear(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.place.replaceChildren();
  }

  paint(): void {
    if (this.element.hidden) return;
    this.drawnOf = this.sheet.here;
    this.width = this.place.clientWidth;
    const rows = this.sheet.first(MOST_POINTS);
    const series = seriesOf(this.chosen, this.columns, rows, Number(this.x.field.value), Number(this.y.field.value));
    this.note.textContent = this.extent(rows.length, series);
    const below = this.chosen === "pie" ? negatives(series) : 0;
    this.place.replaceChildren(below ? this.noPie(below, series) : draw(series, this.colours(), this.width));
  }

  private get chosen(): Kind {
    return KINDS[Number(this.kind.field.value)] ?? "line";
  }

  /** How many rows of how many are drawn, and why not all. */
  private extent(drawn: number, series: Series): string {
    const { count, arranged } = this.sheet;
    const rows = arranged && this.sheet.filter ? "filtered rows" : arranged && arranged.within < this.sheet.total ? "loaded rows" : "rows";
    const without = [
      { count: series.placeless, name: series.xName },
      { count: series.kind === "pie" ? valueless(series) : 0, name: series.yName },
    ].filter(({ count }) => count);
    const left = without.length ? `; ${without.map(({ count, name }) => `${grouped(count)} without ${name}`).join(" and ")} left out` : "";
    if (drawn === count) return `Shows all ${grouped(count)} ${rows}${left}`;
    if (drawn === MOST_POINTS) return `Shows the first ${grouped(drawn)} of ${grouped(count)} ${rows}${left}`;
    return `Shows ${grouped(drawn)} of ${grouped(count)} ${rows}, the others are not loaded${left}`;
  }

  private noPie(below: number, { yName }: Series): HTMLElement {
    const text = document.createElement("p");
    text.className = "no-pie";
    text.append(`A pie cannot show negative values, and ${yName} has ${grouped(below)}. `);
    text.append(
      button("Show bars", () => {
        this.kind.field.value = String(KINDS.indexOf("bar"));
        this.paint();
        this.kind.field.focus();
        this.changed();
      }),
    );
    return text;
  }

  /** As they are now, so that a saved chart looks like the one on the page. */
  private colours(): Colours {
    const style = getComputedStyle(this.element);
    const of = (name: string) => style.getPropertyValue(name).trim();
    const others = ["--bar", "--sun", "--code-number", "--accent", "--bar-soft", "--code-string", "--warn-line", "--ink-soft"].map(of);
    return { ground: of("--surface"), ink: of("--ink"), soft: of("--ink-soft"), line: of("--line"), mark: of("--bar"), others };
  }

  private saveSvg(): void {
    const svg = this.place.querySelector("svg");
    if (svg) saveSvg(svg, this.fileName());
  }

  private async savePng(): Promise<void> {
    const svg = this.place.querySelector("svg");
    if (svg && !(await savePng(svg, this.fileName()).catch(() => false))) this.note.textContent = "The browser cannot make a PNG of this chart.";
  }
}

function select(name: string, options: readonly string[]): { label: HTMLLabelElement; field: HTMLSelectElement } {
  const [label, field] = [document.createElement("label"), document.createElement("select")];
  const text = document.createElement("span");
  text.textContent = name;
  field.setAttribute("aria-label", name);
  fill(field, options);
  label.append(text, " ", field);
  return { label, field };
}

function fill(field: HTMLSelectElement, options: readonly string[]): void {
  field.replaceChildren(...options.map((option, index) => new Option(option, String(index))));
}
