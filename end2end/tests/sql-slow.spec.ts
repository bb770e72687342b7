import { signInHydrated } from "../support/people";
import { cells, editor, run, sqlPath } from "../support/sql-page";
import { expect, test } from "../support/test";

test.use({ serverOptions: { warehouseStart: "10m" } });

test("cancelling waits for the warehouse's word", async ({ page, workspace }) => {
  await workspace.setWarehouse("STOPPED");
  await signInHydrated(page, sqlPath("SELECT 1 AS one"));
  await run(page).click();
  await expect(page.getByText("Warehouse starting")).toBeVisible();
  await page.getByRole("button", { name: "Cancel" }).click();
  await expect(page.getByText("The warehouse has confirmed")).toBeVisible();
  const cancelled = (await workspace.requests({ method: "POST" })).filter((request) => request.path.endsWith("/cancel"));
  expect(cancelled).toHaveLength(1);
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
