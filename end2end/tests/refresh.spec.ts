import { ALL_DAYS, HomePage } from "../support/home-page";
import { hydrated, signInHydrated } from "../support/people";
import { openTab, sessionOver, setHidden } from "../support/tabs";
import { expect, test } from "../support/test";

// A token lives 20 s, and its last half counts as its end, so it is renewed about every 10 s.
test.use({
  serverOptions: {
    accessTtl: "20s",
    env: { REFRESH_TOKEN_WITHIN_N_SECONDS: "15", SESSION_VALIDATION_INTERVAL_SECONDS: "1" },
  },
});

test("the token is renewed at the authorization server while the page stays", async ({ page, context, workspace }) => {
  await signInHydrated(page);
  const home = new HomePage(page);
  await home.expectDays(ALL_DAYS);
  await page.evaluate(() => document.body.setAttribute("data-same-page", "yes"));
  // A second tab has a heartbeat of its own; the two must not renew twice.
  const second = await context.newPage();
  await second.goto("/account");
  await hydrated(second);

  const answered = async () => (await workspace.refreshes()).filter(({ status }) => status !== null);
  await expect.poll(async () => (await answered()).length, { timeout: 90_000 }).toBeGreaterThanOrEqual(3);

  const refreshes = await answered();
  expect(refreshes.every(({ status }) => status === 200)).toBe(true);
  const times = refreshes.map(({ time }) => Date.parse(time));
  const pauses = times.slice(1).map((time, index) => time - (times[index] ?? 0));
  expect(Math.min(...pauses), `pauses in ms: ${pauses.join(", ")}`).toBeGreaterThanOrEqual(3_500);

  await expect(page.locator('body[data-same-page="yes"]')).toBeAttached();
  await home.expectDays(ALL_DAYS);
  await page.reload();
  await home.expectDays(ALL_DAYS);
});

test("behind tabs that nobody sees the token is renewed, too: a download may go on there", async ({ page, context, workspace }) => {
  await signInHydrated(page, "/account");
  const other = await openTab(context, "/account");
  await setHidden(page, true);
  await setHidden(other, true);
  const before = (await workspace.refreshes()).length;
  await expect.poll(async () => (await workspace.refreshes()).length, { timeout: 90_000 }).toBeGreaterThanOrEqual(before + 2);
  await expect(sessionOver(page)).toHaveCount(0);
});

test("an access token that the workspace no longer takes is renewed unseen", async ({ page, workspace }) => {
  await signInHydrated(page);
  await workspace.expireAllTokens({ refresh: false });
  await page.goto("/?from=2016-02-01&to=2016-02-07");
  await new HomePage(page).expectDays(7);
  expect((await workspace.refreshes()).length).toBeGreaterThanOrEqual(1);
});

test("an authorization server that is away for a moment costs nobody the session", async ({ page, workspace, watch }) => {
  watch.allowStatus(502, 503);
  await signInHydrated(page);
  await workspace.fault({ method: "POST", path: "/oidc/v1/token", status: 503, times: 1 });
  const sinceThen = async () => {
    const statuses = (await workspace.requests({ path: "/oidc/v1/token", method: "POST" })).map(({ status }) => status);
    return statuses.slice(statuses.indexOf(503)).slice(0, 2);
  };
  await expect.poll(sinceThen, { timeout: 90_000 }).toEqual([503, 200]);
  await expect(page.getByText("Your session has ended")).toHaveCount(0);
  await page.reload();
  await new HomePage(page).expectDays(ALL_DAYS);
});
