import { signInHydrated } from "../support/people";
import { expectSamePage, markPage, renewBeside, sessionOver, warning, warningDue } from "../support/tabs";
import { expect, test } from "../support/test";

// Nothing can renew these tokens, so the session ends with them after 90 s, whatever the person does; the last 18 s warn.
test.use({
  serverOptions: { accessTtl: "90s", env: { OAUTH_SCOPES: "all-apis", SESSION_VALIDATION_INTERVAL_SECONDS: "3600" } },
});

test("a session that ends in any case says so in time, also where the browser's clock is wrong by a day", async ({ page, context, watch }) => {
  watch.allowStatus(401);
  const DAY = 86_400_000;
  await context.addInitScript((wrong) => {
    const Real = Date;
    window.Date = new Proxy(Real, {
      construct: (target, args) => (args.length === 0 ? new target(target.now() + wrong) : Reflect.construct(target, args)),
      get: (target, name) => (name === "now" ? () => target.now() + wrong : Reflect.get(target, name)),
    });
  }, DAY);
  await signInHydrated(page, "/account");
  const due = await warningDue(page);
  await markPage(page);
  expect(await page.evaluate(() => Date.now())).toBeGreaterThan(Date.now() + DAY / 2);
  await expect(warning(page)).toHaveCount(0);

  await expect(warning(page)).toBeVisible({ timeout: 100_000 });
  const late = Date.now() - due;
  console.log(`the warning came ${late} ms after its time`);
  expect(late, "not before its time").toBeGreaterThan(-1_500);
  await expect(warning(page)).toHaveText(/You will be signed out at \d\d:\d\d\./);
  await expect(warning(page).getByRole("button")).toHaveCount(0);
  // What the server renders now says so by itself.
  const html = await page.evaluate(async () => (await fetch("/account", { headers: { accept: "text/html" } })).text());
  expect(html).toContain("You will be signed out at");

  await renewBeside(page);
  await expect(warning(page)).toHaveCount(0);
  await expect(sessionOver(page)).toHaveCount(0);
  await expectSamePage(page);
});

test("a session that ends by its own times is over without a heartbeat", async ({ page, watch }) => {
  watch.allowStatus(401);
  await signInHydrated(page, "/account");
  await expect(sessionOver(page)).toBeVisible({ timeout: 105_000 });
  await expect(warning(page)).toHaveCount(0);
});
