import AxeBuilder from "@axe-core/playwright";
import { hold } from "../support/hold";
import { ALL_DAYS, HomePage } from "../support/home-page";
import { expectAuthorizationServer, hydrated, signInHydrated, signOutWithTexts } from "../support/people";
import { launchOptions } from "../support/settings";
import { sqlPath } from "../support/sql-page";
import { expect, test } from "../support/test";

const TRIPS = "/api/queries/trips_per_day";

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

for (const [what, path, link] of [["a heartbeat", "/validate-session", undefined], ["a call", TRIPS, "Trips"]] as const) {
  test(`${what} under way does not cross the sign-out`, async ({ page, servers }) => {
    await signInHydrated(page, "/account");
    const held = await hold(page, path, "request");
    if (link) await page.getByRole("link", { name: link }).click();
    const request = await held.begun;
    const order: string[] = [];
    page.on("response", (response) => void (response.request() === request && order.push(what)));
    page.on("request", (request) => void (request.url().endsWith("/logout") && order.push("the sign-out")));
    // No patience ends while the clock stands still.
    await page.evaluate((now) => void (Date.now = () => now), await page.evaluate(() => Date.now()));
    await new HomePage(page).signOut.click();
    held.release();
    await page.waitForURL(`${servers.url}/signed-out`);
    expect(order).toEqual([what, "the sign-out"]);
  });
}

test("what crosses the sign-out all the same makes the page that is left ask no more", async ({ page, servers, watch }) => {
  watch.allowStatus(401);
  await signInHydrated(page, "/account");
  const [call, next] = [await hold(page, TRIPS, "request"), await hold(page, "/signed-out", "request")];
  await page.getByRole("link", { name: "Trips" }).click();
  await call.begun;
  await new HomePage(page).signOut.click();
  await next.begun;
  const asked: string[] = [];
  page.on("request", (request) => asked.push(new URL(request.url()).pathname));
  const refused = page.waitForResponse((response) => response.url().endsWith(TRIPS));
  call.release();
  expect((await refused).status()).toBe(401);
  await (await refused).finished();
  next.release();
  await page.waitForURL(`${servers.url}/signed-out`);
  expect(asked).not.toContain("/validate-session");
});

test("a stolen copy of the cookie is worth nothing after signing out", async ({ page, context, servers }) => {
  await signInHydrated(page, "/account");
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
