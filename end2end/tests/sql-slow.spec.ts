import { hold } from "../support/hold";
import { STATEMENTS, type LocalWorkspace } from "../support/local-workspace";
import { signInHydrated } from "../support/people";
import { cells, closeOf, editor, newStatement, run, sqlPath, tabOf } from "../support/sql-page";
import { openTab } from "../support/tabs";
import { expect, test } from "../support/test";

test.use({ serverOptions: { warehouseStart: "10m" } });

const cancels = async (workspace: LocalWorkspace) => (await workspace.requests({ method: "POST" })).filter((request) => request.path.endsWith("/cancel"));

test("cancelling waits for the warehouse's word", async ({ page, workspace }) => {
  await workspace.setWarehouse("STOPPED");
  await signInHydrated(page, sqlPath("SELECT 1 AS one"));
  await run(page).click();
  await expect(page.getByText("Warehouse starting")).toBeVisible();
  await page.getByRole("button", { name: "Cancel" }).click();
  await expect(page.getByText("The warehouse has confirmed")).toBeVisible();
  expect(await cancels(workspace)).toHaveLength(1);
  await expect(editor(page)).toContainText("SELECT 1 AS one");
});

test("a page that is loaded again takes up its statement", async ({ page, workspace }) => {
  await workspace.setWarehouse("STOPPED");
  await signInHydrated(page, sqlPath("SELECT 7 AS seven"));
  await run(page).click();
  await expect(page).toHaveURL(/statement=/);
  await page.reload();
  await expect(page.getByText("Warehouse starting")).toBeVisible();
  await workspace.setWarehouse("RUNNING");
  await expect(cells(page)).toHaveText(["7"]);
});

test("the page says in both places that the warehouse starts", async ({ page, workspace }) => {
  await workspace.setWarehouse("STOPPED");
  const listed = page.waitForResponse("**/api/warehouses");
  await signInHydrated(page, sqlPath("SELECT 1 AS one"));
  const state = page.locator(".warehouse .state");
  await expect(state).toHaveText("stopped");
  // The list that is asked for at the moment of submitting may still be the one from before.
  const before = await (await listed).text();
  await page.route("**/api/warehouses", (route) => route.fulfill({ contentType: "application/json", body: before }));
  await run(page).click();
  await expect(page.getByText("Warehouse starting")).toBeVisible();
  await expect(state).toHaveText("starting");
  await expect(page.getByRole("button", { name: "Start", exact: true })).toHaveCount(0);
  await page.unroute("**/api/warehouses");
  await workspace.setWarehouse("RUNNING");
  await expect(cells(page)).toHaveText(["1"]);
  await expect(state).toHaveText("running");
});

test("on a phone, how far a statement is comes into view, and so does its result", async ({ page, workspace }) => {
  await page.setViewportSize({ width: 360, height: 600 });
  await workspace.setWarehouse("STOPPED");
  await signInHydrated(page, sqlPath(`SELECT 1 AS one${"\n".repeat(12)}`));
  await run(page).click();
  await expect(page.getByText("Warehouse starting")).toBeInViewport({ ratio: 1 });
  await workspace.setWarehouse("RUNNING");
  await expect(cells(page)).toHaveText(["1"]);
  await expect(page.locator(".result-count")).toBeInViewport({ ratio: 1 });
});

test("a statement that the page has just come back to can be cancelled", async ({ page, workspace }) => {
  await workspace.setWarehouse("STOPPED");
  await signInHydrated(page, sqlPath("SELECT 1 AS one"));
  await run(page).click();
  await expect(page.getByText("Warehouse starting")).toBeVisible();
  await newStatement(page).click();
  await expect(page.getByText("Nothing has run yet")).toBeVisible();
  const { release } = await hold(page, "/api/statements/state", "request");
  await tabOf(page, "SELECT 1 AS one").click();
  await page.getByRole("button", { name: "Cancel" }).click();
  await expect(page.getByText("The warehouse has confirmed")).toBeVisible();
  release();
  expect(await cancels(workspace)).toHaveLength(1);
});

test("closing a tab cancels what runs in it, and the history says so", async ({ page, workspace }) => {
  await workspace.setWarehouse("STOPPED");
  await signInHydrated(page, sqlPath("SELECT 1 AS one"));
  await run(page).click();
  await expect(page.getByText("Warehouse starting")).toBeVisible();
  await newStatement(page).click();
  await closeOf(page, "SELECT 1 AS one").click();
  await expect.poll(async () => (await cancels(workspace)).length).toBe(1);
  await page.getByText("History", { exact: true }).click();
  await expect(page.locator(".history li").filter({ hasText: "SELECT 1 AS one" })).toContainText("cancelled");
});

test("closing a tab cancels what was on its way from it", async ({ page, workspace }) => {
  await workspace.setWarehouse("STOPPED");
  await signInHydrated(page, sqlPath("SELECT 1 AS one"));
  const { release } = await hold(page, "/api/statements/run", "request");
  await run(page).click();
  await expect(page.getByRole("button", { name: "Cancel" })).toBeVisible();
  await closeOf(page, "SELECT 1 AS one").click();
  await expect(page.getByText("Nothing has run yet")).toBeVisible();
  release();
  await expect.poll(async () => (await cancels(workspace)).length).toBe(1);
});

test("a page whose statement was cancelled elsewhere says that it did not ask, and offers to run it again", async ({ page, context, workspace }) => {
  await workspace.setWarehouse("STOPPED");
  await signInHydrated(page, sqlPath("SELECT 7 AS seven"));
  await run(page).click();
  await expect(page).toHaveURL(/statement=/);
  const { pathname, search } = new URL(page.url());
  const other = await openTab(context, pathname + search);
  await other.getByRole("button", { name: "Cancel" }).click();
  await expect(other.getByText("The warehouse has confirmed")).toBeVisible();
  await expect(page.getByText("This page did not ask for it")).toBeVisible();
  await workspace.setWarehouse("RUNNING");
  await page.getByRole("button", { name: "Run again" }).click();
  await expect(cells(page)).toHaveText(["7"]);
  expect(await workspace.requests({ method: "POST", path: STATEMENTS })).toHaveLength(2);
});
