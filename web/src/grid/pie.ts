/** Parts of a whole. */
import type { Colours } from "./chart";
import { valueText } from "./scales";
import type { Series } from "./series";
import { node } from "./svg";

/** More parts than these are told apart by nobody. */
const MOST_PARTS = 8;

/** How many values are no part of anything. */
export const negatives = ({ points }: Series): number => points.filter(({ value }) => value !== null && value < 0).length;

export function pie(svg: SVGElement, { points }: Series, colours: Colours, height: number): void {
  const parts = points.map(({ label, value }) => ({ label, value: value ?? 0 })).sort((a, b) => b.value - a.value);
  const rest = parts.splice(MOST_PARTS - 1);
  if (rest.length === 1) parts.push(...rest);
  else if (rest.length) parts.push({ label: `${rest.length} others`, value: rest.reduce((sum, part) => sum + part.value, 0) });
  const total = parts.reduce((sum, part) => sum + part.value, 0);
  const [cx, cy, r] = [height / 2, height / 2, height / 2 - 20];
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
    const text = `${part.label}: ${valueText(part.value)} (${(share * 100).toFixed(1)} %)`;
    slice.append(node("title", {}, text));
    const y = 40 + index * 26;
    svg.append(slice, node("rect", { x: height + 30, y: y - 11, width: 14, height: 14, fill: colour }), node("text", { x: height + 54, y: y + 1, fill: colours.ink }, text));
    angle = end;
  });
}
