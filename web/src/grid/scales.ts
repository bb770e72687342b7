/** Axes of numbers: round steps, and texts as exact as the steps are. */

export interface Tick {
  at: number;
  text: string;
  /** A second line, such as the day of an hour. */
  below?: string;
}

export interface Scale {
  from: number;
  to: number;
  ticks: Tick[];
}

/** Ticks at 1, 2 or 5 times a power of ten; the axis ends at ticks. `zero`: lengths are compared, so it begins at nought. */
export function linear(values: number[], zero: boolean, parts = 5): Scale {
  let [low, high] = extent(values);
  if (zero) [low, high] = [Math.min(low, 0), Math.max(high, 0)];
  if (!(low <= high)) [low, high] = [0, 1];
  if (low === high) [low, high] = low === 0 ? [0, 1] : [Math.min(low, 0), Math.max(high, 0)];
  const least = (high - low) / parts;
  const power = 10 ** Math.floor(Math.log10(least));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= least * 0.999999) ?? power * 10;
  const [from, to] = [Math.floor(low / step) * step, Math.ceil(high / step) * step];
  const places = Array.from({ length: Math.round((to - from) / step) + 1 }, (_, index) => exact(from + index * step));
  const texts = numberTexts(places, step);
  return { from, to, ticks: places.map((at, index) => ({ at, text: texts[index] ?? "" })) };
}

/** The axis ends where the values do, with a little room; ticks outside are left out. */
export function fitted(scale: Scale, values: number[]): Scale {
  const [low, high] = extent(values);
  if (!(low < high)) return scale;
  const room = (high - low) * 0.015;
  const [from, to] = [low - room, high + room];
  return { from, to, ticks: scale.ticks.filter(({ at }) => at >= from && at <= to) };
}

export function extent(values: number[]): [low: number, high: number] {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return [low, high];
}

const UNITS = [
  [1e12, "T"],
  [1e9, "B"],
  [1e6, "M"],
  [1e4, "K"],
] as const;

/** `12.5K`, `1,000,001`: short where that tells neighbours apart, and all with the same digits. */
export function numberTexts(values: number[], step: number): string[] {
  const largest = Math.max(...values.map(Math.abs));
  if (largest >= 1e15 || (largest > 0 && largest < 1e-4)) {
    const digits = Math.min(Math.max(Math.floor(Math.log10(largest)) - Math.floor(Math.log10(step)), 0), 15);
    return values.map((value) => (value === 0 ? "0" : value.toExponential(digits)));
  }
  const unit = UNITS.find(([size]) => largest >= size);
  const size = unit?.[1] === "K" ? 1e3 : (unit?.[0] ?? 1);
  const short = unit && decimals(step / size) <= 2;
  const [by, letter] = short ? [size, unit[1]] : [1, ""];
  const digits = Math.min(decimals(step / by), 15);
  const format = new Intl.NumberFormat("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
  return values.map((value) => (value === 0 ? "0" : `${format.format(value / by)}${letter}`));
}

/** A single number, for people to read. */
export function valueText(value: number): string {
  if (value !== 0 && (Math.abs(value) >= 1e15 || Math.abs(value) < 1e-4)) return value.toExponential();
  return new Intl.NumberFormat("en-US", { maximumSignificantDigits: 12 }).format(value);
}

/** Digits behind the point that a step of 1, 2 or 5 times a power of ten has. */
const decimals = (step: number): number => Math.max(-Math.floor(Math.log10(step) + 1e-9), 0);

/** Without what adding floats leaves behind. */
const exact = (value: number): number => Number(value.toPrecision(15));
