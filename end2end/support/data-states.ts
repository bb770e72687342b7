import { expect, type Page } from "@playwright/test";
import { signInHydrated } from "./people";
import { cells, grid, run, sqlPath } from "./sql-page";
import type { State } from "./states";

const FARES = `SELECT date_trunc('DAY', tpep_pickup_datetime) AS day, count(*) AS trips, round(avg(fare_amount), 2) AS average_fare
FROM samples.nyctaxi.trips
WHERE tpep_pickup_datetime >= :from_day
GROUP BY 1
ORDER BY 1`;

/** Runs a statement and waits for its first cell. */
async function ran(page: Page, sql: string, parameters = ""): Promise<void> {
  await signInHydrated(page, sqlPath(sql) + parameters);
  await run(page).click();
  await expect(cells(page).first()).toBeVisible();
}

/** What a person can come to see on the SQL and the catalog pages. */
export const DATA_STATES: State[] = [
  {
    name: "sql-empty",
    open: async (page) => {
      await signInHydrated(page, "/sql");
      await expect(page.getByText("Nothing has run yet")).toBeVisible();
    },
  },
  {
    name: "sql-result",
    open: (page) => ran(page, FARES, "&p.from_day=2016-01-10&t.from_day=DATE"),
  },
  {
    name: "sql-chart",
    open: async (page) => {
      await ran(page, FARES, "&p.from_day=2016-01-10&t.from_day=DATE");
      await page.getByRole("button", { name: "Chart" }).click();
      await expect(page.getByRole("img", { name: /line chart of trips by day/ })).toBeVisible();
    },
  },
  {
    name: "sql-cut",
    open: async (page) => {
      await ran(page, "SELECT * FROM samples.tpch.lineitem");
      await grid(page).focus();
      await page.keyboard.press("Shift+ArrowDown");
      await expect(page.getByText("These are only the first 10,000 rows.")).toBeVisible();
      await expect(grid(page).locator('[aria-rowindex="2"] .td').first()).not.toHaveText("…");
    },
  },
  {
    name: "sql-catalog",
    open: async (page) => {
      await signInHydrated(page, sqlPath("SELECT * FROM "));
      const tree = page.locator(".catalog-tree");
      await tree.getByText("Catalog", { exact: true }).click();
      for (const name of ["samples", "nyctaxi", "trips"]) await tree.getByRole("button", { name, exact: true }).click();
      await expect(tree.getByText("pickup_zip")).toBeVisible();
    },
  },
  {
    name: "sql-history",
    open: async (page) => {
      await ran(page, "SELECT count(*) AS trips FROM samples.nyctaxi.trips");
      await page.getByRole("button", { name: "New statement", exact: true }).last().click();
      await page.getByText("History", { exact: true }).click();
      await expect(page.locator(".history li")).toContainText("1 row");
    },
  },
  {
    name: "sql-value",
    open: async (page) => {
      await ran(page, "SELECT named_struct('name', 'Ada', 'born', 1815, 'tags', array('mathematics', 'engines')) AS person");
      await cells(page).first().dblclick();
      await expect(page.getByText('["mathematics", "engines"] (2)')).toBeVisible();
    },
  },
  {
    name: "sql-no-rows",
    open: async (page) => {
      await signInHydrated(page, sqlPath("SELECT * FROM samples.nyctaxi.trips WHERE fare_amount < -1000"));
      await run(page).click();
      await expect(page.getByText("The statement ran and found nothing")).toBeVisible();
    },
  },
  {
    name: "sql-error",
    open: async (page) => {
      await signInHydrated(page, sqlPath("SELECT trips,\n  average_fare\nFROM samples.nyctaxi.no_such_table"));
      await run(page).click();
      await expect(page.getByRole("alert")).toContainText("no_such_table");
    },
  },
  {
    name: "sql-progress",
    open: async (page, workspace) => {
      await workspace.setWarehouse("STOPPED");
      await signInHydrated(page, sqlPath("SELECT 1 AS one"));
      await run(page).click();
      await expect(page.getByText("Warehouse starting")).toBeVisible();
    },
  },
  {
    name: "catalog",
    open: async (page) => {
      await signInHydrated(page, "/catalog/samples/tpch", "bob");
      await expect(page.getByRole("link", { name: "lineitem" })).toBeVisible();
    },
  },
  {
    name: "catalog-table",
    open: async (page) => {
      await signInHydrated(page, "/catalog/samples/nyctaxi/trips");
      await page.getByRole("button", { name: "Show some rows" }).click();
      await expect(page.getByRole("region", { name: "Rows", exact: true })).toBeVisible();
    },
  },
  {
    name: "catalog-not-granted",
    open: async (page) => {
      await signInHydrated(page, "/catalog/samples/tpch/customer", "carol");
      await expect(page.getByText("You can see that this table exists")).toBeVisible();
    },
  },
];
