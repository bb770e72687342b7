import { hydrated, signInHydrated } from "../support/people";
import { cells, field, newStatement, run, sqlPath, tabOf, write } from "../support/sql-page";
import { expect, test } from "../support/test";

// Other entries of the browser's history are other states of the page, and nothing that was written is lost to them.

const LONG = `SELECT 'long' AS x -- ${"ä".repeat(3000)}`;

test("going back to where nothing was written yet leaves the text", async ({ page }) => {
  await signInHydrated(page, "/sql");
  await write(page, "SELECT 'ran' AS x");
  await run(page).click();
  await expect(cells(page)).toHaveText(["ran"]);
  await expect(page).toHaveURL(/statement=/);
  await write(page, "SELECT 'edited on' AS x");
  await page.goBack();
  await expect(page).toHaveURL(/statement=/);
  await page.reload();
  await hydrated(page);
  await expect(field(page)).toHaveValue("SELECT 'edited on' AS x");
  await expect(cells(page)).toHaveText(["ran"]);
});

test("the link to the page that is shown leaves the text", async ({ page }) => {
  await signInHydrated(page, sqlPath("SELECT 'ran' AS x"));
  await run(page).click();
  await expect(cells(page)).toHaveText(["ran"]);
  await write(page, "SELECT 'edited on' AS x");
  await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "SQL" }).click();
  await expect(page).toHaveURL(/statement=/);
  await page.reload();
  await hydrated(page);
  await expect(field(page)).toHaveValue("SELECT 'edited on' AS x");
  await expect(cells(page)).toHaveText(["ran"]);
});

test("going back from a draft leads to the tab before it and leaves the draft in its own", async ({ page }) => {
  await signInHydrated(page, sqlPath("SELECT 'first' AS x"));
  await run(page).click();
  await expect(cells(page)).toHaveText(["first"]);
  await newStatement(page).click();
  await expect(page.getByText("Nothing has run yet")).toBeVisible();
  await write(page, "SELECT 'draft' AS y");
  await page.goBack();
  await expect(cells(page)).toHaveText(["first"]);
  await expect(field(page)).toHaveValue("SELECT 'first' AS x");
  await tabOf(page, "SELECT 'draft' AS y").click();
  await expect(field(page)).toHaveValue("SELECT 'draft' AS y");
});

test("going back to a text too long for an address brings it back", async ({ page }) => {
  await signInHydrated(page, "/sql");
  await write(page, LONG);
  await run(page).click();
  await expect(cells(page)).toHaveText(["long"]);
  await newStatement(page).click();
  await expect(page.getByText("Nothing has run yet")).toBeVisible();
  await page.goBack();
  await expect(cells(page)).toHaveText(["long"]);
  await expect(field(page)).toHaveValue(LONG);
  await write(page, "SELECT 'short' AS x");
  await run(page).click();
  await expect(cells(page)).toHaveText(["short"]);
  await page.goBack();
  await expect(cells(page)).toHaveText(["long"]);
  await expect(field(page)).toHaveValue(LONG);
  await page.goForward();
  await expect(cells(page)).toHaveText(["short"]);
  await expect(field(page)).toHaveValue("SELECT 'short' AS x");
});

test("going back among the runs of one text shows the result of each", async ({ page }) => {
  await signInHydrated(page, `${sqlPath("SELECT :x AS x")}&p.x=one`);
  await run(page).click();
  await expect(cells(page)).toHaveText(["one"]);
  await page.getByRole("textbox", { name: "Value" }).fill("two");
  await run(page).click();
  await expect(cells(page)).toHaveText(["two"]);
  await page.goBack();
  await expect(cells(page)).toHaveText(["one"]);
  await expect(page.getByRole("textbox", { name: "Value" })).toHaveValue("one");
  await page.goForward();
  await expect(cells(page)).toHaveText(["two"]);
});
