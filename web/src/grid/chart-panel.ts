/** The chart over the grid: which columns, which kind, saving it. Drawn from the rows that are here. */
import type { Column, Row } from "./chunks";
import { draw, KINDS, type Colours, type Kind, type Series } from "./chart";
import { isNumber } from "./values";

/** A drawing of more points than pixels tells nothing. */
const MOST_POINTS = 2_000;

const isMoment = (type: string): boolean => type.startsWith("DATE") || type.startsWith("TIMESTAMP");

/** What is drawn, by the names of columns. */
export interface ChartChoice {
  kind: string;
  x: string;
  y: string;
}

export class ChartPanel {
  readonly element = document.createElement("div");
  private readonly kind = select("Kind", KINDS);
  private readonly x = select("Across", []);
  private readonly y = select("Up", []);
  private readonly place = document.createElement("div");
  private readonly note = document.createElement("p");
  private columns: Column[] = [];

  constructor(
    private readonly rows: () => Row[],
    private readonly changed: () => void,
  ) {
    this.element.className = "chart";
    this.element.hidden = true;
    this.note.className = "note";
    const bar = document.createElement("div");
    bar.className = "bar";
    bar.append(this.kind.label, this.x.label, this.y.label, this.note, action("Save SVG", () => this.saveSvg()), action("Save PNG", () => void this.savePng()));
    this.place.className = "drawing";
    this.element.append(bar, this.place);
    for (const { field } of [this.kind, this.x, this.y]) {
      field.addEventListener("change", () => {
        this.paint();
        this.changed();
      });
    }
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.paint());
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
    return { kind: KINDS[Number(this.kind.field.value)] ?? "line", x: name(this.x), y: name(this.y) };
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

  toggle(): boolean {
    this.element.hidden = !this.element.hidden;
    this.paint();
    return !this.element.hidden;
  }

  paint(): void {
    if (this.element.hidden) return;
    const rows = this.rows();
    this.note.textContent = rows.length > MOST_POINTS ? `The first ${MOST_POINTS.toLocaleString("en-US")} of ${rows.length.toLocaleString("en-US")} loaded rows` : "";
    this.place.replaceChildren(draw(this.series(rows.slice(0, MOST_POINTS)), this.colours()));
  }

  private series(rows: Row[]): Series {
    const [x, y] = [Number(this.x.field.value), Number(this.y.field.value)];
    const [across, up] = [this.columns[x], this.columns[y]];
    const labels = rows.map((row) => row[x] ?? "NULL");
    const read = isMoment(across?.sql_type ?? "") ? Date.parse : isNumber(across?.sql_type ?? "") ? Number : undefined;
    const positions = read && labels.map(read);
    const value = (cell: string | null | undefined) => (cell == null || !Number.isFinite(Number(cell)) ? null : Number(cell));
    return {
      kind: KINDS[Number(this.kind.field.value)] ?? ("line" satisfies Kind),
      labels: labels.map((label) => (isMoment(across?.sql_type ?? "") ? label.replace(/T00:00:00.*$/, "").replace(/:\d\d\.\d{3}.*$/, "") : label)),
      positions: positions?.every(Number.isFinite) ? positions : undefined,
      values: rows.map((row) => value(row[y])),
      xName: across?.name ?? "",
      yName: up?.name ?? "",
    };
  }

  /** As they are now, so that a saved chart looks like the one on the page. */
  private colours(): Colours {
    const style = getComputedStyle(this.element);
    const of = (name: string) => style.getPropertyValue(name).trim();
    const others = ["--bar", "--sun", "--code-number", "--accent", "--bar-soft", "--code-string", "--warn-line", "--ink-soft"].map(of);
    return { ground: of("--surface"), ink: of("--ink"), soft: of("--ink-soft"), line: of("--line"), mark: of("--bar"), others };
  }

  private source(): string | undefined {
    const svg = this.place.querySelector("svg");
    return svg ? new XMLSerializer().serializeToString(svg) : undefined;
  }

  private saveSvg(): void {
    const source = this.source();
    if (source) save(new Blob([source], { type: "image/svg+xml" }), "chart.svg");
  }

  /** Twice the size, for screens and slides. */
  private async savePng(): Promise<void> {
    const source = this.source();
    if (!source) return;
    const image = new Image(1_800, 760);
    image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(source.replace("<svg ", '<svg width="1800" height="760" '))}`;
    await image.decode();
    const canvas = Object.assign(document.createElement("canvas"), { width: 1_800, height: 760 });
    canvas.getContext("2d")?.drawImage(image, 0, 0);
    canvas.toBlob((blob) => {
      if (blob) save(blob, "chart.png");
      else this.note.textContent = "The browser cannot make a PNG of this chart.";
    }, "image/png");
  }
}

function save(blob: Blob, name: string): void {
  const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

function action(label: string, act: () => void): HTMLButtonElement {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = label;
  button.addEventListener("click", act);
  return button;
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
