import type { Locator, Page } from "@playwright/test";
import { signInHydrated } from "./people";

type Row = (string | null)[];

export interface OwnResult {
  /** Names with their types. */
  columns: Record<string, string>;
  /** How many rows each chunk has. */
  chunks: number[];
  row: (index: number) => Row;
  /** Awaited before a chunk is answered. */
  before?: (chunk: number) => Promise<void>;
  /** Further attributes of the element. */
  attributes?: Record<string, string>;
}

/** The place of the grid on the page. */
export const ownGrid = (page: Page): Locator => page.locator("#own");

/** A grid on the SQL page that has just these rows, whatever a warehouse could answer; with every chunk that it asked for. */
export async function openOwnGrid(page: Page, result: OwnResult): Promise<{ asked: number[]; aborted: number[] }> {
  const seen = { asked: [] as number[], aborted: [] as number[] };
  const number = (url: string) => Number(/chunks\/(\d+)/.exec(url)?.[1]);
  page.on("requestfailed", (request) => {
    if (request.url().includes("/api/statements/own")) seen.aborted.push(number(request.url()));
  });
  await page.route("**/api/statements/own*/chunks/*", async (route) => {
    const chunk = number(route.request().url());
    seen.asked.push(chunk);
    await result.before?.(chunk);
    const begin = result.chunks.slice(0, chunk).reduce((sum, rows) => sum + rows, 0);
    const rows = Array.from({ length: result.chunks[chunk] ?? 0 }, (_, row) => result.row(begin + row));
    // It may have been given up meanwhile.
    await route.fulfill({ json: rows }).catch(() => {});
  });
  await signInHydrated(page, "/sql");
  await page.evaluate((attributes) => {
    const grid = document.createElement("result-grid");
    grid.id = "own";
    for (const [name, value] of Object.entries(attributes)) grid.setAttribute(name, value);
    document.querySelector("main")?.append(grid);
  }, { statement: "own", shape: shapeOf(result), ...result.attributes });
  return seen;
}

/** The shape of a result as the element takes it. */
export function shapeOf({ columns, chunks }: Pick<OwnResult, "columns" | "chunks">): string {
  return JSON.stringify({
    columns: Object.entries(columns).map(([name, sql_type]) => ({ name, sql_type })),
    total_rows: chunks.reduce((sum, rows) => sum + rows, 0),
    truncated: false,
    chunks,
    external: false,
  });
}
