import AxeBuilder from "@axe-core/playwright";
import { ALL_DAYS, HomePage } from "../support/home-page";
import { expectAuthorizationServer, hydrated, signInHydrated, signOutWithTexts } from "../support/people";
import { launchOptions } from "../support/settings";
import { sqlPath } from "../support/sql-page";
import { expect, test } from "../support/test";

// Playwright switches the back/forward cache off; people's browsers have it, and it is what could show a page again.
test.use({
  serverOptions: { env: { SESSION_VALIDATION_INTERVAL_SECONDS: "1" } },
  launchOptions: { ...launchOptions, ignoreDefaultArgs: ["--disable-back-forward-cache"] },
});

test("signing out ends the session, and the back button shows nothing of it", async ({ page, context, servers }) => {
  await signInHydrated(page);
  const home = new HomePage(page);
  await home.expectDays(ALL_DAYS);
  await home.signOut.click();
  await page.waitForURL(`${servers.url}/signed-out`);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("You are signed out");
  expect(await context.cookies(servers.url)).toEqual([]);

  await page.goBack();
  await expectAuthorizationServer(page);
  await expect(page.getByRole("table")).toHaveCount(0);
  await page.goto("/account");
  await expectAuthorizationServer(page);
});

test("a heartbeat under way does not cross the sign-out", async ({ page, servers }) => {
  await signInHydrated(page);
  await page.route("**/validate-session", async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 400));
    await route.continue();
  });
  await page.waitForRequest("**/validate-session");
  // If it reached the server after the sign-out, the browser would note a 401.
  await new HomePage(page).signOut.click();
  await page.waitForURL(`${servers.url}/signed-out`);
});

test("a stolen copy of the cookie is worth nothing after signing out", async ({ page, context, servers }) => {
  await signInHydrated(page);
  const cookies = await context.cookies(servers.url);
  await new HomePage(page).signOut.click();
  await page.waitForURL(`${servers.url}/signed-out`);
  await context.addCookies(cookies);
  await page.goto("/account");
  await expectAuthorizationServer(page);
});

test("who signs out with texts open is asked once, and told what goes", async ({ page, context, servers }) => {
  await signInHydrated(page, sqlPath("SELECT 'not run yet' AS x"));
  await expect(page.getByRole("button", { name: "SELECT 'not run yet' AS x", exact: true })).toBeVisible();
  // The question stands on every page.
  await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "Your session" }).click();
  const { signOut } = new HomePage(page);
  await signOut.click();
  const question = page.getByRole("dialog");
  await expect(question).toContainText("1 open statement and the history in this browser will be removed.");
  const found = await new AxeBuilder({ page }).withTags(["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]).analyze();
  expect(found.violations.map((violation) => violation.id)).toEqual([]);
  await question.getByRole("button", { name: "Stay signed in" }).click();
  await expect(question).toBeHidden();
  expect(await context.cookies(servers.url)).not.toEqual([]);
  await page.goto("/sql");
  await expect(page.locator("#sql-text")).toHaveValue("SELECT 'not run yet' AS x");
  await hydrated(page);
  await signOutWithTexts(page);
  await page.waitForURL(`${servers.url}/signed-out`);
  expect(await context.cookies(servers.url)).toEqual([]);
});

test("the signed-out page leads back in", async ({ page, watch }) => {
  watch.allowStatus(401);
  await page.goto("/signed-out");
  await hydrated(page);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("You are signed out");
  await page.getByRole("link", { name: "Sign in" }).click();
  await expectAuthorizationServer(page);
});

test("the other tab learns of it and keeps its page", async ({ page, context, watch, servers }) => {
  watch.allowStatus(401);
  await signInHydrated(page);
  const other = await context.newPage();
  await other.goto("/?from=2016-02-01&to=2016-02-07");
  await hydrated(other);
  await new HomePage(page).signOut.click();
  await page.waitForURL(`${servers.url}/signed-out`);
  await expect(other.getByText("Your session has ended")).toBeVisible();
  await new HomePage(other).expectDays(7);
});
