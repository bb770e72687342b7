/** A chart of rows as SVG of our own: complete in itself, so that it can be saved as it is. */
import { linear, tickText, type Scale } from "./scales";

export const KINDS = ["line", "bar", "area", "scatter", "pie"] as const;
export type Kind = (typeof KINDS)[number];

export interface Series {
  kind: Kind;
  /** What the points are called, in the order of the rows. */
  labels: string[];
  /** Places along the x axis: moments or numbers; `undefined` for names, which stand side by side. */
  positions: number[] | undefined;
  values: (number | null)[];
  xName: string;
  yName: string;
}

export interface Colours {
  ground: string;
  ink: string;
  soft: string;
  line: string;
  mark: string;
  others: string[];
}

const [WIDTH, HEIGHT] = [900, 380];
const AREA = { left: 70, right: 20, top: 34, bottom: 56 };
/** More parts than these are told apart by nobody. */
const MOST_PARTS = 8;

const node = (name: string, attributes: Record<string, string | number>, text?: string): SVGElement => {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  if (text !== undefined) element.textContent = text;
  return element;
};

export function draw(series: Series, colours: Colours): SVGElement {
  const svg = node("svg", { xmlns: "http://www.w3.org/2000/svg", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": summary(series), "font-family": "system-ui, sans-serif", "font-size": 12 });
  svg.append(node("rect", { width: WIDTH, height: HEIGHT, fill: colours.ground }));
  if (series.kind === "pie") pie(svg, series, colours);
  else plot(svg, series, colours);
  return svg;
}

/** What a glance would tell. */
export function summary({ kind, values, labels, xName, yName }: Series): string {
  let [least, most] = [-1, -1];
  values.forEach((value, index) => {
    if (value === null) return;
    if (least < 0 || value < (values[least] ?? 0)) least = index;
    if (most < 0 || value > (values[most] ?? 0)) most = index;
  });
  if (most < 0) return `${kind} chart of ${yName} by ${xName}: no values`;
  const at = (index: number) => `${tickText(values[index] ?? 0)} at ${labels[index] ?? ""}`;
  return `${kind} chart of ${yName} by ${xName}: ${values.length} points, least ${at(least)}, most ${at(most)}. The rows are in the table below.`;
}

function plot(svg: SVGElement, series: Series, colours: Colours): void {
  const { kind, labels, positions, values } = series;
  const [right, bottom] = [WIDTH - AREA.right, HEIGHT - AREA.bottom];
  const y = linear(values.filter((value) => value !== null), kind === "bar" || kind === "area");
  const yAt = (value: number) => bottom - ((value - y.from) / (y.to - y.from)) * (bottom - AREA.top);
  for (const tick of y.ticks) {
    svg.append(
      node("line", { x1: AREA.left, x2: right, y1: yAt(tick), y2: yAt(tick), stroke: colours.line }),
      node("text", { x: AREA.left - 8, y: yAt(tick) + 4, "text-anchor": "end", fill: colours.soft }, tickText(tick)),
    );
  }
  const x: Scale | undefined = positions && kind !== "bar" ? exact(positions) : undefined;
  const band = (right - AREA.left) / Math.max(values.length, 1);
  const xAt = (index: number) =>
    x ? AREA.left + (((positions?.[index] ?? 0) - x.from) / (x.to - x.from || 1)) * (right - AREA.left) : AREA.left + band * (index + 0.5);
  const every = Math.max(Math.ceil(labels.length / 8), 1);
  labels.forEach((label, index) => {
    if (index % every) return;
    const text = label.length > 14 ? `${label.slice(0, 13)}…` : label;
    svg.append(node("text", { x: xAt(index), y: bottom + 20, "text-anchor": "middle", fill: colours.soft }, text));
  });
  svg.append(
    node("text", { x: (AREA.left + right) / 2, y: HEIGHT - 10, "text-anchor": "middle", fill: colours.ink }, series.xName),
    node("text", { x: 14, y: 14, fill: colours.ink }, series.yName),
  );
  const points = values.flatMap((value, index) => (value === null ? [] : [{ index, value, x: xAt(index), y: yAt(value) }]));
  const base = yAt(Math.min(Math.max(0, y.from), y.to));
  if (kind === "line" || kind === "area") {
    // A gap where there is no value.
    let path = "";
    let previous = -2;
    for (const point of points) {
      path += `${point.index === previous + 1 ? "L" : "M"}${point.x.toFixed(1)} ${point.y.toFixed(1)}`;
      previous = point.index;
    }
    const [first, last] = [points[0], points.at(-1)];
    if (kind === "area" && first && last) {
      const outline = points.map((point) => `L${point.x.toFixed(1)} ${point.y.toFixed(1)}`).join("");
      svg.append(node("path", { d: `M${first.x} ${base}${outline}L${last.x} ${base}Z`, fill: colours.mark, "fill-opacity": 0.25 }));
    }
    svg.append(node("path", { d: path, fill: "none", stroke: colours.mark, "stroke-width": 2, "stroke-linejoin": "round" }));
  }
  for (const point of points) {
    const title = node("title", {}, `${labels[point.index] ?? ""}: ${tickText(point.value)}`);
    const mark =
      kind === "bar"
        ? node("rect", { x: point.x - band * 0.4, width: Math.max(band * 0.8, 0.5), y: Math.min(point.y, base), height: Math.max(Math.abs(base - point.y), 0.5), fill: colours.mark })
        : node("circle", { cx: point.x, cy: point.y, r: kind === "scatter" ? 3.5 : points.length > 80 ? 1.5 : 2.5, fill: colours.mark });
    mark.append(title);
    svg.append(mark);
  }
}

function exact(values: number[]): Scale {
  const { from, to, ticks } = linear(values, false);
  const finite = values.filter(Number.isFinite);
  return finite.length > 1 ? { from: Math.min(...finite), to: Math.max(...finite), ticks } : { from, to, ticks };
}

function pie(svg: SVGElement, { labels, values }: Series, colours: Colours): void {
  const parts = values.map((value, index) => ({ label: labels[index] ?? "", value: Math.max(value ?? 0, 0) })).sort((a, b) => b.value - a.value);
  const rest = parts.splice(MOST_PARTS - 1);
  if (rest.length === 1) parts.push(...rest);
  else if (rest.length) parts.push({ label: `${rest.length} others`, value: rest.reduce((sum, part) => sum + part.value, 0) });
  const total = parts.reduce((sum, part) => sum + part.value, 0);
  const [cx, cy, r] = [HEIGHT / 2, HEIGHT / 2, HEIGHT / 2 - 20];
  let angle = -Math.PI / 2;
  parts.forEach((part, index) => {
    const share = total ? part.value / total : 0;
    const colour = colours.others[index % colours.others.length] ?? colours.mark;
    const end = angle + share * 2 * Math.PI;
    const at = (a: number) => `${(cx + r * Math.cos(a)).toFixed(2)} ${(cy + r * Math.sin(a)).toFixed(2)}`;
    const slice =
      share > 0.9999
        ? node("circle", { cx, cy, r, fill: colour })
        : node("path", { d: `M${cx} ${cy}L${at(angle)}A${r} ${r} 0 ${share > 0.5 ? 1 : 0} 1 ${at(end)}Z`, fill: colour, stroke: colours.ground, "stroke-width": 2 });
    const text = `${part.label}: ${tickText(part.value)} (${(share * 100).toFixed(1)} %)`;
    slice.append(node("title", {}, text));
    const y = 40 + index * 26;
    svg.append(slice, node("rect", { x: HEIGHT + 30, y: y - 11, width: 14, height: 14, fill: colour }), node("text", { x: HEIGHT + 54, y: y + 1, fill: colours.ink }, text));
    angle = end;
  });
}
