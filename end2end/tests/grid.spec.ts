import type { Page } from "@playwright/test";
import { openOwnGrid, ownGrid, shapeOf } from "../support/own-grid";
import { signInHydrated } from "../support/people";
import { cells, run, sqlPath } from "../support/sql-page";
import { expect, test } from "../support/test";

const VALUE = { list: Array.from({ length: 3 }, (_, index) => ({ id: index })), name: "x" };
const RESULT = {
  columns: { n: "BIGINT", s: "STRING", nested: "STRUCT<list: ARRAY<STRUCT<id: INT>>, name: STRING>", t: "TIMESTAMP", local: "TIMESTAMP_NTZ" },
  chunks: [500],
  row: (index: number) => [String(index), `text ${index}`, `{"big":9007199254740993,${JSON.stringify(VALUE).slice(1)}`, "2016-01-01T00:00:00.000Z", "2016-01-01T00:00:00.000"],
};

const value = (page: Page) => ownGrid(page).getByRole("region", { name: "Value" });

async function opened(page: Page): Promise<void> {
  await openOwnGrid(page, RESULT);
  await expect(ownGrid(page).locator(".td").first()).toHaveText("0");
}

test("heads say the type, and moments their zone", async ({ page }) => {
  await opened(page);
  await expect(ownGrid(page).locator(".th .type").nth(0)).toHaveText("BIGINT");
  await expect(ownGrid(page).locator(".th .type").nth(3)).toHaveText("TIMESTAMP, UTC");
  await expect(ownGrid(page).locator(".th .type").nth(4)).toHaveText("TIMESTAMP_NTZ");
});

test("the head of moments says what they say, as far as they were seen", async ({ page }) => {
  await openOwnGrid(page, { columns: { t: "TIMESTAMP" }, chunks: [200], row: (index) => [`2016-01-01T00:00:00.000${index < 150 ? "-08:00" : "-07:00"}`] });
  const type = ownGrid(page).locator(".th .type");
  await expect(type).toHaveText("TIMESTAMP, UTC-08:00");
  await ownGrid(page).locator(".view").focus();
  await page.keyboard.press("ControlOrMeta+End");
  await expect(type).toHaveText("TIMESTAMP, with zones");
});

test("a cell of several lines shows that it has them; its value is as it was", async ({ page, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await openOwnGrid(page, { columns: { s: "STRING" }, chunks: [2], row: (index) => [index ? "\nx" : "error\n\tstack"] });
  const shown = ownGrid(page).locator(".td");
  await expect(shown).toHaveText(["error↵⇥stack", "↵x"]);
  await shown.first().dblclick();
  await expect.poll(() => value(page).locator("pre").textContent()).toBe("error\n\tstack");
  await ownGrid(page).getByRole("button", { name: "Copy", exact: true }).click();
  await expect(ownGrid(page).getByText("Copied 1 row")).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('"error\n\tstack"');
});

test("a grid of few rows is no higher than they are, and what is opened comes into sight", async ({ page }) => {
  await openOwnGrid(page, { columns: { n: "INT" }, chunks: [1], row: () => ["7"] });
  await expect(ownGrid(page).locator(".td")).toHaveText(["7"]);
  await expect.poll(async () => (await ownGrid(page).locator(".view").boundingBox())?.height).toBeLessThan(100);
  await ownGrid(page).evaluate((grid) => grid.scrollIntoView({ block: "end" }));
  await ownGrid(page).locator(".td").dblclick();
  await expect(value(page)).toBeInViewport({ ratio: 0.9 });
  await expect(ownGrid(page).getByRole("status").filter({ hasText: "Row 1, n (INT) is shown below the rows." })).toHaveCount(1);
});

test("with nothing selected, everything is copied, and it is said what", async ({ page, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await opened(page);
  const copy = ownGrid(page).getByRole("button", { name: "Copy", exact: true });
  const copied = () => page.evaluate(() => navigator.clipboard.readText());
  await expect(ownGrid(page).locator('[aria-selected="true"]')).toHaveCount(0);
  await copy.click();
  await expect(ownGrid(page).getByText("Copied 500 rows")).toBeVisible();
  expect((await copied()).split("\n")).toHaveLength(500);
  await ownGrid(page).locator('.td[data-column="1"]').nth(1).click();
  await copy.click();
  await expect(ownGrid(page).getByText("Copied 1 cell")).toBeVisible();
  expect(await copied()).toBe("text 1");
});

test("what SQL cannot do because of equal names is said", async ({ page }) => {
  await openOwnGrid(page, { columns: { a: "INT", A: "INT" }, chunks: [3], row: (index) => [String(index), "1"] });
  await expect(ownGrid(page).locator(".td").first()).toHaveText("0");
  await ownGrid(page).getByLabel("Filter loaded rows").fill("2");
  await ownGrid(page).getByRole("button", { name: "Do it in SQL" }).click();
  await expect(ownGrid(page).getByText("SQL cannot do it: it does not tell the columns called a apart.")).toBeVisible();
});

test("a click elsewhere closes the column's menu", async ({ page }) => {
  await opened(page);
  const menu = ownGrid(page).getByRole("group", { name: "Column" });
  await ownGrid(page).getByRole("button", { name: "Column n: sort, hide, pin" }).click();
  await expect(menu).toBeVisible();
  await ownGrid(page).locator('.td[data-column="3"]').first().click();
  await expect(menu).toBeHidden();
});

test("SQL finds the moments that the filter finds", async ({ page }) => {
  await signInHydrated(page, sqlPath("SELECT * FROM VALUES (TIMESTAMP '2016-01-10 10:00:00'), (TIMESTAMP '2016-01-11 10:00:00') AS v(t)"));
  await run(page).click();
  await expect(cells(page)).toHaveCount(2);
  await page.getByLabel("Filter loaded rows").fill("2016-01-10T10");
  await expect(cells(page)).toHaveText(["2016-01-10T10:00:00.000Z"]);
  await page.getByRole("button", { name: "Do it in SQL" }).click();
  await expect(cells(page)).toHaveCount(0);
  await run(page).click();
  await expect(cells(page)).toHaveText(["2016-01-10T10:00:00.000Z"]);
});

test.describe("in a small window", () => {
  test.use({ viewport: { width: 480, height: 320 } });

  test("the column's menu is within reach, and a pinned column leaves room", async ({ page }) => {
    const text = "x".repeat(100);
    await openOwnGrid(page, { columns: { long: "STRING", other: "STRING" }, chunks: [3], row: () => [text, text] });
    const head = ownGrid(page).locator(".th").filter({ hasText: "long" });
    const more = ownGrid(page).getByRole("button", { name: "Column long: sort, hide, pin" });
    const menu = ownGrid(page).getByRole("group", { name: "Column" });
    await expect(ownGrid(page).locator(".td").first()).toHaveText(text);
    await more.click();
    await expect(menu.getByRole("button", { name: "Sort ascending" })).toBeFocused();
    await expect(menu).toBeInViewport({ ratio: 1 });
    await page.keyboard.press("End");
    await expect(menu.getByRole("button", { name: "Copy the name" })).toBeInViewport({ ratio: 0.95 });
    await menu.getByRole("button", { name: "Pin to the left" }).click();
    const view = await ownGrid(page).locator(".view").boundingBox();
    await expect.poll(async () => (await head.boundingBox())?.width).toBeLessThanOrEqual((view?.width ?? 0) / 2);
    await expect(more).toBeInViewport({ ratio: 1 });
  });
});

test("a grid that left the page leaves nothing behind, and one that comes back works", async ({ page, context }) => {
  await opened(page);
  const devtools = await context.newCDPSession(page);
  const { result: target } = await devtools.send("Runtime.evaluate", { expression: "window" });
  const listeners = async () => (await devtools.send("DOMDebugger.getEventListeners", { objectId: target.objectId ?? "" })).listeners.length;
  const { result: kind } = await devtools.send("Runtime.evaluate", { expression: "customElements.get('result-grid').prototype" });
  const alive = async () => {
    await devtools.send("HeapProfiler.collectGarbage");
    const { objects } = await devtools.send("Runtime.queryObjects", { prototypeObjectId: kind.objectId ?? "" });
    const { result } = await devtools.send("Runtime.callFunctionOn", { objectId: objects.objectId ?? "", functionDeclaration: "function () { return this.length }", returnByValue: true });
    await devtools.send("Runtime.releaseObject", { objectId: objects.objectId ?? "" });
    return result.value as number;
  };
  const [before, living] = [await listeners(), await alive()];
  for (let times = 0; times < 5; times++) {
    await page.evaluate(() => {
      const grid = document.querySelector("#own");
      const next = grid?.cloneNode() as Element;
      grid?.replaceWith(next);
    });
    await expect(ownGrid(page).locator(".td").first()).toHaveText("0");
  }
  expect(await listeners()).toBe(before);
  await expect.poll(alive).toBe(living);
  await page.evaluate(() => {
    const grid = document.querySelector("#own");
    if (grid) document.querySelector("main")?.prepend(grid);
  });
  await expect(ownGrid(page).locator(".td").first()).toHaveText("0");
  await ownGrid(page).locator(".view").focus();
  await page.keyboard.press("ArrowDown");
  await expect(ownGrid(page).locator("#cursor")).toHaveText("1");
});

test("a nested value is unfolded and copied; the panel follows the cursor and goes with its result", async ({ page, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await opened(page);
  await ownGrid(page).locator('.td[data-column="2"]').first().dblclick();
  await expect(value(page)).toContainText("Row 1, nested");
  await expect(value(page)).toContainText("big: 9007199254740993");
  const list = value(page).locator("summary").first();
  await expect(list).toContainText("list: [{id: 0}, {id: 1}, {id: 2}] (3)");
  await list.focus();
  await page.keyboard.press("Enter");
  await expect(value(page).locator("summary")).toHaveCount(4);
  await value(page).getByRole("button", { name: "Copy value" }).click();
  await expect(ownGrid(page).getByText("Copied the value")).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toContain('{\n  "big": 9007199254740993,\n  "list": [\n    {\n      "id": 0\n');
  await ownGrid(page).locator(".view").focus();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowLeft");
  await expect(value(page)).toContainText("Row 2, s (STRING)");
  await expect(value(page)).toContainText("text 1");
  await ownGrid(page).evaluate((grid, shape) => grid.setAttribute("shape", shape), shapeOf({ columns: { other: "STRING" }, chunks: [500] }));
  await expect(value(page)).toBeHidden();
});

test("rows, columns and the column's menu by keyboard", async ({ page }) => {
  await opened(page);
  const grid = ownGrid(page);
  const menu = grid.getByRole("group", { name: "Column" });
  await grid.locator(".view").focus();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Shift+Space");
  await expect(grid.getByText("5 cells selected")).toBeVisible();
  await page.keyboard.press("Shift+ArrowDown");
  await expect(grid.getByText("10 cells selected")).toBeVisible();
  await page.keyboard.press("Control+Space");
  await expect(grid.getByText("500 cells selected")).toBeVisible();
  await expect(grid.locator("#cursor")).toHaveText("text 1");
  for (const keys of ["Shift+F10", "ContextMenu", "Alt+ArrowDown"]) {
    await page.keyboard.press(keys);
    await expect(menu.getByRole("button", { name: "Sort ascending" })).toBeFocused();
    await page.keyboard.press("Escape");
    await expect(menu).toBeHidden();
    await expect(grid.locator(".view")).toBeFocused();
  }
  await page.keyboard.press("Shift+F10");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(grid.locator('.th[data-column="1"]')).toHaveAttribute("aria-sort", "descending");
});

test("rows are selected by their numbers, and dragging scrolls at the edge", async ({ page }) => {
  await opened(page);
  const grid = ownGrid(page);
  await grid.locator(".num").nth(2).click();
  await expect(grid.getByText("5 cells selected")).toBeVisible();
  await grid.locator(".num").nth(4).click({ modifiers: ["Shift"] });
  await expect(grid.getByText("15 cells selected")).toBeVisible();
  await grid.locator(".view").scrollIntoViewIfNeeded();
  const box = await grid.locator(".view").boundingBox();
  if (!box) throw new Error("no view");
  await grid.locator(".td").first().hover();
  await page.mouse.down();
  await page.mouse.move(box.x + 100, box.y + box.height - 4, { steps: 5 });
  await expect.poll(() => grid.locator(".view").evaluate((view) => view.scrollTop)).toBeGreaterThan(200);
  await page.mouse.up();
  const stopped = await grid.locator(".view").evaluate((view) => view.scrollTop);
  await page.waitForTimeout(200);
  expect(await grid.locator(".view").evaluate((view) => view.scrollTop)).toBe(stopped);
  await expect(grid.locator("#cursor")).toBeVisible();
});

test.describe("with a finger", () => {
  test.use({ hasTouch: true });

  test("a second tap on a cell opens its value", async ({ page }) => {
    await opened(page);
    const cell = ownGrid(page).locator('.tr .td[data-column="1"]').nth(2);
    await cell.tap();
    await expect(value(page)).toBeHidden();
    // Two quick ones would be a double click.
    await page.waitForTimeout(700);
    await cell.tap();
    await expect(value(page)).toContainText("text 2");
  });
});
