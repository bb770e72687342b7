import { HomePage } from "../support/home-page";
import { expectAuthorizationServer, signInHydrated } from "../support/people";
import { renewBeside } from "../support/tabs";
import { expect, test } from "../support/test";

// The last half of a token's life counts as its end: ten seconds after the last renewal a heartbeat asks for a new token, and
// finds that the refresh token has ended.
test.use({
  serverOptions: {
    accessTtl: "20s",
    env: { REFRESH_TOKEN_WITHIN_N_SECONDS: "19", SESSION_VALIDATION_INTERVAL_SECONDS: "1" },
  },
});

test("a session that ends while the page is open leaves the page as it is", async ({ page, watch, workspace }) => {
  watch.allowStatus(401);
  await signInHydrated(page, "/?from=2016-02-01&to=2016-02-07");
  const home = new HomePage(page);
  await home.expectDays(7);
  await home.from.fill("2016-02-03");
  await workspace.expireAllTokens({ refresh: true });

  const banner = page.locator("[role=alert], [role=alertdialog]").filter({ hasText: "Your session has ended" });
  await expect(banner).toBeVisible();
  await home.expectDays(7);
  await expect(home.from, "nothing that was typed is lost").toHaveValue("2016-02-03");

  await renewBeside(page);
  await expect(banner).toHaveCount(0);
  await home.expectDays(7);
  await expect(home.from).toHaveValue("2016-02-03");
});

test("a session that is over asks nobody for tokens again and again", async ({ page, watch, workspace }) => {
  watch.allowStatus(401);
  await signInHydrated(page);
  await workspace.expireAllTokens({ refresh: true });
  await expect(page.getByText("Your session has ended")).toBeVisible();
  const before = (await workspace.refreshes()).length;
  const heartbeats = { seen: 0 };
  page.on("response", (response) => void (response.url().endsWith("/validate-session") && heartbeats.seen++));
  // Two more answers to heartbeats, or none within the time of five: a heart may also stop when the session is over.
  await expect.poll(() => heartbeats.seen, { timeout: 5_000 }).toBeGreaterThanOrEqual(2).catch(() => undefined);
  expect((await workspace.refreshes()).length).toBe(before);
});

test("a page that is opened after the end goes to the sign-in", async ({ page, workspace, watch }) => {
  watch.allowStatus(401);
  await signInHydrated(page);
  await workspace.expireAllTokens({ refresh: true });
  await expect(page.getByText("Your session has ended")).toBeVisible();
  await page.goto("/account");
  await expectAuthorizationServer(page);
});
