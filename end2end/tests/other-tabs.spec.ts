import { hold } from "../support/hold";
import { ALL_DAYS, HomePage } from "../support/home-page";
import { choose, expectAuthorizationServer, hydrated, signInHydrated } from "../support/people";
import { write } from "../support/sql-page";
import { expectSamePage, Heartbeats, markPage, openTab, sessionOver } from "../support/tabs";
import { expect, test } from "../support/test";

// No heartbeat helps here: what the other tabs learn, they were told.
test.use({ serverOptions: { env: { SESSION_VALIDATION_INTERVAL_SECONDS: "3600" } } });

/** Far below any heartbeat. */
const SOON = { timeout: 10_000 };

test("s63: signing out in one tab: the others follow at once and keep what they show", async ({ page, context, watch, servers }) => {
  watch.allowStatus(401);
  await signInHydrated(page);
  const others = [await openTab(context, "/?from=2016-02-01&to=2016-02-07"), await openTab(context, "/account")] as const;
  for (const other of others) await markPage(other);
  const signedOut = page.waitForResponse((response) => new URL(response.url()).pathname === "/logout");
  await new HomePage(page).signOut.click();
  await signedOut;
  const told = Date.now();
  await Promise.all(others.map((other) => expect(sessionOver(other)).toBeVisible(SOON)));
  console.log(`the other tabs followed after ${Date.now() - told} ms`);
  await page.waitForURL(`${servers.url}/signed-out`);
  await new HomePage(others[0]).expectDays(7);
  await expect(others[1].getByRole("main")).toContainText("ada@example.com");
  for (const other of others) await expectSamePage(other);
  expect(await context.cookies(servers.url)).toEqual([]);
});

test("s63: an answer from before a sign-out does not undo it", async ({ page, context, watch, servers }) => {
  watch.allowStatus(401);
  await signInHydrated(page, "/account");
  const other = await openTab(context, "/sql");
  const answer = await hold(other, "/validate-session", "answer");
  const questions = new Heartbeats(context);
  // Makes the tabs ask.
  await page.evaluate(() => new BroadcastChannel("lakefront-session").postMessage('"ended"'));
  await answer.begun;
  await new HomePage(page).signOut.click();
  await page.waitForURL(`${servers.url}/signed-out`);
  // That page makes the tabs ask, too.
  await hydrated(page);
  await expect(sessionOver(other)).toBeVisible();
  questions.clear();
  answer.release();
  // What it says is of the past, so the server is asked once more.
  await questions.waitFor(1);
  expect(questions.asked[0]?.by).toBe(other);
  await expect(sessionOver(other)).toBeVisible();
  await write(other, "SELECT 'nobody keeps this'");
  expect(await other.evaluate(() => Object.keys(localStorage))).toEqual([]);
});

test("s63: a sign-out by a plain form is told by the signed-out page", async ({ page, context, watch, servers }) => {
  watch.allowStatus(401);
  await signInHydrated(page);
  const other = await openTab(context, "/?from=2016-02-01&to=2016-02-07");
  // As without JavaScript: no handler sees this.
  await page.locator('form[action="/logout"]').evaluate((form: HTMLFormElement) => form.submit());
  await page.waitForURL(`${servers.url}/signed-out`);
  await hydrated(page);
  await expect(sessionOver(other)).toBeVisible(SOON);
  await new HomePage(other).expectDays(7);
});

test("the signed-out page that somebody opens by hand signs nobody out", async ({ page, context, servers }) => {
  await signInHydrated(page);
  await markPage(page);
  const asked = page.waitForResponse((response) => response.url().endsWith("/validate-session"));
  await openTab(context, `${servers.url}/signed-out`);
  expect((await asked).status()).toBe(200);
  await expect(sessionOver(page)).toHaveCount(0);
  await expectSamePage(page);
});

test("another person who signs in takes over every tab", async ({ page, context, servers, watch }) => {
  // A page of the first one asks, and is told that somebody else is here now.
  watch.allowStatus(409);
  await signInHydrated(page, "/account");
  await expect(page.getByRole("main")).toContainText("ada@example.com");
  const other = await context.newPage();
  await other.goto("/sign-in?return_to=/");
  await expectAuthorizationServer(other);
  await choose(other, "bob");
  await other.waitForURL(`${servers.url}/`);
  await expect(page.getByRole("main")).toContainText("bob@example.com");
  await expect(page.getByTestId("user-name")).toHaveText("Bob Kahn");
  await expect(page.getByText("Ada Lovelace")).toHaveCount(0);
  await new HomePage(other).expectDays(ALL_DAYS);
});

test("signing in again in any tab brings the others back", async ({ page, context, watch, workspace, servers }) => {
  watch.allowStatus(401);
  await signInHydrated(page, "/account");
  await markPage(page);
  await context.clearCookies();
  const other = await context.newPage();
  await other.goto("/signed-out");
  await expect(sessionOver(page)).toBeVisible();
  await other.goto("/account");
  await expectAuthorizationServer(other);
  await choose(other, "ada");
  await other.waitForURL(`${servers.url}/account`);
  await expect(sessionOver(page)).toHaveCount(0);
  await expectSamePage(page);
  expect(await workspace.requests({ path: "/oidc/v1/token", grant_type: "authorization_code" })).toHaveLength(2);
});
