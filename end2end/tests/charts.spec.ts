import { readFile } from "node:fs/promises";
import type { Page } from "@playwright/test";
import { openOwnGrid, ownGrid } from "../support/own-grid";
import { expect, test } from "../support/test";

async function choose(page: Page, kind: string, across: string, up: string): Promise<void> {
  await ownGrid(page).getByLabel("Kind", { exact: true }).selectOption(kind);
  await ownGrid(page).getByLabel("Across").selectOption(across);
  await ownGrid(page).getByLabel("Up", { exact: true }).selectOption(up);
}

test("axes have round and distinct ticks, gaps stay gaps, and points stand where they belong", async ({ page }) => {
  const days = ["2016-01-05", "2016-01-01", "2016-01-03", "2016-01-02", "2016-01-04", null];
  await openOwnGrid(page, {
    columns: { day: "DATE", n: "BIGINT", x: "DOUBLE", below: "INT" },
    chunks: [6],
    row: (index) => [days[index] ?? null, index === 2 ? null : String(1_000_000 + index), String(index * index), String(2 - index)],
    attributes: { name: "Trips by day" },
  });
  const drawing = ownGrid(page).locator(".drawing");
  await ownGrid(page).getByRole("button", { name: "Chart" }).click();
  await choose(page, "area", "day", "n");
  await expect(ownGrid(page).getByText("Shows all 6 rows; 1 without day left out")).toBeVisible();
  const texts = drawing.locator("text");
  for (const text of ["2016-01-01", "2016-01-05", "day", "n"]) await expect(texts.filter({ hasText: new RegExp(`^${text}$`) })).toHaveCount(1);
  await expect(drawing.locator("path.area"), "before and behind the gap").toHaveCount(2);
  const places = await drawing.locator("circle").evaluateAll((all) => all.map((circle) => Number(circle.getAttribute("cx"))));
  expect(places, "from left to right").toEqual([...places].sort((a, b) => a - b));
  await choose(page, "line", "x", "n");
  await expect(texts.filter({ hasText: /^1,000,00[0-5]$/ })).toHaveText(["1,000,000", "1,000,001", "1,000,002", "1,000,003", "1,000,004", "1,000,005"]);
  await choose(page, "pie", "day", "below");
  await expect(drawing).toContainText("A pie cannot show negative values, and below has 3.");
  await drawing.getByRole("button", { name: "Show bars" }).click();
  await expect(ownGrid(page).getByRole("img", { name: "bar chart of below by day" })).toBeVisible();
  const downloading = page.waitForEvent("download");
  await ownGrid(page).getByRole("button", { name: "Save SVG" }).click();
  const download = await downloading;
  expect(download.suggestedFilename()).toBe("Trips by day.svg");
  expect(await readFile(await download.path(), "utf8")).toContain("<svg");
});

test("a chart says what it shows, and grows while rows come", async ({ page }) => {
  let release = () => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  await openOwnGrid(page, { columns: { n: "INT", m: "INT" }, chunks: [10, 3_000], row: (index) => [String(index), String(index % 9)], before: async (chunk) => (chunk ? released : undefined) });
  await ownGrid(page).getByRole("button", { name: "Chart" }).click();
  await expect(ownGrid(page).getByText("Shows 10 of 3,010 rows, the others are not loaded")).toBeVisible();
  release();
  await expect(ownGrid(page).getByText("Shows the first 2,000 of 3,010 rows")).toBeVisible();
  await expect(ownGrid(page).getByRole("img", { name: "scatter chart of m by n: 2000 points" })).toBeVisible();
});

test("a pie leaves out what has no value, and says so", async ({ page }) => {
  await openOwnGrid(page, { columns: { kind: "STRING", n: "INT" }, chunks: [3], row: (index) => [`kind ${index}`, index ? String(index) : null] });
  await ownGrid(page).getByRole("button", { name: "Chart" }).click();
  await choose(page, "pie", "kind", "n");
  await expect(ownGrid(page).getByText("Shows all 3 rows; 1 without n left out")).toBeVisible();
  await expect(ownGrid(page).locator(".drawing text")).toHaveText(["kind 2: 2 (66.7 %)", "kind 1: 1 (33.3 %)"]);
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 360, height: 740 } });

  test("the texts of a chart keep their size, and all of it is in sight", async ({ page }) => {
    await openOwnGrid(page, { columns: { day: "DATE", n: "INT" }, chunks: [30], row: (index) => [`2016-01-${String(index + 1).padStart(2, "0")}`, String(index)] });
    await ownGrid(page).getByRole("button", { name: "Chart" }).click();
    const drawing = ownGrid(page).locator(".drawing");
    const svg = drawing.locator("svg");
    const wider = () => drawing.evaluate((place) => (place.querySelector("svg")?.getBoundingClientRect().width ?? 0) - place.clientWidth);
    for (const kind of ["line", "bar", "pie"]) {
      await ownGrid(page).getByLabel("Kind", { exact: true }).selectOption(kind);
      await expect(ownGrid(page).getByRole("img", { name: `${kind} chart of n by day` })).toBeVisible();
      await expect.poll(wider).toBe(0);
      expect(await svg.evaluate((drawn) => (drawn as SVGSVGElement).getScreenCTM()?.a), "a pixel is a pixel").toBe(1);
      const beyond = await svg.evaluate((drawn) => [...drawn.querySelectorAll("text")].filter((text) => text.getBoundingClientRect().right > drawn.getBoundingClientRect().right + 1).length);
      expect(beyond, `texts of the ${kind} chart that are cut off`).toBe(0);
    }
    const width = async () => (await svg.boundingBox())?.width ?? 0;
    const narrow = await width();
    await page.setViewportSize({ width: 740, height: 360 });
    await expect.poll(width).toBeGreaterThan(narrow);
    await page.setViewportSize({ width: 360, height: 740 });
    await expect.poll(width, "it gets narrower, too").toBe(narrow);
  });
});
