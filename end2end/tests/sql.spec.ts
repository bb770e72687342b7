import { readFile } from "node:fs/promises";
import { STATEMENTS } from "../support/local-workspace";
import { signIn, signInHydrated, signOutWithTexts } from "../support/people";
import { cells, closeOf, downloadAs, editor, grid, newStatement, run, sqlPath, tabOf, write } from "../support/sql-page";
import { expect, test } from "../support/test";

const NUMBERS = "SELECT l_orderkey, l_extendedprice, l_comment FROM samples.tpch.lineitem ORDER BY l_orderkey, l_linenumber";

test("a statement is written, run with the keyboard, and its result read", async ({ page, servers }) => {
  await signInHydrated(page, "/sql");
  await write(page, "SELECT 1 AS one, CAST(NULL AS STRING) AS none, '' AS empty, 9007199254740993 AS big");
  await page.keyboard.press("ControlOrMeta+Enter");
  await expect(cells(page)).toHaveText(["1", "NULL", "", "9007199254740993"]);
  await expect(page).toHaveURL((url) => url.origin === servers.url && (url.searchParams.get("sql") ?? "").startsWith("SELECT 1") && url.searchParams.has("statement"));
});

test("nothing runs by itself from a link, and the link brings back what was shared", async ({ page, workspace }) => {
  await signInHydrated(page, sqlPath("SELECT 42 AS answer"));
  await expect(page.getByText("Nothing has run yet")).toBeVisible();
  expect(await workspace.requests({ method: "POST", path: STATEMENTS })).toHaveLength(0);
  await run(page).click();
  await expect(cells(page)).toHaveText(["42"]);
  await page.reload();
  await expect(cells(page)).toHaveText(["42"]);
  expect(await workspace.requests({ method: "POST", path: STATEMENTS }), "asked after, not run again").toHaveLength(1);
});

test("only the statement at the cursor runs", async ({ page }) => {
  await signInHydrated(page, "/sql");
  await write(page, "SELECT 1 AS a;\nSELECT ';' AS b;");
  await page.keyboard.press("ControlOrMeta+Enter");
  await expect(cells(page)).toHaveText([";"]);
});

test("a failure is marked at its line", async ({ page }) => {
  await signInHydrated(page, "/sql");
  await write(page, "SELECT *\nFROM samples.nyctaxi.no_such_table");
  await page.keyboard.press("ControlOrMeta+Enter");
  await expect(page.getByRole("alert")).toContainText("no_such_table");
  await expect(editor(page)).toContainText("no_such_table");
});

test("what is not granted says what to ask for", async ({ page }) => {
  await signInHydrated(page, sqlPath("SELECT * FROM samples.tpch.customer"), "carol");
  await run(page).click();
  await expect(page.getByRole("alert")).toContainText("carol@example.com");
});

test("parameters become fields, and their values are bound", async ({ page, workspace }) => {
  const sql = "SELECT :text AS text, :day AS day";
  await signInHydrated(page, sqlPath(sql));
  await page.getByLabel("Value").first().fill("it's; DROP TABLE x --");
  await page.getByLabel("Type").nth(1).selectOption("DATE");
  await page.getByLabel("Value").nth(1).fill("2016-02-29");
  await run(page).click();
  await expect(cells(page)).toHaveText(["it's; DROP TABLE x --", "2016-02-29"]);
  await expect(page).toHaveURL(/p\.day=2016-02-29/);
  await page.reload();
  await expect(page.getByLabel("Value").nth(1)).toHaveValue("2016-02-29");
  expect(await workspace.requests({ method: "POST", path: STATEMENTS })).toHaveLength(1);
});

test("a cut result is loud, and scrolling reaches its end", async ({ page }) => {
  await signInHydrated(page, sqlPath(NUMBERS));
  await run(page).click();
  await expect(page.getByText("These are only the first 10,000 rows.")).toBeVisible();
  await grid(page).focus();
  await page.keyboard.press("ControlOrMeta+End");
  await expect(grid(page).locator('[aria-rowindex="10001"]')).toBeVisible();
  await expect(grid(page).locator('[aria-rowindex="10001"] .num')).toHaveText("10000");
  expect(await grid(page).getByRole("row").count(), "only what is in view is in the document").toBeLessThan(60);
});

test("all rows of a large result: scrolled to the end, and downloaded whole", async ({ page }) => {
  await signInHydrated(page, sqlPath(NUMBERS));
  await page.getByLabel("Rows", { exact: true }).selectOption("All rows");
  await run(page).click();
  const counted = page.locator(".result-count");
  await expect(counted).toHaveText(/^[\d,]{6,} rows$/, { timeout: 40_000 });
  const total = Number((await counted.innerText()).replace(/\D/g, ""));
  expect(total).toBeGreaterThan(40_000);
  await expect(page.getByText("These are only the first")).toHaveCount(0);
  await grid(page).focus();
  await page.keyboard.press("ControlOrMeta+End");
  await expect(grid(page).locator(`[aria-rowindex="${total + 1}"] .td[data-column="0"]`)).toHaveText(/^\d+$/, { timeout: 40_000 });
  const downloading = page.waitForEvent("download");
  await downloadAs(page, "CSV");
  const text = await readFile(await (await downloading).path(), "utf8");
  expect(text.trimEnd().split("\r\n"), "every row and the names").toHaveLength(total + 1);
});

test("the grid sorts, filters, and says within what", async ({ page }) => {
  await signInHydrated(page, sqlPath("SELECT * FROM VALUES (2, 'b'), (10, 'a'), (NULL, 'B'), (-3, 'c') AS t(n, s)"));
  await run(page).click();
  await expect(cells(page).first()).toHaveText("2");
  await page.getByRole("button", { name: "Column n: sort, hide, pin" }).click();
  await page.getByRole("button", { name: "Sort ascending" }).click();
  await expect(grid(page).locator('.td[data-column="0"]')).toHaveText(["-3", "2", "10", "NULL"]);
  await page.getByRole("searchbox", { name: "Filter loaded rows" }).fill("b");
  await expect(grid(page).locator('.td[data-column="0"]')).toHaveText(["2", "NULL"]);
  await expect(page.getByText("2 rows, sorted within all rows")).toBeVisible();
  await page.getByRole("button", { name: "Do it in SQL" }).click();
  await expect(editor(page)).toContainText("ORDER BY `n` NULLS LAST");
});

test("what stands in no other statement is not offered in SQL", async ({ page }) => {
  await signInHydrated(page, sqlPath("SHOW TABLES IN samples.nyctaxi"));
  await run(page).click();
  await page.getByRole("searchbox", { name: "Filter loaded rows" }).fill("trips");
  await expect(page.getByText("within all rows")).toBeVisible();
  await expect(page.getByRole("button", { name: "Do it in SQL" })).toBeHidden();
});

test("a chart is chosen from the types, changed, and saved", async ({ page }) => {
  await signInHydrated(page, sqlPath("SELECT * FROM VALUES (DATE'2016-01-01', 3, 'a'), (DATE'2016-01-02', 5, 'b'), (DATE'2016-01-03', NULL, 'c') AS t(day, trips, kind)"));
  await run(page).click();
  await page.getByRole("button", { name: "Chart" }).click();
  await expect(page.getByRole("img", { name: "line chart of trips by day: 3 points, least 3 at 2016-01-01, most 5 at 2016-01-02" })).toBeVisible();
  await page.getByLabel("Kind", { exact: true }).selectOption("pie");
  await page.getByLabel("Across").selectOption("kind");
  await expect(page.getByRole("img", { name: "pie chart of trips by kind" })).toContainText("a: 3 (37.5 %)");
  for (const [button, name] of [["Save SVG", "query.svg"], ["Save PNG", "query.png"]] as const) {
    const downloading = page.waitForEvent("download");
    await page.getByRole("button", { name: button }).click();
    const download = await downloading;
    expect(download.suggestedFilename()).toBe(name);
    const bytes = await readFile(await download.path());
    expect(name.endsWith("png") ? bytes.subarray(1, 4).toString() : bytes.toString().slice(0, 4)).toBe(name.endsWith("png") ? "PNG" : "<svg");
  }
});

test("sort and chart are in the link, and come back with it", async ({ page }) => {
  await signInHydrated(page, sqlPath("SELECT * FROM VALUES ('a', 2), ('b', 10), ('c', 3) AS t(kind, trips)"));
  await run(page).click();
  const numbers = grid(page).locator('.td[data-column="1"]');
  await expect(numbers).toHaveText(["2", "10", "3"]);
  await page.getByRole("button", { name: "Column trips: sort, hide, pin" }).click();
  await page.getByRole("button", { name: "Sort descending" }).click();
  await expect(numbers).toHaveText(["10", "3", "2"]);
  await page.getByRole("button", { name: "Chart" }).click();
  await page.getByLabel("Kind", { exact: true }).selectOption("pie");
  await expect(page).toHaveURL((url) => `${url.searchParams}`.includes("sort=trips&order=desc&chart=pie&x=kind&y=trips"));
  await page.reload();
  await expect(numbers).toHaveText(["10", "3", "2"]);
  await expect(page.getByRole("img", { name: "pie chart of trips by kind" })).toBeVisible();
});

test("sort and chart stay when the text is edited and run again", async ({ page }) => {
  await signInHydrated(page, sqlPath("SELECT * FROM VALUES ('a', 2), ('b', 10) AS t(kind, trips)"));
  await run(page).click();
  const numbers = grid(page).locator('.td[data-column="1"]');
  await expect(numbers).toHaveText(["2", "10"]);
  await page.getByRole("button", { name: "Column trips: sort, hide, pin" }).click();
  await page.getByRole("button", { name: "Sort descending" }).click();
  await expect(numbers).toHaveText(["10", "2"]);
  await write(page, "SELECT * FROM VALUES ('a', 2), ('b', 10), ('c', 3) AS t(kind, trips)");
  await run(page).click();
  await expect(numbers).toHaveText(["10", "3", "2"]);
  await write(page, "SELECT 1 AS other");
  await run(page).click();
  await expect(cells(page)).toHaveText(["1"]);
});

test("assistive technology is told how far a statement is by one element that is always there", async ({ page }) => {
  await signInHydrated(page, sqlPath("SELECT * FROM range(2)"));
  const status = page.locator(".outcome > [role=status]");
  await expect(status).toHaveText("");
  await status.evaluate((element) => element.setAttribute("data-marked", ""));
  await run(page).click();
  await expect(page.locator("[data-marked]")).toHaveText("The statement is done: 2 rows");
  await write(page, "SELECT * FROM samples.nyctaxi.no_such_table");
  await run(page).click();
  await expect(page.locator("[data-marked]")).toHaveText("The statement failed");
});

test("the focus goes on to what is written next, and to the tab beside one that is closed", async ({ page }) => {
  await signInHydrated(page, sqlPath("SELECT 'first' AS x"));
  await run(page).click();
  await expect(cells(page)).toHaveText(["first"]);
  await newStatement(page).click();
  await expect(editor(page)).toBeFocused();
  await page.keyboard.insertText("SELECT 'second' AS y");
  const [first, second] = [tabOf(page, "SELECT 'first' AS x"), tabOf(page, "SELECT 'second' AS y")];
  await expect(second).toHaveAttribute("aria-current", "true");
  await first.click();
  await expect(editor(page)).toBeFocused();
  await page.getByText("History", { exact: true }).click();
  await page.locator(".history").getByRole("button", { name: "SELECT 'first' AS x", exact: true }).click();
  await expect(editor(page)).toBeFocused();
  await expect(first).toHaveCount(2);
  await closeOf(page, "SELECT 'second' AS y").click();
  await expect(first.last()).toBeFocused();
  await expect(first.last()).toHaveAttribute("aria-current", "true");
});

test("several statements stay open side by side", async ({ page, workspace }) => {
  await signInHydrated(page, sqlPath("SELECT 'first' AS x"));
  await run(page).click();
  await expect(cells(page)).toHaveText(["first"]);
  const open = page.getByRole("navigation", { name: "Open statements" });
  await open.getByRole("button", { name: "New statement", exact: true }).last().click();
  await expect(page.getByText("Nothing has run yet")).toBeVisible();
  await write(page, "SELECT 'second' AS y");
  await run(page).click();
  await expect(cells(page)).toHaveText(["second"]);
  await open.getByRole("button", { name: "SELECT 'first' AS x", exact: true }).click();
  await expect(cells(page)).toHaveText(["first"]);
  await expect(editor(page)).toContainText("SELECT 'first' AS x");
  expect(await workspace.requests({ method: "POST", path: STATEMENTS }), "looked at, not run again").toHaveLength(2);
  await page.goto("/sql");
  await open.getByRole("button", { name: "SELECT 'second' AS y", exact: true }).click();
  await expect(editor(page)).toContainText("SELECT 'second' AS y");
  await open.getByRole("button", { name: "Close SELECT 'second' AS y" }).click();
  await expect(open.getByRole("listitem")).toHaveCount(1);
  await expect(editor(page)).toContainText("SELECT 'first' AS x");
});

test("a statement is laid out, and what cannot be says why", async ({ page }) => {
  await signInHydrated(page, "/sql");
  await write(page, "select a,count(*) n from t where b=:b group by a");
  await page.getByRole("button", { name: "Format" }).click();
  await expect(editor(page)).toContainText("WHERE");
  await expect(page.locator("#sql-text")).toHaveValue("SELECT\n  a,\n  count(*) n\nFROM\n  t\nWHERE\n  b = :b\nGROUP BY\n  a");
  await write(page, "SELECT 'open");
  await page.keyboard.press("Shift+Alt+F");
  await expect(page.getByText("This cannot be laid out")).toBeVisible();
  await expect(page.locator("#sql-text")).toHaveValue("SELECT 'open");
});

test("the whole result is downloaded as Arrow", async ({ page }) => {
  await signInHydrated(page, sqlPath("SELECT id, CAST(id AS DECIMAL(10,2)) AS d FROM range(20000)"));
  await page.getByLabel("Rows", { exact: true }).selectOption("All rows");
  await run(page).click();
  const downloading = page.waitForEvent("download");
  await downloadAs(page, "Arrow");
  const download = await downloading;
  expect(download.suggestedFilename()).toMatch(/\.arrows$/);
  const bytes = await readFile(await download.path());
  expect(bytes.subarray(0, 4).toString("hex"), "an IPC stream").toBe("ffffffff");
  expect(bytes.subarray(-8).toString("hex"), "with its end").toBe("ffffffff00000000");
  expect(bytes.length).toBeGreaterThan(20_000 * (8 + 16));
});

test("cells are copied as a table", async ({ page, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await signInHydrated(page, sqlPath("SELECT * FROM VALUES (1, 'a\tb'), (2, NULL) AS t(n, s)"));
  await run(page).click();
  await cells(page).first().click();
  await page.keyboard.press("Shift+ControlOrMeta+End");
  await page.keyboard.press("ControlOrMeta+Shift+c");
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe('n\ts\n1\t"a\tb"\n2\t');
});

test("the whole result is downloaded as CSV", async ({ page }) => {
  await signInHydrated(page, sqlPath("SELECT * FROM VALUES (1, 'a,b'), (2, NULL), (3, '') AS t(n, s)"));
  await run(page).click();
  const downloading = page.waitForEvent("download");
  await downloadAs(page, "CSV");
  const download = await downloading;
  expect(download.suggestedFilename()).toMatch(/^query-\d{8}T\d{6}Z\.csv$/);
  expect(await readFile(await download.path(), "utf8")).toBe('n,s\r\n1,"a,b"\r\n2,\r\n3,""\r\n');
});

test("a download is called after the comment that the statement begins with", async ({ page }) => {
  await signInHydrated(page, sqlPath("-- Trips by day\nSELECT 1 AS one"));
  await run(page).click();
  const downloading = page.waitForEvent("download");
  await downloadAs(page, "CSV");
  expect((await downloading).suggestedFilename()).toMatch(/^Trips-by-day-\d{8}T\d{6}Z\.csv$/);
});

test("columns are as wide as their values", async ({ page }) => {
  await signInHydrated(page, sqlPath("SELECT TIMESTAMP '2016-01-10 00:00:00' AS t, 9007199254740993 AS n, 'WWWWWWWWWWWWWWWWWW' AS w"));
  await run(page).click();
  await expect(cells(page)).toHaveCount(3);
  await expect(cells(page).last()).toHaveText("WWWWWWWWWWWWWWWWWW");
  const missing = () => cells(page).evaluateAll((all) => all.map((cell) => cell.scrollWidth - cell.clientWidth));
  await expect.poll(missing).toEqual([0, 0, 0]);
});

test("drafts and history stay with the person, and signing out wipes them", async ({ page }) => {
  await signInHydrated(page, sqlPath("SELECT 'mine' AS x"));
  await run(page).click();
  await expect(cells(page)).toHaveText(["mine"]);
  await page.goto("/sql");
  await page.getByText("History", { exact: true }).click();
  await expect(page.locator(".history").getByRole("button", { name: "SELECT 'mine' AS x" })).toBeVisible();
  // What the page asks for is here: nothing crosses the sign-out.
  await expect(cells(page)).toHaveText(["mine"]);
  await signOutWithTexts(page);
  await expect(page).toHaveURL(/signed-out/);
  expect(await page.evaluate(() => Object.keys(localStorage))).toEqual([]);
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("a statement runs and its result is paged", async ({ page }) => {
    await signIn(page, sqlPath(NUMBERS));
    await run(page).click();
    await expect(page.locator("caption")).toHaveText("Rows 1 to 100 of 10,000");
    await page.getByRole("link", { name: "Next rows" }).click();
    await expect(page.locator("caption")).toHaveText("Rows 101 to 200 of 10,000");
    await expect(page.locator("tbody tr")).toHaveCount(100);
    await expect(page.locator("textarea")).toHaveValue(NUMBERS);
  });

  test("a text too long for an address is kept on the page", async ({ page }) => {
    const sql = `SELECT 'long' AS x -- ${"ä".repeat(3000)}`;
    await signIn(page, "/sql");
    await page.locator("textarea").fill(sql);
    await run(page).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("The statement runs");
    await expect(page.locator("textarea")).toHaveValue(sql);
    await page.getByRole("link", { name: "See the result" }).click();
    await expect(page.locator("tbody tr")).toHaveText(["long"]);
  });
});
