import type { Locator, Page } from "@playwright/test";
import { STATEMENTS } from "../support/local-workspace";
import { hydrated, signInHydrated, signOutWithTexts } from "../support/people";
import { cells, editor, grid, run, sqlPath, write } from "../support/sql-page";
import { expect, test } from "../support/test";

// Where things stand on the page, and what of it is in view.

const WIDE = { width: 1280, height: 800 };
const NARROW = { width: 360, height: 740 };

const form = (page: Page): Locator => page.locator("#sql-form");
const tree = (page: Page): Locator => page.locator(".catalog-tree");

async function box(locator: Locator): Promise<{ x: number; y: number; right: number; bottom: number; height: number }> {
  const found = await locator.boundingBox();
  if (!found) throw new Error(`${locator} is not drawn`);
  return { ...found, right: found.x + found.width, bottom: found.y + found.height };
}

test.describe("in a window of 1280 by 800", () => {
  test.use({ viewport: WIDE });

  test("the result begins below the editor, beside the tree, and much of it is in view", async ({ page }) => {
    await signInHydrated(page, sqlPath("SELECT * FROM range(50)"));
    await tree(page).getByText("Catalog", { exact: true }).click();
    for (const name of ["samples", "tpch", "lineitem"]) await tree(page).getByRole("button", { name, exact: true }).click();
    await expect(tree(page).getByText("l_comment")).toBeVisible();
    await run(page).click();
    await expect(cells(page).first()).toBeVisible();
    const [side, editing, result] = [await box(tree(page)), await box(form(page)), await box(page.locator(".sql-result"))];
    expect(result.x, "beside the tree").toBeGreaterThan(side.right);
    expect(result.y - editing.bottom, "nothing between editor and result").toBeLessThan(20);
    expect((await box(grid(page))).y, "half of the window is left for rows").toBeLessThan(540);
    expect(side.bottom, "the tree scrolls by itself").toBeLessThanOrEqual(WIDE.height);
    await expect(cells(page).nth(4)).toBeInViewport();
  });

  test("the history opens beside the editor", async ({ page }) => {
    await signInHydrated(page, sqlPath("SELECT 1 AS one"));
    await run(page).click();
    await expect(cells(page)).toHaveText(["1"]);
    await page.getByText("History", { exact: true }).click();
    await expect(page.locator(".history li")).toHaveCount(1);
    expect((await box(page.locator(".history"))).right).toBeLessThan((await box(form(page))).x);
  });

  test("the editor is made higher, and the text in it with it", async ({ page }) => {
    await signInHydrated(page, sqlPath("SELECT 1 AS one"));
    await expect(page.locator("sql-editor")).toHaveCSS("resize", "vertical");
    // What pulling the corner does.
    await page.locator("sql-editor").evaluate((element: HTMLElement) => (element.style.height = "500px"));
    await expect.poll(async () => (await box(page.locator("sql-editor .cm-editor"))).height).toBeGreaterThan(480);
  });

  test("the editor grows with its text up to half of the window, and scrolls", async ({ page }) => {
    await signInHydrated(page, "/sql");
    await write(page, "SELECT 1\n".repeat(100));
    const scroller = page.locator("sql-editor .cm-scroller");
    await expect.poll(async () => (await box(page.locator("sql-editor"))).height).toBeCloseTo(WIDE.height / 2, 0);
    expect(await scroller.evaluate((element) => element.scrollHeight > element.clientHeight)).toBe(true);
  });

  test("the header stands at the page's own edge", async ({ page }) => {
    await signInHydrated(page, "/sql");
    expect((await box(page.locator(".brand"))).x).toBe((await box(form(page))).x);
  });

  test("nothing is folded", async ({ page }) => {
    await signInHydrated(page, "/sql");
    await expect(page.getByText("Options", { exact: true })).toBeHidden();
    await expect(page.getByLabel("Warehouse")).toBeVisible();
  });
});

test.describe("on a phone", () => {
  test.use({ viewport: NARROW });

  test("many open statements take one line, and the chosen one is in view", async ({ page }) => {
    await signInHydrated(page, sqlPath("SELECT 'the first one' AS x"));
    const tabs = page.getByRole("navigation", { name: "Open statements" });
    await expect(tabs.getByRole("listitem")).toHaveCount(1);
    const height = (await box(tabs)).height;
    for (let count = 2; count <= 6; count++) {
      await tabs.getByRole("button", { name: "New statement", exact: true }).last().click();
      await expect(tabs.getByRole("listitem")).toHaveCount(count);
      await write(page, `SELECT 'number ${count}' AS x`);
      await expect(tabs.getByRole("button", { name: `SELECT 'number ${count}' AS x`, exact: true })).toBeInViewport();
    }
    expect((await box(tabs)).height).toBeLessThan(height + 24);
  });

  test("the options are folded, and say what they hold when they are opened", async ({ page }) => {
    await signInHydrated(page, sqlPath("SELECT * FROM range(3)"));
    await expect(page.getByLabel("Rows", { exact: true })).toBeHidden();
    await page.getByText("Options", { exact: true }).click();
    await page.getByLabel("Rows", { exact: true }).selectOption("All rows");
    await expect(page.getByLabel("Warehouse")).toBeVisible();
  });
});

test.describe("with a finger", () => {
  test.use({ viewport: NARROW, hasTouch: true, isMobile: true });

  test("nobody is told about keys", async ({ page }) => {
    await signInHydrated(page, "/sql");
    await expect(page.getByText("Nothing has run yet")).toBeVisible();
    await expect(page.getByText("Ctrl or ⌘")).toBeHidden();
  });
});

test("the downloads are behind one button, which Esc and leaving close", async ({ page }) => {
  await signInHydrated(page, sqlPath("SELECT 1 AS one"));
  await run(page).click();
  const csv = page.getByRole("link", { name: "CSV" });
  await expect(cells(page)).toHaveText(["1"]);
  await expect(csv).toBeHidden();
  const button = page.getByText("Download", { exact: true });
  await button.click();
  await expect(csv).toBeVisible();
  await page.keyboard.press("Tab");
  await expect(csv).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(csv).toBeHidden();
  await expect(button).toBeFocused();
  await button.click();
  await editor(page).click();
  await expect(csv).toBeHidden();
});

test("the warehouse that was chosen last is the one of new statements and of samples, until the sign-out", async ({ page }) => {
  await signInHydrated(page, "/sql");
  const picker = page.getByLabel("Warehouse");
  await expect(picker.getByRole("option", { name: /^Reporting/ })).toBeAttached();
  await picker.selectOption("Reporting · Small");
  const reporting = await picker.inputValue();
  expect(reporting).not.toBe("");
  await write(page, "SELECT 'first' AS x");
  await page.getByRole("button", { name: "New statement", exact: true }).last().click();
  await expect(page.getByRole("navigation", { name: "Open statements" }).getByRole("listitem")).toHaveCount(2);
  await expect(picker).toHaveValue(reporting);
  await page.goto(sqlPath("SELECT 'first' AS x"));
  await expect(picker, "a link to an open statement keeps its warehouse").toHaveValue(reporting);
  await page.goto("/catalog/samples/nyctaxi/trips");
  await hydrated(page);
  const asked = page.waitForRequest("**/api/statements/run");
  await page.getByRole("button", { name: "Show some rows" }).click();
  expect((await asked).postDataJSON()).toMatchObject({ request: { warehouse_id: reporting } });
  await expect(page.getByRole("region", { name: "Rows", exact: true })).toBeVisible();
  await signOutWithTexts(page);
  await expect(page).toHaveURL(/signed-out/);
  expect(await page.evaluate(() => Object.keys(localStorage))).toEqual([]);
});

test("who may not use the app's warehouse is led to where another one is chosen", async ({ page, watch, workspace }) => {
  watch.allowStatus(403);
  await signInHydrated(page, "/catalog/samples/nyctaxi/trips");
  const message = "You do not have permission to use the SQL warehouse. It takes CAN_USE.";
  await workspace.fault({ method: "POST", path: STATEMENTS, status: 403, body: { error_code: "PERMISSION_DENIED", message } });
  await page.getByRole("button", { name: "Show some rows" }).click();
  await expect(page.getByRole("alert")).toContainText("Choose another warehouse on the SQL page");
  await page.getByRole("link", { name: "Open in SQL" }).click();
  await expect(editor(page)).toContainText("SELECT * FROM samples.nyctaxi.trips LIMIT 10");
  await expect(page.getByLabel("Warehouse")).toBeVisible();
});

test("an empty page offers a statement to try", async ({ page }) => {
  await signInHydrated(page, "/sql");
  await expect(page.locator("sql-editor .cm-placeholder")).toHaveText("Write SQL, or choose a table");
  await page.getByRole("button", { name: "Try this" }).click();
  await expect(editor(page)).toContainText("SELECT * FROM samples.nyctaxi.trips LIMIT 1000");
  await expect(page.getByRole("button", { name: "Try this" })).toBeHidden();
  await run(page).click();
  await expect(page.locator(".result-count")).toHaveText("1,000 rows");
});
