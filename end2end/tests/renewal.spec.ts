import { hold } from "../support/hold";
import { ALL_DAYS, HomePage } from "../support/home-page";
import { choose, expectAuthorizationServer, signInHydrated } from "../support/people";
import { expectSamePage, markPage, renewBeside, sessionOver } from "../support/tabs";
import { expect, test } from "../support/test";

// The session's end is found by the pages' own calls, not by a heartbeat.
test.use({ serverOptions: { warehouseStart: "10m", env: { SESSION_VALIDATION_INTERVAL_SECONDS: "3600" } } });

test.beforeEach(({ watch }) => watch.allowStatus(401));

test("renewing in a small window: the call that failed is made again, and the page is not loaded anew", async ({ page, workspace, context }) => {
  await signInHydrated(page, "/?from=2016-02-01&to=2016-02-07");
  const home = new HomePage(page);
  await home.expectDays(7);
  await markPage(page);
  await workspace.expireAllTokens({ refresh: true });

  await home.choosePeriod("2016-02-01", "2016-02-03");
  await expect(sessionOver(page)).toBeVisible();
  await home.expectDays(7);
  await home.from.fill("2016-02-02");

  await renewBeside(page);
  await home.expectDays(3);
  await expect(sessionOver(page)).toHaveCount(0);
  await expect(home.from, "nothing that was typed is lost").toHaveValue("2016-02-02");
  await expectSamePage(page);
  expect(context.pages()).toEqual([page]);
});

test("a page that was made when the session was over gets its data after renewing", async ({ page, workspace }) => {
  await signInHydrated(page, "/account");
  await workspace.expireAllTokens({ refresh: true });
  await page.goto("/?from=2016-02-01&to=2016-02-07");
  await expect(sessionOver(page)).toBeVisible();
  await markPage(page);
  await renewBeside(page);
  await new HomePage(page).expectDays(7);
  await expect(new HomePage(page).error).toHaveCount(0);
  await expectSamePage(page);
});

test("waiting for a warehouse goes on after renewing", async ({ page, workspace }) => {
  await workspace.setWarehouse("STOPPED");
  await signInHydrated(page);
  const home = new HomePage(page);
  await expect(home.progress).toContainText("Warehouse starting");
  await markPage(page);
  await workspace.expireAllTokens({ refresh: true });
  await expect(sessionOver(page)).toBeVisible();
  await renewBeside(page);
  await workspace.setWarehouse("RUNNING");
  await home.expectDays(ALL_DAYS);
  await expect(sessionOver(page)).toHaveCount(0);
  await expectSamePage(page);
});

test("an answer from before the renewal does not undo it", async ({ page, context, workspace }) => {
  await signInHydrated(page, "/?from=2016-02-01&to=2016-02-07");
  const home = new HomePage(page);
  await home.expectDays(7);
  await workspace.expireAllTokens({ refresh: true });
  // The question goes out with the old cookies; its answer is on its way for long.
  const answer = await hold(page, "/validate-session", "answer");
  await home.choosePeriod("2016-02-01", "2016-02-03");
  await answer.begun;
  const other = await context.newPage();
  await signInHydrated(other, "/account");
  answer.release();
  await home.expectDays(3);
  await expect(sessionOver(page)).toHaveCount(0);
});

test("another person in the small window: nothing of the first one stays", async ({ page, workspace, watch }) => {
  // A page of the first one asks, and is told that somebody else is here now.
  watch.allowStatus(409);
  await signInHydrated(page, "/account");
  await workspace.expireAllTokens({ refresh: true });
  await page.getByRole("link", { name: "Trips" }).click();
  await expect(sessionOver(page)).toBeVisible();
  await renewBeside(page, "bob");
  await expect(page.getByTestId("user-name")).toHaveText("Bob Kahn");
  await expect(page.getByText("Ada Lovelace")).toHaveCount(0);
  await new HomePage(page).expectDays(ALL_DAYS);
});

test("where small windows are blocked, the whole page goes to the sign-in and comes back", async ({ page, workspace, servers }) => {
  await signInHydrated(page, "/?from=2016-02-01&to=2016-02-07");
  const home = new HomePage(page);
  await home.expectDays(7);
  await workspace.expireAllTokens({ refresh: true });
  await home.choosePeriod("2016-02-01", "2016-02-03");
  await expect(sessionOver(page)).toBeVisible();
  await page.evaluate(() => void (window.open = () => null));
  await page.getByRole("link", { name: "Sign in again" }).click();
  await expectAuthorizationServer(page);
  await choose(page, "ada");
  await page.waitForURL(`${servers.url}/?from=2016-02-01&to=2016-02-03`);
  await home.expectDays(3);
});

test("the page of the small window says what to do when it cannot close itself", async ({ page, servers, watch }) => {
  watch.allowWarning("Scripts may close only the windows that were opened by them.");
  await signInHydrated(page, "/signed-in");
  await expect(page).toHaveURL(`${servers.url}/signed-in`);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("You are signed in");
  await expect(page.getByText("You can close this window.")).toBeVisible();
});
