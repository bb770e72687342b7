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
  await page.getByRole("searchbox", { name: "Filter tables" }).fill("line");
  await expect(page.getByRole("rowheader")).toHaveText(["lineitem"]);
  await page.context().clearCookies();
  await signIn(page, "/catalog/samples", "carol");
  await expect(page.getByRole("link", { name: "nyctaxi" })).toBeVisible();
});

test("a table is found by its name, in whatever schema it is", async ({ page, servers }) => {
  await signInHydrated(page, "/catalog");
  await page.getByRole("searchbox", { name: "Find a table in any catalog" }).fill("ITEM");
  await page.getByRole("button", { name: "Find" }).click();
  const found = page.getByRole("region", { name: "Found tables" });
  await expect(found.getByRole("rowheader")).toHaveText(["samples.tpch.lineitem"]);
  await found.getByRole("link", { name: "samples.tpch.lineitem" }).click();
  await expect(page).toHaveURL(`${servers.url}/catalog/samples/tpch/lineitem`);
  await page.goto("/catalog/samples?table=no+such+thing");
  await expect(page.getByText("No table with “no such thing” in its name")).toBeVisible();
});

test("beside the editor a table is found that nobody has opened, and the tree stays as it was", async ({ page }) => {
  await signInHydrated(page, sqlPath("SELECT * FROM "));
  const tree = page.locator(".catalog-tree");
  const summary = tree.getByText("Catalog", { exact: true });
  await summary.click();
  for (const name of ["samples", "nyctaxi"]) await tree.getByRole("button", { name, exact: true }).click();
  const trips = tree.getByRole("button", { name: "trips", exact: true });
  await expect(trips).toBeVisible();
  let asked = 0;
  page.on("request", (request) => (asked += request.url().endsWith("/api/catalog/folder") ? 1 : 0));
  await summary.click();
  await expect(trips).toBeHidden();
  await summary.click();
  await expect(trips).toBeVisible();
  await tree.getByRole("button", { name: "samples", exact: true }).click();
  await expect(trips).toBeHidden();
  await tree.getByRole("button", { name: "samples", exact: true }).click();
  await expect(trips).toBeVisible();
  expect(asked, "what was opened once is not asked for again").toBe(0);

  await tree.getByRole("searchbox").fill("lineit");
  await tree.getByRole("button", { name: "Find “lineit” in all schemas" }).click();
  await tree.getByRole("button", { name: "Insert samples.tpch.lineitem" }).click();
  await expect(page.locator("#sql-text")).toHaveValue(/samples\.tpch\.lineitem/);
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
    await page.getByRole("searchbox", { name: "Filter tables" }).fill("nation");
    await page.getByRole("button", { name: "Filter" }).click();
    await expect(page.getByRole("rowheader")).toHaveText(["nation"]);
    await page.getByRole("link", { name: "nation" }).click();
    await expect(page.getByRole("rowheader").first()).toHaveText("n_nationkey");
  });

  test("a table is found by its name", async ({ page }) => {
    await signIn(page, "/catalog/samples");
    await page.getByRole("searchbox", { name: "Find a table in samples" }).fill("lineitem");
    await page.getByRole("button", { name: "Find" }).click();
    await page.getByRole("link", { name: "samples.tpch.lineitem" }).click();
    await expect(page.getByRole("rowheader").first()).toHaveText("l_orderkey");
  });
});
