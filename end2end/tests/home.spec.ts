import { ALL_DAYS, HomePage } from "../support/home-page";
import { STATEMENTS } from "../support/local-workspace";
import { hydrated, signIn, signInHydrated } from "../support/people";
import { expectSamePage, markPage } from "../support/tabs";
import { expect, test } from "../support/test";

test("another period, chosen in the living page", async ({ page, servers }) => {
  await signInHydrated(page);
  const home = new HomePage(page);
  await home.expectDays(ALL_DAYS);
  await markPage(page);
  await home.choosePeriod("2016-02-01", "2016-02-07");
  await expect(page).toHaveURL(`${servers.url}/?from=2016-02-01&to=2016-02-07`);
  await home.expectDays(7);
  await expectSamePage(page);
  await expect(home.show, "the keyboard stays where it was").toBeFocused();
  await page.goBack();
  await expect(page).toHaveURL(`${servers.url}/`);
  await home.expectDays(ALL_DAYS);
  await expect(home.from).toHaveValue("2016-01-01");
});

test("the query behind the page opens in SQL with its values, and runs there", async ({ page }) => {
  await signInHydrated(page, "/?from=2016-02-01&to=2016-02-03");
  await page.getByRole("link", { name: "Open in SQL" }).click();
  await expect(page).toHaveURL(/\/sql\?query=trips_per_day&p\.from_day=2016-02-01&p\.to_day=2016-02-03$/);
  await expect(page.getByText("Nothing has run yet")).toBeVisible();
  await expect(page.getByLabel("Value").first()).toHaveValue("2016-02-01");
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await expect(page.locator(".result-count")).toHaveText("3 rows");
});

test("a failed statement has its own face, and trying again helps", async ({ page, watch, workspace }) => {
  watch.allowStatus(500, 502);
  await workspace.fault({ path: STATEMENTS, status: 500, body: { error_code: "INTERNAL_ERROR", message: "secret detail 4711" } });
  await signIn(page, "/?from=2016-02-01&to=2016-02-07");
  const home = new HomePage(page);
  await expect(home.heading).toBeVisible();
  await expect(home.error).toBeVisible();
  await expect(page.getByRole("banner")).toContainText("Ada Lovelace");
  expect(await page.content(), "an internal text never reaches the browser").not.toContain("4711");
  await hydrated(page);
  await expect(home.error).toBeVisible();

  await workspace.clearFaults();
  await page.getByRole("link", { name: "Try again" }).click();
  await home.expectDays(7);
});

test("a period without trips says so", async ({ page }) => {
  await signInHydrated(page, "/?from=2020-01-01&to=2020-01-31");
  const home = new HomePage(page);
  await expect(page.getByText("No trips in this period")).toBeVisible();
  await expect(home.rows).toHaveCount(0);
  await expect(home.error).toHaveCount(0);
});

for (const [what, query] of [
  ["no date", "from=yesterday&to=2016-02-07"],
  ["a date that does not exist", "from=2016-02-30&to=2016-03-01"],
  ["an end before the start", "from=2016-02-07&to=2016-02-01"],
  ["half of a period", "from=2016-02-22"],
  ["markup", `from=${encodeURIComponent('"><script>alert(1)</script>')}`],
] as const) {
  test(`an address with ${what} is answered with a page that can be mended`, async ({ page, servers, watch }) => {
    watch.allowStatus(400);
    await signIn(page);
    const answer = await page.goto(`/?${query}`);
    expect(answer?.status()).toBeLessThan(500);
    await hydrated(page);
    const home = new HomePage(page);
    await home.choosePeriod("2016-02-01", "2016-02-07");
    await expect(page).toHaveURL(`${servers.url}/?from=2016-02-01&to=2016-02-07`);
    await home.expectDays(7);
  });
}

test("an address that leads nowhere", async ({ page, watch }) => {
  watch.allowStatus(404);
  await signIn(page);
  const answer = await page.goto("/no/such/page");
  expect(answer?.status()).toBe(404);
  await hydrated(page);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Page not found");
});

test("the keyboard reaches everything, and focus is seen", async ({ page }) => {
  await signInHydrated(page);
  const reached: string[] = [];
  for (let step = 0; step < 20; step++) {
    await page.keyboard.press("Tab");
    const focused = await page.evaluate(() => {
      const element = document.activeElement as HTMLElement | null;
      const style = element && getComputedStyle(element);
      const seen = !!style && (style.outlineStyle !== "none" || style.boxShadow !== "none");
      return { name: element?.textContent?.trim() || element?.getAttribute("name") || "", seen, tag: element?.tagName ?? "" };
    });
    if (focused.tag === "BODY") break;
    expect.soft(focused.seen, `focus is seen on ${focused.tag} ${focused.name.slice(0, 40)}`).toBe(true);
    reached.push(focused.name);
  }
  for (const name of ["Trips", "Catalog", "SQL", "Your session", "Sign out", "from", "to", "Show"]) expect(reached).toContain(name);
});
