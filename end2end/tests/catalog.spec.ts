import AxeBuilder from "@axe-core/playwright";
import { signIn, signInHydrated } from "../support/people";
import { cells, editor, run, sqlPath, write } from "../support/sql-page";
import { expect, test } from "../support/test";

test("from the catalog to the rows of a table", async ({ page, servers }) => {
  await signInHydrated(page, "/catalog");
  await page.getByRole("link", { name: "samples" }).click();
  await page.getByRole("link", { name: "nyctaxi" }).click();
  await page.getByRole("link", { name: "trips", exact: true }).click();
  await expect(page).toHaveURL(`${servers.url}/catalog/samples/nyctaxi/trips`);
  await expect(page.getByRole("rowheader", { name: "fare_amount" })).toBeVisible();
  const found = await new AxeBuilder({ page }).withTags(["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]).analyze();
  expect(found.violations.map((violation) => violation.id)).toEqual([]);
  await page.getByRole("link", { name: "Query this" }).click();
  await expect(editor(page)).toContainText("SELECT * FROM samples.nyctaxi.trips LIMIT 100");
  await run(page).click();
  await expect(cells(page).first()).toBeVisible();
  await expect(page.getByText("100 rows", { exact: true })).toBeVisible();
});

test("some rows of a table are shown where it is described", async ({ page, workspace }) => {
  await signInHydrated(page, "/catalog/samples/nyctaxi/trips");
  expect(await workspace.requests({ method: "POST", path: "/api/2.0/sql/statements" }), "nothing runs by itself").toHaveLength(0);
  await page.getByRole("button", { name: "Show some rows" }).click();
  const sample = page.getByRole("region", { name: "Rows", exact: true });
  await expect(sample.locator("tbody tr")).toHaveCount(10);
  await expect(sample.getByRole("columnheader").first()).toHaveText("tpep_pickup_datetime");
});

test("lists hold what was granted, and can be filtered", async ({ page }) => {
  await signInHydrated(page, "/catalog/samples/tpch");
  await page.getByRole("searchbox").fill("line");
  await expect(page.getByRole("rowheader")).toHaveText(["lineitem"]);
  await page.context().clearCookies();
  await signIn(page, "/catalog/samples", "carol");
  await expect(page.getByRole("link", { name: "nyctaxi" })).toBeVisible();
});

test("a table that is not there", async ({ page, watch }) => {
  watch.allowStatus(404, 422);
  await signInHydrated(page, "/catalog/samples/nyctaxi/nothing");
  await expect(page.getByRole("alert")).toBeVisible();
});

test("the editor completes names", async ({ page }) => {
  await signInHydrated(page, sqlPath(""));
  await write(page, "SELECT * FROM samples.nyctaxi");
  await page.keyboard.type(".tr");
  await page.getByRole("option", { name: "trips" }).click();
  await expect(editor(page)).toContainText("samples.nyctaxi.trips");
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("the catalog is browsed and filtered", async ({ page }) => {
    await signIn(page, "/catalog/samples/tpch");
    await page.getByRole("searchbox").fill("nation");
    await page.getByRole("button", { name: "Filter" }).click();
    await expect(page.getByRole("rowheader")).toHaveText(["nation"]);
    await page.getByRole("link", { name: "nation" }).click();
    await expect(page.getByRole("rowheader").first()).toHaveText("n_nationkey");
  });
});
