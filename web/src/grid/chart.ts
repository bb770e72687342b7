/** A chart of rows as SVG of our own: complete in itself, so that it can be saved as it is. */
import { moments } from "./moments";
import { pie } from "./pie";
import { fitted, linear, valueText, type Scale } from "./scales";
import type { Point, Series } from "./series";
import { cut, LETTER, node } from "./svg";

export interface Colours {
  ground: string;
  ink: string;
  soft: string;
  line: string;
  mark: string;
  others: string[];
}

/** Pixels. The width is what there is. */
const HEIGHT = 380;
const AREA = { left: 80, right: 24, top: 34, bottom: 62 };
/** Texts below: how many names or ticks, and pixels that one needs. */
const MOST_NAMES = 8;
const NAME = 72;
const MOST_TICKS = 7;
const TICK = 110;

/** A point on the drawing. */
interface Mark extends Point {
  index: number;
  value: number;
  x: number;
  y: number;
}

/** As wide as that, so that its texts are of the same size on every screen. */
export function draw(series: Series, colours: Colours, width: number): SVGElement {
  const content = node("g", {});
  const height = series.kind === "pie" ? pie(content, series, colours, { width, height: HEIGHT }) : HEIGHT;
  if (series.kind !== "pie") plot(content, series, colours, width);
  const svg = node("svg", { xmlns: "http://www.w3.org/2000/svg", width, height, viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": summary(series), "font-family": "system-ui, sans-serif", "font-size": 12 });
  svg.append(node("rect", { width, height, fill: colours.ground }), content);
  return svg;
}

/** What a glance would tell. */
function summary({ kind, points, xTitle, yName }: Series): string {
  let [least, most]: (Point | undefined)[] = [];
  for (const point of points) {
    if (point.value === null) continue;
    if (!least || point.value < (least.value ?? 0)) least = point;
    if (!most || point.value > (most.value ?? 0)) most = point;
  }
  if (!least || !most) return `${kind} chart of ${yName} by ${xTitle}: no values`;
  const at = ({ value, label }: Point) => `${valueText(value ?? 0)} at ${label}`;
  return `${kind} chart of ${yName} by ${xTitle}: ${points.length} points, least ${at(least)}, most ${at(most)}. The rows are in the table below.`;
}

function plot(svg: SVGElement, series: Series, colours: Colours, width: number): void {
  const { kind, points } = series;
  const [right, bottom] = [Math.max(width - AREA.right, AREA.left + 1), HEIGHT - AREA.bottom];
  const y = linear(points.flatMap(({ value }) => value ?? []), kind === "bar" || kind === "area");
  const yAt = (value: number) => bottom - ((value - y.from) / (y.to - y.from)) * (bottom - AREA.top);
  for (const { at, text } of y.ticks) {
    svg.append(
      node("line", { x1: AREA.left, x2: right, y1: yAt(at), y2: yAt(at), stroke: colours.line }),
      node("text", { x: AREA.left - 8, y: yAt(at) + 4, "text-anchor": "end", fill: colours.soft }, text),
    );
  }
  const x = axis(series, fitting(right - AREA.left, TICK, MOST_TICKS));
  const band = (right - AREA.left) / Math.max(points.length, 1);
  const along = (position: number) => AREA.left + (x ? (position - x.from) / (x.to - x.from || 1) : 0) * (right - AREA.left);
  const xAt = ({ position }: Point, index: number) => (x ? along(position ?? 0) : AREA.left + band * (index + 0.5));
  if (x) {
    for (const { at, text, below } of x.ticks) {
      svg.append(node("line", { x1: along(at), x2: along(at), y1: bottom, y2: bottom + 5, stroke: colours.soft }));
      label(svg, along(at), bottom, [text, below ?? ""], colours);
    }
  } else names(svg, points, band, bottom, colours, fitting(right - AREA.left, NAME, MOST_NAMES));
  svg.append(
    node("text", { x: (AREA.left + right) / 2, y: HEIGHT - 8, "text-anchor": "middle", fill: colours.ink }, series.xTitle),
    node("text", { x: 14, y: 16, fill: colours.ink }, series.yName),
  );
  const marks = points.flatMap((point, index): Mark[] => (point.value === null ? [] : [{ ...point, index, value: point.value, x: xAt(point, index), y: yAt(point.value) }]));
  const base = yAt(Math.min(Math.max(0, y.from), y.to));
  if (kind === "line" || kind === "area") lines(svg, marks, kind === "area" ? base : undefined, colours);
  for (const mark of marks) {
    const shape =
      kind === "bar"
        ? node("rect", { x: mark.x - band * 0.4, width: Math.max(band * 0.8, 0.5), y: Math.min(mark.y, base), height: Math.max(Math.abs(base - mark.y), 0.5), fill: colours.mark })
        : node("circle", { cx: mark.x, cy: mark.y, r: kind === "scatter" ? 3.5 : marks.length > 80 ? 1.5 : 2.5, fill: colours.mark });
    shape.append(node("title", {}, `${mark.label}: ${valueText(mark.value)}`));
    svg.append(shape);
  }
}

/** `undefined` for names, which stand side by side. */
function axis({ across, points }: Series, parts: number): Scale | undefined {
  if (across === "names") return undefined;
  const positions = points.map(({ position }) => position ?? 0);
  return across === "moments" ? moments(positions, parts) : fitted(linear(positions, false, parts), positions);
}

/** How many texts of so many pixels stand side by side. */
const fitting = (room: number, each: number, most: number): number => Math.max(Math.min(Math.floor(room / each), most), 2);

/** Some of the names, so that none lies on another. */
function names(svg: SVGElement, points: Point[], band: number, bottom: number, colours: Colours, count: number): void {
  const every = Math.max(Math.ceil(points.length / count), 1);
  const most = Math.max(Math.floor((band * every) / LETTER) - 1, 4);
  points.forEach((point, index) => {
    if (index % every) return;
    // A moment breaks between its day and its time.
    const moment = /^(\d{4}-\d\d-\d\d) (\d\d:.*)$/.exec(point.label);
    const lines = moment ? moment.slice(1, 3) : [point.label];
    label(svg, AREA.left + band * (index + 0.5), bottom, lines.map((line) => cut(line, most)), colours);
  });
}

function label(svg: SVGElement, x: number, bottom: number, lines: string[], colours: Colours): void {
  lines.forEach((line, index) => {
    if (line) svg.append(node("text", { x, y: bottom + 20 + index * 14, "text-anchor": "middle", fill: colours.soft }, line));
  });
}

/** Lines between neighbours; where there is no value there is a gap. With `base`, the area down to it. */
function lines(svg: SVGElement, marks: Mark[], base: number | undefined, colours: Colours): void {
  const pieces: Mark[][] = [];
  for (const mark of marks) {
    const piece = pieces.at(-1);
    if (piece && piece.at(-1)?.index === mark.index - 1) piece.push(mark);
    else pieces.push([mark]);
  }
  for (const piece of pieces) {
    const [first, last] = [piece[0], piece.at(-1)];
    if (!first || !last || piece.length < 2) continue;
    const outline = piece.map(({ x, y }) => `${x.toFixed(1)} ${y.toFixed(1)}`).join("L");
    if (base !== undefined) svg.append(node("path", { class: "area", d: `M${first.x.toFixed(1)} ${base}L${outline}L${last.x.toFixed(1)} ${base}Z`, fill: colours.mark, "fill-opacity": 0.25 }));
    svg.append(node("path", { class: "line", d: `M${outline}`, fill: "none", stroke: colours.mark, "stroke-width": 2, "stroke-linejoin": "round" }));
  }
}
