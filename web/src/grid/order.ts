/** Sorting and filtering: of the rows that are here, and the same as a clause of SQL. */
import type { Chunks } from "./chunks";
import type { Shown } from "./columns";
import { comparer } from "./values";

export interface Sort {
  /** Which column of the result. */
  column: number;
  descending: boolean;
}

/** The numbers of the rows that are here, as they are to be shown; `undefined` for all in their own order. */
export function arranged(chunks: Chunks, sort: Sort | undefined, filter: string): Uint32Array | undefined {
  if (!sort && !filter) return undefined;
  const wanted = filter.toLowerCase();
  const found: number[] = [];
  const keys: (string | null)[] = [];
  for (const index of chunks.present()) {
    const row = chunks.row(index);
    if (!row || (wanted && !row.some((cell) => cell?.toLowerCase().includes(wanted)))) continue;
    found.push(index);
    if (sort) keys.push(row[sort.column] ?? null);
  }
  const at = Uint32Array.from(found.keys());
  if (sort) {
    const compare = comparer(chunks.shape.columns[sort.column]?.sql_type ?? "", sort.descending);
    at.sort((a, b) => compare(keys[a] ?? null, keys[b] ?? null) || a - b);
  }
  return at.map((position) => found[position] ?? 0);
}

export function clause(columns: Shown[], sort: Sort | undefined, filter: string): string {
  const quoted = (name: string) => `\`${name.replaceAll("`", "``")}\``;
  const text = filter.replaceAll("\\", "\\\\").replaceAll("'", "\\'");
  const where = filter ? `WHERE ${columns.map(({ name }) => `contains(lower(CAST(${quoted(name)} AS STRING)), lower('${text}'))`).join("\n   OR ")}` : "";
  const by = columns.find((column) => column.index === sort?.column);
  const order = by ? `ORDER BY ${quoted(by.name)}${sort?.descending ? " DESC" : ""} NULLS LAST` : "";
  return [where, order].filter(Boolean).join("\n");
}
