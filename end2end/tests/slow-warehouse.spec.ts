import { ALL_DAYS, HomePage } from "../support/home-page";
import { STATEMENTS } from "../support/local-workspace";
import { signIn } from "../support/people";
import { expect, test } from "../support/test";

// It runs when the test says so, however slow the machine is.
test.use({ serverOptions: { warehouseStart: "10m" } });

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? "with JavaScript" : "without JavaScript", () => {
    test.use({ javaScriptEnabled });

    test("a warehouse that starts shows progress, then the data", async ({ page, workspace }) => {
      await workspace.setWarehouse("STOPPED");
      await signIn(page);
      const home = new HomePage(page);
      await expect(home.heading).toBeVisible();
      await expect(home.progress).toContainText("Warehouse starting");
      await expect(home.rows).toHaveCount(0);
      await workspace.setWarehouse("RUNNING");
      await home.expectDays(ALL_DAYS);
      await expect(home.progress).toHaveCount(0);

      const sent = await workspace.requests({ method: "POST", path: STATEMENTS });
      expect(sent, "the statement is sent once and then asked after").toHaveLength(1);
    });
  });
}

test("another period while the first one waits: the page shows the later one", async ({ page, workspace }) => {
  await workspace.setWarehouse("STOPPED");
  await signIn(page);
  const home = new HomePage(page);
  await expect(home.progress).toContainText("Warehouse starting");
  await page.locator('html[data-hydrated="true"]').waitFor({ state: "attached" });
  await home.choosePeriod("2016-02-01", "2016-02-07");
  await workspace.setWarehouse("RUNNING");
  await home.expectDays(7);
  await expect(home.progress).toHaveCount(0);
});
