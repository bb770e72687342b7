import type { Page } from "@playwright/test";
import { STATEMENTS } from "../support/local-workspace";
import { hydrated, signInHydrated } from "../support/people";
import { cells, newStatement, run, sqlPath, tabOf, write } from "../support/sql-page";
import { expect, test } from "../support/test";

// Each statement has a session of its own, so USE has no effect: where names are looked up is chosen on the page.

const catalog = (page: Page) => page.getByLabel("Catalog", { exact: true });
const schema = (page: Page) => page.getByLabel("Schema", { exact: true });
const options = (page: Page) => page.getByRole("listbox").getByRole("option");
const COUNT = "SELECT count(*) FROM nation";

async function choose(page: Page): Promise<void> {
  await catalog(page).selectOption("samples");
  await schema(page).selectOption("tpch");
}

test("names are looked up in the schema that was chosen, in new tabs too", async ({ page }) => {
  await signInHydrated(page, sqlPath(COUNT));
  await run(page).click();
  await expect(page.getByRole("alert")).toContainText("nation");
  await choose(page);
  await run(page).click();
  await expect(cells(page)).toHaveText(["25"]);
  await expect(page).toHaveURL(/[?&]catalog=samples&schema=tpch(&|$)/);
  await page.reload();
  await hydrated(page);
  await expect(schema(page)).toHaveValue("tpch");
  await newStatement(page).click();
  await expect(schema(page)).toHaveValue("tpch");
  await schema(page).selectOption("nyctaxi");
  await write(page, "SELECT count(*) > 0 FROM trips");
  await run(page).click();
  await expect(cells(page)).toHaveText(["true"]);
  await tabOf(page, COUNT).click();
  await expect(schema(page)).toHaveValue("tpch");
  await expect(cells(page)).toHaveText(["25"]);
});

test("what is chosen is there after the page was loaded again", async ({ page }) => {
  await signInHydrated(page, `${sqlPath(COUNT)}&catalog=scratch`);
  await choose(page);
  await expect(page).toHaveURL(/[?&]catalog=samples&schema=tpch(&|$)/);
  await page.reload();
  await hydrated(page);
  await expect(catalog(page)).toHaveValue("samples");
  await run(page).click();
  await expect(cells(page)).toHaveText(["25"]);
});

test("what is asked about a result is asked where it came from", async ({ page }) => {
  await signInHydrated(page, `${sqlPath("SELECT * FROM lineitem")}&catalog=samples&schema=tpch`);
  await run(page).click();
  await expect(page.getByText("These are only the first 10,000 rows.")).toBeVisible();
  await schema(page).selectOption("nyctaxi");
  await page.getByRole("button", { name: "Count all rows" }).click();
  await expect(page.getByText(/^These are only 10,000 of [\d,]{6,} rows\.$/)).toBeVisible();
  await page.getByRole("button", { name: "Run again for all rows" }).click();
  await expect(page.locator(".result-count")).toHaveText(/^[\d,]{6,} rows$/);
});

test("a schema that was just made can be chosen", async ({ page }) => {
  await signInHydrated(page, `${sqlPath("CREATE SCHEMA scratch.just_made")}&catalog=scratch`);
  await run(page).click();
  await expect(schema(page).getByRole("option", { name: "just_made" })).toBeAttached();
  await schema(page).selectOption("just_made");
  await write(page, "CREATE TABLE t AS SELECT 1 AS one");
  await run(page).click();
  await expect(page.getByText("The statement ran and has no rows to show.")).toBeVisible();
  await write(page, "SELECT * FROM scratch.just_made.t");
  await run(page).click();
  await expect(cells(page)).toHaveText(["1"]);
  await schema(page).selectOption("Not chosen");
  for (const sql of ["DROP TABLE scratch.just_made.t", "DROP SCHEMA scratch.just_made"]) {
    await write(page, sql);
    await run(page).click();
    await expect(page.getByText("The statement ran and has no rows to show.")).toBeVisible();
  }
  await expect(schema(page).getByRole("option", { name: "just_made" })).toHaveCount(0);
});

test("another catalog has other schemas, and none is taken along", async ({ page }) => {
  await signInHydrated(page, "/sql");
  await choose(page);
  await catalog(page).selectOption("scratch");
  await expect(schema(page)).toHaveValue("");
  await expect(schema(page).getByRole("option", { name: "default" })).toBeAttached();
  await expect(schema(page).getByRole("option", { name: "tpch" })).toHaveCount(0);
  await catalog(page).selectOption("Not chosen");
  await expect(schema(page).getByRole("option")).toHaveText(["Not chosen"]);
});

test("a link says where its names are looked up, and so does the history", async ({ page, workspace }) => {
  await signInHydrated(page, `${sqlPath(COUNT)}&catalog=samples&schema=tpch`);
  await expect(catalog(page)).toHaveValue("samples");
  await expect(schema(page)).toHaveValue("tpch");
  expect(await workspace.requests({ method: "POST", path: STATEMENTS }), "a link runs nothing").toEqual([]);
  await run(page).click();
  await expect(cells(page)).toHaveText(["25"]);
  await newStatement(page).click();
  await catalog(page).selectOption("Not chosen");
  await page.getByText("History", { exact: true }).click();
  await expect(page.locator(".history li")).toContainText("in samples.tpch");
  await page.getByRole("button", { name: "Run again" }).click();
  await expect(cells(page)).toHaveText(["25"]);
  await expect(schema(page)).toHaveValue("tpch");
});

test("completion knows the schema that was chosen", async ({ page }) => {
  await signInHydrated(page, "/sql");
  await choose(page);
  await write(page, "SELECT n_na");
  await page.keyboard.insertText(" FROM nation");
  for (let presses = 0; presses < " FROM nation".length; presses++) await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("Control+Space");
  await options(page).filter({ hasText: "n_name" }).click();
  await expect(page.locator("#sql-text")).toHaveValue("SELECT n_name FROM nation");
  await write(page, "SELECT * FROM linei");
  await page.keyboard.press("Control+Space");
  await expect(options(page).filter({ hasText: "lineitem" })).toBeVisible();
  await write(page, "SELECT * FROM tpch.linei");
  await page.keyboard.press("Control+Space");
  await expect(options(page).filter({ hasText: "lineitem" })).toBeVisible();
});

test("a list of names that fails can be asked for again", async ({ page, watch }) => {
  watch.allowStatus(502);
  const error = { code: "workspace_unreachable", message: "The workspace does not answer." };
  await page.route("**/api/catalog/names", (route) => route.fulfill({ status: 502, json: error }), { times: 1 });
  await signInHydrated(page, sqlPath(COUNT));
  await expect(page.getByRole("alert")).toHaveText("The workspace does not answer.");
  await page.getByRole("button", { name: "Try again" }).click();
  await choose(page);
  await run(page).click();
  await expect(cells(page)).toHaveText(["25"]);
});
