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
