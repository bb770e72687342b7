import type { Locator, Page } from "@playwright/test";
import { signInHydrated } from "../support/people";
import { cells, editor, grid } from "../support/sql-page";
import { expect, test } from "../support/test";

/** Presses Tab until this has the focus; a person would give up, too. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  for (let presses = 0; presses < 60; presses++) {
    await page.keyboard.press("Tab");
    if (await target.evaluate((element) => (element.getRootNode() as Document | ShadowRoot).activeElement === element)) return;
  }
  throw new Error(`the Tab key does not lead to ${target}`);
}

test("from the statement to a sorted result, a cell and a chart by keyboard alone", async ({ page }) => {
  await signInHydrated(page, "/sql");
  await tabTo(page, editor(page));
  await page.keyboard.insertText("SELECT * FROM VALUES ('a', 2), ('b', 10), ('c', 3) AS t(kind, trips)");
  await page.keyboard.press("ControlOrMeta+Enter");
  await expect(cells(page)).toHaveText(["a", "2", "b", "10", "c", "3"]);

  await tabTo(page, page.getByRole("button", { name: "Chart" }));
  await page.keyboard.press("Enter");
  await expect(page.getByRole("img", { name: "bar chart of trips by kind" })).toBeVisible();
  await page.keyboard.press("Enter");

  await tabTo(page, grid(page));
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  const value = page.getByRole("region", { name: "Value" });
  await expect(value).toContainText("Row 2, trips");
  await expect(value).toContainText("10");
  await page.keyboard.press("Escape");
  await expect(value).toBeHidden();

  await tabTo(page, page.getByRole("button", { name: "Column trips: sort, hide, pin" }));
  await page.keyboard.press("Enter");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(grid(page).locator('.td[data-column="1"]')).toHaveText(["10", "3", "2"]);
});
