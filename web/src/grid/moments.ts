/** Days and times, and axes of them with ticks where clocks and calendars have them. */
import { extent, type Scale, type Tick } from "./scales";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** 1970 began on a Thursday; weeks begin on Mondays. */
const MONDAY = 4 * DAY;

const STEPS = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500],
  ...[1, 2, 5, 10, 15, 30].map((count) => count * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((count) => count * MINUTE),
  ...[1, 2, 3, 6, 12].map((count) => count * HOUR),
  ...[1, 2, 7, 14].map((count) => count * DAY),
];
const MONTHS = [1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1_200, 2_400, 6_000, 12_000];

const MOMENT = /^([+-]?)(\d{4,6})(-\d\d-\d\d)(?:[T ](\d\d:\d\d:\d\d)(?:(\.\d{1,3})\d*)?(?:(Z)|([+-]\d\d):?(\d\d))?)?$/;

/** Milliseconds since 1970 of `2016-01-31`, `2016-01-31T10:00:00.000Z` or the same without a zone; `NaN` for others. */
export function millis(text: string): number {
  const [, sign = "", year, day = "", time, fraction = "", , hours, minutes] = MOMENT.exec(text) ?? [];
  if (!year) return NaN;
  const date = (year.length > 4 || sign ? `${sign || "+"}${year.padStart(6, "0")}` : year) + day;
  // Without a zone a browser would read its own into it.
  return Date.parse(time ? `${date}T${time}${fraction}${hours ? `${hours}:${minutes}` : "Z"}` : date);
}

/** `2016-01-31` or `2016-01-31 10:00:00`, with what there is of fractions. */
export function momentText(text: string): string {
  return text.replace(/T00:00:00(\.0+)?Z?$/, "").replace("T", " ").replace(/(\.\d*?)0*Z?$/, "$1").replace(/\.?Z?$/, "");
}

export function moments(values: number[], parts = 7): Scale {
  const [low, high] = extent(values);
  if (!Number.isFinite(low) || !Number.isFinite(high)) return { from: 0, to: 1, ticks: [] };
  const room = low === high ? DAY / 2 : (high - low) * 0.015;
  const [from, to] = [low - room, high + room];
  const step = STEPS.find((step) => (to - from) / step <= parts);
  return { from, to, ticks: step === undefined ? months(from, to, parts) : steps(from, to, step) };
}

function steps(from: number, to: number, step: number): Tick[] {
  const ticks: Tick[] = [];
  const shift = step > DAY ? MONDAY : 0;
  let before = "";
  for (let at = Math.ceil((from - shift) / step) * step + shift; at <= to; at += step) {
    const [day = "", time = ""] = new Date(at).toISOString().replace("Z", "").split("T");
    if (step >= DAY) ticks.push({ at, text: day });
    else {
      const text = step >= MINUTE ? time.slice(0, 5) : step >= SECOND ? time.slice(0, 8) : time;
      ticks.push(day === before ? { at, text } : { at, text, below: day });
    }
    before = day;
  }
  return ticks;
}

function months(from: number, to: number, parts: number): Tick[] {
  const number = (at: number) => new Date(at).getUTCFullYear() * 12 + new Date(at).getUTCMonth();
  const [first, last] = [number(from), number(to)];
  const step = MONTHS.find((step) => (last - first) / step <= parts) ?? 12_000;
  const ticks: Tick[] = [];
  for (let month = Math.ceil(first / step) * step; month <= last; month += step) {
    const at = new Date(0).setUTCFullYear(Math.floor(month / 12), month % 12, 1);
    if (at < from || at > to) continue;
    const day = new Date(at).toISOString().split("T")[0] ?? "";
    ticks.push({ at, text: step % 12 ? day.slice(0, -3) : day.slice(0, -6) });
  }
  return ticks;
}
