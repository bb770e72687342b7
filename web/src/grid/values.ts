/** What the type of a column means for its values: how they are aligned, compared and shown. */
import type { Cell } from "./chunk";
import { millis } from "./moments";

const NUMBERS = new Set(["TINYINT", "SMALLINT", "INT", "BIGINT", "FLOAT", "DOUBLE", "DECIMAL"]);
const NESTED = new Set(["ARRAY", "MAP", "STRUCT", "VARIANT"]);

function baseType(sqlType: string): string {
  return sqlType.split(/[(<]/, 1)[0] ?? "";
}

export const isNumber = (sqlType: string): boolean => NUMBERS.has(baseType(sqlType));
export const isMoment = (sqlType: string): boolean => /^(?:DATE|TIMESTAMP)/.test(sqlType);
export const isNested = (sqlType: string): boolean => NESTED.has(baseType(sqlType));

/** Compares two cells by their places, and by their texts where the places say nothing. */
type Compare = (a: number, b: number, x: string, y: string) => number;

/**
 * Compares two cells by their places in `cells`. NULL comes last, whichever way. Whole numbers and decimals are compared
 * digit by digit where a float would round, moments by when they are.
 */
export function comparer(cells: Cell[], sqlType: string, descending: boolean): (a: number, b: number) => number {
  const compare = isNumber(sqlType) ? byNumber(cells) : isMoment(sqlType) ? byMoment(cells) : byText;
  return (a, b) => {
    const [x, y] = [cells[a] ?? null, cells[b] ?? null];
    if (x === null || y === null) return x === y ? 0 : x === null ? 1 : -1;
    const order = compare(a, b, x, y);
    return descending ? -order : order;
  };
}

const byText: Compare = (_a, _b, x, y) => (x < y ? -1 : x > y ? 1 : 0);

function byNumber(cells: Cell[]): Compare {
  // Read once: each is compared many times.
  const numbers = Float64Array.from(cells, (cell) => (cell === null ? NaN : Number(cell)));
  return (a, b, x, y) => compareNumbers(numbers[a] ?? NaN, numbers[b] ?? NaN, x, y);
}

/** Texts of several zones do not lie in the order of their moments. */
function byMoment(cells: Cell[]): Compare {
  const [read, moments] = [new Uint8Array(cells.length), new Float64Array(cells.length)];
  // When it is first compared: all at once would take long.
  const at = (place: number, text: string): number => {
    if (!read[place]) {
      read[place] = 1;
      moments[place] = millis(text);
    }
    return moments[place] ?? NaN;
  };
  const fraction = (text: string) => /\.(\d*?)0*(?!\d)/.exec(text)?.[1] ?? "";
  return (a, b, x, y) => {
    if (x === y) return 0;
    const [p, q] = [at(a, x), at(b, y)];
    if (p === q) return byText(a, b, fraction(x), fraction(y));
    if (p < q || p > q) return p < q ? -1 : 1;
    return Number(Number.isNaN(p)) - Number(Number.isNaN(q)) || byText(a, b, x, y);
  };
}

function compareNumbers(x: number, y: number, a: string, b: string): number {
  if (x < y) return -1;
  if (x > y) return 1;
  if (x === y) return a === b || !Number.isFinite(x) ? 0 : digits(a, b);
  return Number(Number.isNaN(x)) - Number(Number.isNaN(y));
}

/** The floats are the same, so the signs and the magnitudes are; the digits decide. */
function digits(a: string, b: string): number {
  const negative = a.startsWith("-");
  const [[wholeA, restA], [wholeB, restB]] = [a, b].map((text) => {
    const [whole = "", rest = ""] = text.replace("-", "").split(".");
    return [BigInt(/^\d+$/.test(whole) ? whole : "0"), rest] as const;
  }) as [readonly [bigint, string], readonly [bigint, string]];
  const length = Math.max(restA.length, restB.length);
  const [x, y] = [restA.padEnd(length, "0"), restB.padEnd(length, "0")];
  const order = wholeA < wholeB ? -1 : wholeA > wholeB ? 1 : x < y ? -1 : x > y ? 1 : 0;
  return negative ? -order : order;
}

/** One cell of a table that is pasted into a spreadsheet: quoted where a tab or a line break would break it. */
export function tsvCell(cell: Cell): string {
  const text = cell ?? "";
  return /[\t\n\r"]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
