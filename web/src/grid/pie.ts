/** Parts of a whole. */
import type { Colours } from "./chart";
import { valueText } from "./scales";
import type { Series } from "./series";
import { cut, LETTER, node } from "./svg";

/** More parts than these are told apart by nobody. */
const MOST_PARTS = 8;

/** How many values are no part of anything. */
export const negatives = ({ points }: Series): number => points.filter(({ value }) => value !== null && value < 0).length;

/** How many have no value, and no part either. */
export const valueless = ({ points }: Series): number => points.filter(({ value }) => value === null).length;

/** Narrower than that, what the colours mean stands below. */
const NARROW = 620;
const LINE = 26;

/** The answer is the height that it takes. */
export function pie(svg: SVGElement, { points }: Series, colours: Colours, room: { width: number; height: number }): number {
  const parts = points.flatMap(({ label, value }) => (value === null ? [] : [{ label, value }])).sort((a, b) => b.value - a.value);
  const rest = parts.splice(MOST_PARTS - 1);
  if (rest.length === 1) parts.push(...rest);
  else if (rest.length) parts.push({ label: `${rest.length} others`, value: rest.reduce((sum, part) => sum + part.value, 0) });
  const total = parts.reduce((sum, part) => sum + part.value, 0);
  const narrow = room.width < NARROW;
  const size = narrow ? Math.min(room.width, room.height) : room.height;
  const key = narrow ? { x: 8, y: size + 20 } : { x: size + 30, y: 40 };
  const most = Math.floor((room.width - key.x - 24) / LETTER);
  const [cx, cy, r] = [size / 2, size / 2, Math.max(size / 2 - 20, 1)];
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
    const figures = `: ${valueText(part.value)} (${(share * 100).toFixed(1)} %)`;
    slice.append(node("title", {}, part.label + figures));
    const y = key.y + index * LINE;
    svg.append(
      slice,
      node("rect", { x: key.x, y: y - 11, width: 14, height: 14, fill: colour }),
      node("text", { x: key.x + 24, y: y + 1, fill: colours.ink }, cut(part.label, Math.max(most - figures.length, 4)) + figures),
    );
    angle = end;
  });
  return narrow ? key.y + parts.length * LINE : room.height;
}
