/** Axes: round steps, and where values stand between them. */

export interface Scale {
  from: number;
  to: number;
  ticks: number[];
}

/** Ticks at 1, 2 or 5 times a power of ten. `zero`: lengths are compared, so the axis begins at nought. */
export function linear(values: number[], zero: boolean, parts = 5): Scale {
  let [low, high] = [zero ? 0 : Infinity, zero ? 0 : -Infinity];
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (!(low <= high)) [low, high] = [0, 1];
  if (low === high) [low, high] = low === 0 ? [0, 1] : [Math.min(low, 0), Math.max(high, 0)];
  const least = (high - low) / parts;
  const power = 10 ** Math.floor(Math.log10(least));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= least * 0.999999) ?? power * 10;
  const [from, to] = [Math.floor(low / step) * step, Math.ceil(high / step) * step];
  const ticks = Array.from({ length: Math.round((to - from) / step) + 1 }, (_, index) => from + index * step);
  return { from, to, ticks };
}

/** `12,500`, `1.5M`: as short as the steps allow. */
export function tickText(value: number): string {
  if (Math.abs(value) >= 1e4) return new Intl.NumberFormat("en-US", { notation: "compact", maximumFractionDigits: 2 }).format(value);
  return new Intl.NumberFormat("en-US", { maximumSignificantDigits: 6 }).format(value);
}
