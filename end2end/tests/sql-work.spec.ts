import type { Page } from "@playwright/test";
import { STATEMENTS } from "../support/local-workspace";
import { hydrated, signInHydrated, signOutWithTexts } from "../support/people";
import { cells, editor, field, grid, newStatement as newTab, openStatements as open, run, sqlPath, write } from "../support/sql-page";
import { openTab } from "../support/tabs";
import { expect, test } from "../support/test";

// Nothing that somebody wrote or ran is lost, and nothing runs twice.

test.use({ serverOptions: { warehouseStart: "10m" } });

const starting = (page: Page) => page.getByText("Warehouse starting");

test("pressing the keys twice runs once", async ({ page, workspace }) => {
  await workspace.setWarehouse("STOPPED");
  await signInHydrated(page, sqlPath("SELECT 1 AS one"));
  await editor(page).click();
  await page.keyboard.press("ControlOrMeta+Enter");
  await page.keyboard.press("ControlOrMeta+Enter");
  await expect(starting(page)).toBeVisible();
  await page.keyboard.press("ControlOrMeta+Enter");
  await workspace.setWarehouse("RUNNING");
  await expect(cells(page)).toHaveText(["1"]);
  expect(await workspace.requests({ method: "POST", path: STATEMENTS })).toHaveLength(1);
});

test("a statement runs on while another page is looked at, and is there again", async ({ page, workspace }) => {
  await workspace.setWarehouse("STOPPED");
  await signInHydrated(page, sqlPath("SELECT 'still mine' AS x"));
  await run(page).click();
  await expect(starting(page)).toBeVisible();
  const pages = page.getByRole("navigation", { name: "Pages" });
  await pages.getByRole("link", { name: "Your session" }).click();
  await expect(page.getByRole("heading", { name: "Your session", level: 1 })).toBeVisible();
  await pages.getByRole("link", { name: "SQL" }).click();
  await expect(starting(page)).toBeVisible();
  await workspace.setWarehouse("RUNNING");
  await expect(cells(page)).toHaveText(["still mine"]);
  expect(await workspace.requests({ method: "POST", path: STATEMENTS }), "not run again").toHaveLength(1);
});

test("a statement that was on its way when the tab was left is found there", async ({ page, workspace }) => {
  await workspace.fault({ method: "POST", path: STATEMENTS, delay_ms: 1500, times: 1 });
  await signInHydrated(page, sqlPath("SELECT 'late' AS x"));
  await run(page).click();
  await newTab(page).click();
  await expect(page.getByText("Nothing has run yet")).toBeVisible();
  await expect.poll(async () => (await workspace.requests({ method: "POST", path: STATEMENTS, status: 200 })).length).toBe(1);
  await expect.poll(() => page.evaluate(() => JSON.stringify(localStorage))).toContain("statement_id\\\":\\\"");
  await open(page).getByRole("button", { name: "SELECT 'late' AS x", exact: true }).click();
  await expect(cells(page)).toHaveText(["late"]);
});

test("a question that fails is asked again; the statement is not lost", async ({ page, watch, workspace }) => {
  watch.allowStatus(502);
  await workspace.setWarehouse("STOPPED");
  await signInHydrated(page, sqlPath("SELECT 'survived' AS x"));
  await run(page).click();
  await expect(starting(page)).toBeVisible();
  await workspace.fault({ method: "GET", path: `${STATEMENTS}/*`, status: 500, body: "oops" });
  await expect(page.getByText("this page goes on asking; after 3 minutes without a question the server cancels it")).toBeVisible();
  await expect(page.getByRole("button", { name: "Cancel" })).toBeVisible();
  await workspace.clearFaults();
  await workspace.setWarehouse("RUNNING");
  await expect(cells(page)).toHaveText(["survived"]);
  expect(await workspace.requests({ method: "POST", path: STATEMENTS })).toHaveLength(1);
});

test("what is typed before the page lives stays", async ({ page }) => {
  await signInHydrated(page, "/account");
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  const wait = async (route: import("@playwright/test").Route) => {
    await held;
    await route.continue();
  };
  await page.route(/\.wasm$/, wait);
  await page.route(/web\/sql\.js$/, wait);
  await page.goto("/sql?sql=SELECT+1", { waitUntil: "commit" });
  await field(page).fill("SELECT 'typed early' AS x");
  release();
  await hydrated(page);
  await expect(editor(page)).toContainText("SELECT 'typed early' AS x");
  // Who was writing goes on writing.
  await expect(editor(page)).toBeFocused();
  await run(page).click();
  await expect(cells(page)).toHaveText(["typed early"]);
});

test("a text too long for the address is there after a reload", async ({ page }) => {
  const sql = `SELECT 'long' AS x -- ${"ä".repeat(3000)}`;
  await signInHydrated(page, "/sql");
  await write(page, sql);
  await run(page).click();
  await expect(cells(page)).toHaveText(["long"]);
  await page.reload();
  await hydrated(page);
  await expect(field(page)).toHaveValue(sql);
  await expect(cells(page)).toHaveText(["long"]);
  await expect(open(page).getByRole("listitem")).toHaveCount(1);
  await page.getByRole("button", { name: "Copy link" }).click();
  await expect(page.getByText("Too long for a link")).toBeVisible();
});

test("two windows on one statement keep both texts", async ({ page, context }) => {
  await signInHydrated(page, "/sql");
  await write(page, "SELECT 'shared' AS x");
  await expect(open(page).getByRole("button", { name: "SELECT 'shared' AS x", exact: true })).toBeVisible();
  const other = await openTab(context, "/sql");
  await expect(field(other)).toHaveValue("SELECT 'shared' AS x");
  await write(other, "SELECT 'theirs' AS x");
  await expect(open(other).getByRole("button", { name: "SELECT 'theirs' AS x", exact: true })).toBeVisible();
  await write(page, "SELECT 'mine' AS x");
  for (const text of ["SELECT 'mine' AS x", "SELECT 'theirs' AS x"]) {
    await expect(open(page).getByRole("button", { name: text, exact: true })).toBeVisible();
  }
});

test("the history says what came of a statement and opens it beside the others", async ({ page }) => {
  await signInHydrated(page, sqlPath("SELECT * FROM range(3)"));
  await run(page).click();
  await expect(cells(page)).toHaveText(["0", "1", "2"]);
  await write(page, "SELECT 'kept' AS draft");
  await page.getByText("History", { exact: true }).click();
  const past = page.locator(".history li").filter({ hasText: "SELECT * FROM range(3)" });
  await expect(past).toContainText("3 rows");
  await past.getByRole("button", { name: "Run again" }).click();
  await expect(cells(page)).toHaveText(["0", "1", "2"]);
  await expect(open(page).getByRole("button", { name: "SELECT 'kept' AS draft", exact: true })).toBeVisible();
});

test("after a sign-out no tab writes anything down again", async ({ page, context, watch }) => {
  watch.allowStatus(401);
  await signInHydrated(page, sqlPath("SELECT 'secret' AS x"));
  const other = await openTab(context, "/sql");
  await write(other, "SELECT 'secret, too' AS x");
  await signOutWithTexts(page);
  await expect(page).toHaveURL(/signed-out/);
  await expect(other.getByText("Your session has ended")).toBeVisible();
  await write(other, "SELECT 'written later' AS x");
  await other.waitForTimeout(600);
  expect(await other.evaluate(() => [...Object.keys(localStorage), ...Object.keys(sessionStorage)])).toEqual([]);
});

test("all rows are counted, and run for, of the statement that is shown", async ({ page }) => {
  await signInHydrated(page, "/sql");
  await write(page, "SELECT id FROM range(12345);\n\nSELECT 'another' AS x");
  await page.keyboard.press("ControlOrMeta+Home");
  await page.keyboard.press("ControlOrMeta+Enter");
  await expect(page.getByText("These are only the first 10,000 rows.")).toBeVisible();
  await page.getByRole("button", { name: "Count all rows" }).click();
  await expect(page.getByText("These are only 10,000 of 12,345 rows.")).toBeVisible();
  await page.getByRole("button", { name: "Run again for all rows" }).click();
  await expect(page.locator(".result-count")).toHaveText("12,345 rows");
  await expect(field(page)).toHaveValue("SELECT id FROM range(12345);\n\nSELECT 'another' AS x");
});

test("what is counted and run again has the values that it ran with", async ({ page }) => {
  await signInHydrated(page, `${sqlPath("SELECT id FROM range(20000) WHERE id < :most")}&t.most=BIGINT&p.most=15000`);
  await run(page).click();
  await expect(page.getByText("These are only the first 10,000 rows.")).toBeVisible();
  await page.getByRole("textbox", { name: "Value" }).fill("12");
  await page.getByRole("button", { name: "Count all rows" }).click();
  await expect(page.getByText("These are only 10,000 of 15,000 rows.")).toBeVisible();
  await page.getByRole("button", { name: "Run again for all rows" }).click();
  await expect(page.locator(".result-count")).toHaveText("15,000 rows");
  await run(page).click();
  await expect(page.locator(".result-count")).toHaveText("12 rows");
  await page.getByText("History", { exact: true }).click();
  await expect(page.locator(".history li")).toContainText([":most = 12", ":most = 15000"]);
});

test("a statement is counted without the semicolon and the note behind it", async ({ page }) => {
  await signInHydrated(page, sqlPath("SELECT id FROM range(12345); -- all of them"));
  await run(page).click();
  await page.getByRole("button", { name: "Count all rows" }).click();
  await expect(page.getByText("These are only 10,000 of 12,345 rows.")).toBeVisible();
});

test("a link holds what is written now, and a colleague who opens one with a result is told", async ({ page, context, browser, servers, watch }) => {
  watch.allowStatus(404);
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await signInHydrated(page, sqlPath("SELECT 'ada' AS x"));
  await run(page).click();
  await expect(cells(page)).toHaveText(["ada"]);
  const withResult = page.url();
  await write(page, "SELECT 'edited' AS x");
  await page.getByRole("button", { name: "Copy link" }).click();
  await expect(page.getByText("Link copied")).toBeVisible();
  const link = new URL(await page.evaluate(() => navigator.clipboard.readText()));
  expect([link.origin, link.searchParams.get("sql"), link.searchParams.has("statement")]).toEqual([servers.url, "SELECT 'edited' AS x", false]);

  const theirs = await browser.newContext({ baseURL: servers.url });
  const bob = await theirs.newPage();
  await signInHydrated(bob, withResult.slice(servers.url.length), "bob");
  await expect(bob.getByText("This result is not here")).toBeVisible();
  await run(bob).click();
  await expect(cells(bob)).toHaveText(["ada"]);
  await theirs.close();
});

test("the place of a failure is told after a reload, too", async ({ page }) => {
  await signInHydrated(page, "/sql");
  await write(page, "SELECT 1;\n\nSELECT *\nFROM samples.nyctaxi.no_such_table");
  await page.keyboard.press("ControlOrMeta+Enter");
  await expect(page.getByText("Line 4, column 6")).toBeVisible();
  await expect(page.locator("sql-editor .cm-lint-marker-error")).toHaveCount(1);
  await page.reload();
  await expect(page.getByText("Line 4, column 6")).toBeVisible();
});

test("names of the catalog are looked up beside the text and put into it", async ({ page }) => {
  await signInHydrated(page, "/sql");
  await write(page, "SELECT * FROM ");
  const tree = page.locator(".catalog-tree");
  await tree.getByText("Catalog", { exact: true }).click();
  for (const name of ["samples", "nyctaxi", "trips"]) await tree.getByRole("button", { name, exact: true }).click();
  await expect(tree.getByText("pickup_zip")).toBeVisible();
  await tree.getByRole("searchbox", { name: "Filter what is open" }).fill("fare");
  await expect(tree.getByText("pickup_zip")).toBeHidden();
  await expect(tree.getByText("fare_amount")).toBeVisible();
  await tree.getByRole("searchbox", { name: "Filter what is open" }).fill("");
  await tree.getByRole("button", { name: "Insert samples.nyctaxi.trips" }).click();
  await expect(field(page)).toHaveValue("SELECT * FROM samples.nyctaxi.trips");
});

test("no rows is an answer", async ({ page }) => {
  await signInHydrated(page, sqlPath("SELECT * FROM range(3) WHERE id > 5"));
  await run(page).click();
  await expect(page.getByText("The statement ran and found nothing")).toBeVisible();
  await expect(page.getByText("Its columns: id.")).toBeVisible();
  await expect(grid(page)).toHaveCount(0);
  await expect(page.getByRole("button", { name: "Chart" })).toHaveCount(0);
});

test("an empty text says that there is nothing to run, and is ready to be written", async ({ page, workspace }) => {
  await signInHydrated(page, "/sql");
  await run(page).click();
  const nothing = page.getByRole("alert").filter({ hasText: "There is no statement to run" });
  await expect(nothing).toBeVisible();
  await expect(editor(page)).toBeFocused();
  await page.keyboard.insertText("SELECT 'written' AS x");
  await expect(nothing).toHaveCount(0);
  expect(await workspace.requests({ method: "POST", path: STATEMENTS })).toHaveLength(0);
});

test("what is for its session alone says that it comes to nothing", async ({ page }) => {
  const state = { done: { columns: [], total_rows: 0, truncated: false, chunks: [], external: false } };
  await page.route("**/api/statements/run", (route) => route.fulfill({ json: { statement_id: "01ef", state } }));
  await signInHydrated(page, sqlPath("USE CATALOG samples"));
  await run(page).click();
  await expect(page.getByText("Each statement runs in a session of its own")).toBeVisible();
  await expect(page.getByText("The statement ran and has no rows to show.")).toHaveCount(0);
});
