import { STATEMENTS } from "../support/local-workspace";
import { signInHydrated } from "../support/people";
import { cells, editor, grid, run, sqlPath } from "../support/sql-page";
import { expect, test } from "../support/test";

test.use({ serverOptions: { warehouseStart: "10m" } });

test("a throttled statement is sent again, and run once", async ({ page, workspace }) => {
  await workspace.fault({ method: "POST", path: STATEMENTS, status: 429, headers: { "retry-after": "1" }, body: { error_code: "REQUEST_LIMIT_EXCEEDED", message: "slow down" }, times: 2 });
  await signInHydrated(page, sqlPath("SELECT 'once' AS x"));
  await run(page).click();
  await expect(cells(page)).toHaveText(["once"]);
  const sent = await workspace.requests({ method: "POST", path: STATEMENTS });
  expect(sent.map((request) => request.status)).toEqual([429, 429, 200]);
});

test("rows that break off say so, and come when asked again", async ({ page, watch, workspace }) => {
  await signInHydrated(page, sqlPath("SELECT id, repeat('x', 200) AS filler FROM range(9000)"));
  watch.allowBrokenConnection();
  watch.allowStatus(502);
  await workspace.fault({ method: "GET", path: `${STATEMENTS}/*/result/chunks/0`, cut: true });
  await run(page).click();
  const problem = page.getByRole("alert").filter({ has: page.getByRole("button", { name: "Try again" }) });
  await expect(problem).toBeVisible({ timeout: 30_000 });
  // It waits for the person, instead of asking again and again.
  const asked = async () => (await workspace.requests({ method: "GET" })).filter((request) => request.path.includes("/result/chunks/")).length;
  const before = await asked();
  await page.waitForTimeout(500);
  expect(await asked()).toBe(before);
  await workspace.clearFaults();
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(grid(page).locator('[aria-rowindex="2"] .td').first()).toHaveText("0");
  await expect(problem).toBeHidden();
});

test("a token that ends while a statement runs is renewed unseen", async ({ page, workspace }) => {
  await workspace.setWarehouse("STOPPED");
  await signInHydrated(page, sqlPath("SELECT 'still here' AS x"));
  await run(page).click();
  await expect(page.getByText("Warehouse starting")).toBeVisible();
  await workspace.expireAllTokens({ refresh: false });
  await workspace.setWarehouse("RUNNING");
  await expect(cells(page)).toHaveText(["still here"]);
  expect(await workspace.refreshes()).toHaveLength(1);
  const sent = await workspace.requests({ method: "POST", path: STATEMENTS });
  expect(sent.filter((request) => request.status === 200), "run once").toHaveLength(1);
});

test("a workspace that fails keeps the text and offers to try again", async ({ page, watch, workspace }) => {
  watch.allowStatus(502);
  await signInHydrated(page, sqlPath("SELECT 'kept' AS x"));
  await workspace.fault({ method: "POST", path: STATEMENTS, status: 500, body: "oops" });
  await run(page).click();
  await expect(page.getByRole("alert").getByRole("link", { name: "Try again" })).toBeVisible();
  await expect(editor(page)).toContainText("SELECT 'kept' AS x");
  await workspace.clearFaults();
  await run(page).click();
  await expect(cells(page)).toHaveText(["kept"]);
});

test("a write whose answer is lost is not sent again without a look", async ({ page, watch, workspace }) => {
  watch.allowStatus(502);
  await workspace.fault({ method: "POST", path: STATEMENTS, after: true, cut: true, times: 1 });
  await signInHydrated(page, sqlPath("CREATE TABLE scratch.default.lost_answer AS SELECT 1 AS one"));
  await run(page).click();
  const told = page.getByRole("alert").filter({ hasText: "It is not known whether it ran" });
  await expect(told).toContainText("Look into the query history of the workspace");
  await expect(told.getByRole("link", { name: "Run it again all the same" })).toBeVisible();
  await expect(page.getByRole("link", { name: "Try again" })).toHaveCount(0);
  await page.getByText("History", { exact: true }).click();
  await expect(page.locator(".history li")).toContainText("not known whether it ran");
  expect(await workspace.requests({ method: "POST", path: STATEMENTS })).toHaveLength(1);
});

test("a statement is cancelled when its tab closes", async ({ page, workspace }) => {
  test.setTimeout(280_000);
  await workspace.setWarehouse("STOPPED");
  await signInHydrated(page, sqlPath("SELECT 1 AS one"));
  await run(page).click();
  await expect(page).toHaveURL(/statement=/);
  await page.close({ runBeforeUnload: false });
  const cancelled = async () => (await workspace.requests({ method: "POST" })).filter((request) => request.path.endsWith("/cancel")).length;
  // A browser that is closed before it can tell leaves it to the three minutes of silence.
  await expect.poll(cancelled, { timeout: 230_000 }).toBe(1);
});

test("a grant that is taken away says what to ask for", async ({ browser, page, servers }) => {
  const sql = sqlPath("SELECT count(*) AS trips FROM samples.nyctaxi.trips");
  const change = async (statement: string) => {
    const context = await browser.newContext({ baseURL: servers.url });
    const admin = await context.newPage();
    await signInHydrated(admin, sqlPath(statement));
    await run(admin).click();
    await expect(admin.getByText("Done", { exact: true })).toBeVisible();
    await context.close();
  };
  await signInHydrated(page, sql, "carol");
  await run(page).click();
  await expect(cells(page)).toHaveText(["21932"]);
  await change("REVOKE SELECT ON SCHEMA samples.nyctaxi FROM `users`");
  try {
    await run(page).click();
    await expect(page.getByRole("alert")).toContainText("GRANT SELECT");
  } finally {
    await change("GRANT SELECT ON SCHEMA samples.nyctaxi TO `users`");
  }
});
