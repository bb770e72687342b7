import { ALL_DAYS, HomePage } from "../support/home-page";
import { expectAuthorizationServer, hydrated, signInHydrated } from "../support/people";
import { launchOptions } from "../support/settings";
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
