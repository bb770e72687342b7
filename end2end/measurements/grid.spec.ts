import { signInHydrated } from "../support/people";
import { grid, run, sqlPath } from "../support/sql-page";
import { expect, test } from "../support/test";

const COLUMNS = 50;
const ROWS = 1_000_000;
const FRAMES = 300;

/** Milliseconds between frames while nothing or something moves. */
interface Frames {
  median: number;
  late: number;
  longest: number;
}

test(`${ROWS} rows of ${COLUMNS} columns: frames while scrolling against frames at rest`, async ({ page, browserName }) => {
  test.setTimeout(900_000);
  test.skip(browserName !== "chromium", "the heap is told by Chromium alone");
  await page.setViewportSize({ width: 1_600, height: 1_000 });
  const columns = Array.from({ length: COLUMNS - 1 }, (_, index) => `id * ${index + 3} % 9973 AS c${index + 1}`);
  await signInHydrated(page, sqlPath(`SELECT id, ${columns.join(", ")} FROM range(${ROWS})`));
  await page.getByLabel("Rows", { exact: true }).selectOption("All rows");
  const begun = Date.now();
  await run(page).click();
  await expect(page.locator(".result-count")).toHaveText("1,000,000 rows", { timeout: 600_000 });
  const answered = Date.now() - begun;
  // No order was asked for, so any row may be the first one.
  await expect(grid(page).locator('[aria-rowindex="2"] .td').first()).toHaveText(/^\d+$/, { timeout: 60_000 });

  const rest = await frames(page, 0);
  const slow = await frames(page, 28);
  const fast = await frames(page, 700);
  await grid(page).focus();
  const jump = Date.now();
  await page.keyboard.press("ControlOrMeta+End");
  // It leads to the last column, too.
  const last = grid(page).locator(`[aria-rowindex="${ROWS + 1}"] .td[data-column="${COLUMNS - 1}"]`);
  await expect(last).toHaveText(/^\d+$/, { timeout: 60_000 });
  const jumped = Date.now() - jump;
  const heap = await page.evaluate(() => (performance as unknown as { memory: { usedJSHeapSize: number } }).memory.usedJSHeapSize);

  const line = (name: string, { median, late, longest }: Frames) =>
    console.log(`${name.padEnd(28)} median ${median.toFixed(1)} ms (${(median / rest.median).toFixed(2)} of rest), late ${late} of ${FRAMES}, longest ${longest.toFixed(0)} ms`);
  console.log(`the warehouse's answer: ${answered} ms; from the first to the last row: ${jumped} ms; heap: ${(heap / 2 ** 20).toFixed(0)} MiB`);
  line("at rest", rest);
  line("a row a frame", slow);
  line("25 rows a frame", fast);
});

/** Scrolls by so many pixels a frame; a frame is late when it takes half as long again as one at rest should, at 60 Hz. */
async function frames(page: import("@playwright/test").Page, pixels: number): Promise<Frames> {
  return page.evaluate(
    async ({ pixels, count }) => {
      const view = document.querySelector("result-grid")?.shadowRoot?.querySelector(".view");
      if (!view) throw new Error("no grid");
      view.scrollTop = 0;
      const times: number[] = [];
      let before = await new Promise<number>((resolve) => requestAnimationFrame(resolve));
      for (let frame = 0; frame < count; frame++) {
        view.scrollTop += pixels;
        const now = await new Promise<number>((resolve) => requestAnimationFrame(resolve));
        times.push(now - before);
        before = now;
      }
      const sorted = [...times].sort((a, b) => a - b);
      return { median: sorted[count >> 1] ?? 0, late: times.filter((time) => time > 25).length, longest: sorted.at(-1) ?? 0 };
    },
    { pixels, count: FRAMES },
  );
}
