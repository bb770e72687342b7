import { signInHydrated } from "../support/people";
import { Heartbeats, openTab, sessionOver, setHidden } from "../support/tabs";
import { expect, test } from "../support/test";

// So long that a question at once cannot be taken for a heartbeat, nor one heartbeat be missed by a slow test.
test.use({ serverOptions: { env: { SESSION_VALIDATION_INTERVAL_SECONDS: "20" } } });

/** Longer than the interval. */
const QUIET = 25_000;
/** Far below what is left until the heartbeat after it. */
const AT_ONCE = 5_000;

test("nobody asks for tabs that nobody sees; a tab that is seen again asks at once", async ({ page, context }) => {
  await signInHydrated(page, "/account");
  const other = await openTab(context, "/account");
  await setHidden(page, true);
  await setHidden(other, true);
  const heart = new Heartbeats(context);
  await page.waitForTimeout(QUIET);
  expect(heart.asked).toEqual([]);
  const seen = Date.now();
  await setHidden(other, false);
  await heart.waitFor(1);
  expect((heart.asked[0]?.at ?? 0) - seen, "milliseconds until the question").toBeLessThan(AT_ONCE);
  expect(heart.asked[0]?.by).toBe(other);
});

test("nobody asks without a network; the first moment with one is used", async ({ page, context }) => {
  await signInHydrated(page, "/account");
  await context.setOffline(true);
  const heart = new Heartbeats(context);
  await page.waitForTimeout(QUIET);
  expect(heart.asked).toEqual([]);
  const online = Date.now();
  await context.setOffline(false);
  await heart.waitFor(1);
  expect((heart.asked[0]?.at ?? 0) - online, "milliseconds until the question").toBeLessThan(AT_ONCE);
  await expect(sessionOver(page)).toHaveCount(0);
});
