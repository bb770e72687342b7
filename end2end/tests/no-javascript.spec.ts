import { ALL_DAYS, HomePage } from "../support/home-page";
import { expectAuthorizationServer, signIn } from "../support/people";
import { expect, test } from "../support/test";

test.use({ javaScriptEnabled: false });

test("the page is complete without JavaScript", async ({ page }) => {
  await signIn(page);
  const home = new HomePage(page);
  await home.expectDays(ALL_DAYS);
  await expect(page.getByRole("banner")).toContainText("Ada Lovelace");
  await expect(home.chart.locator("rect")).toHaveCount(ALL_DAYS);
});

test("the form works without JavaScript", async ({ page, servers }) => {
  await signIn(page);
  const home = new HomePage(page);
  // Until the data is there the page asks for itself again, and what was typed would be gone.
  await home.expectDays(ALL_DAYS);
  await home.choosePeriod("2016-02-01", "2016-02-07");
  await expect(page).toHaveURL(`${servers.url}/?from=2016-02-01&to=2016-02-07`);
  await home.expectDays(7);
});

test("links work without JavaScript", async ({ page, servers }) => {
  await signIn(page);
  // Until the data is there the page loads itself again, whatever was clicked.
  await new HomePage(page).expectDays(ALL_DAYS);
  await page.getByRole("link", { name: "Your session" }).click();
  await expect(page).toHaveURL(`${servers.url}/account`);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Your session");
  await expect(page.getByRole("main")).toContainText("ada@example.com");
});

test("names are looked up where a link says, without JavaScript too", async ({ page }) => {
  await signIn(page, "/sql?sql=SELECT+count(*)+AS+nations+FROM+nation&catalog=samples&schema=tpch");
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await expect(page.getByRole("main").getByRole("cell")).toHaveText(["25"]);
});

test("signing out works without JavaScript", async ({ page, context, servers }) => {
  await signIn(page);
  const home = new HomePage(page);
  await home.expectDays(ALL_DAYS);
  await home.signOut.click();
  await expect(page).toHaveURL(`${servers.url}/signed-out`);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("You are signed out");
  expect(await context.cookies(servers.url)).toEqual([]);
  await page.goto("/");
  await expectAuthorizationServer(page);
});
