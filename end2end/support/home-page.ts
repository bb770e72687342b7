import { expect, type Locator, type Page } from "@playwright/test";

/** The days of the sample table: 1 January to 29 February 2016. */
export const ALL_DAYS = 60;

/** The home page as a person sees it. */
export class HomePage {
  readonly heading: Locator;
  readonly chart: Locator;
  readonly rows: Locator;
  readonly from: Locator;
  readonly to: Locator;
  readonly show: Locator;
  readonly progress: Locator;
  readonly error: Locator;
  readonly signOut: Locator;

  constructor(readonly page: Page) {
    this.heading = page.getByRole("heading", { level: 1, name: "Taxi trips per day" });
    this.chart = page.getByRole("main").locator('svg[role="img"]');
    this.rows = page.getByRole("table").locator("tbody tr");
    this.from = page.getByLabel("From");
    this.to = page.getByLabel("To", { exact: true });
    this.show = page.getByRole("button", { name: "Show" });
    this.progress = page.getByRole("main").getByRole("status");
    this.error = page.getByRole("main").getByRole("alert");
    this.signOut = page.getByRole("button", { name: "Sign out" });
  }

  /** Chart and table with so many days. */
  async expectDays(days: number): Promise<void> {
    await expect(this.heading).toBeVisible();
    await expect(this.rows).toHaveCount(days);
    await expect(this.chart).toBeVisible();
  }

  async choosePeriod(from: string, to: string): Promise<void> {
    await this.from.fill(from);
    await this.to.fill(to);
    await this.show.click();
  }
}
