import { signInHydrated } from "../support/people";
import { askedSession, expectSamePage, Heartbeats, markPage, warning, warningDue } from "../support/tabs";
import { expect, test } from "../support/test";

// The server notes activity once a minute, so the limit is a little longer; its last 17 s warn.
test.use({ serverOptions: { env: { SESSION_IDLE_SECONDS: "85", SESSION_VALIDATION_INTERVAL_SECONDS: "20" } } });

test("who does nothing is warned, and stays signed in with one click", async ({ page, context }) => {
  await signInHydrated(page, "/account");
  const due = await warningDue(page);
  await markPage(page);
  const heart = new Heartbeats(context);
  await expect(warning(page)).toBeVisible({ timeout: 90_000 });
  expect(Date.now(), "not before its time").toBeGreaterThan(due - 1_500);
  expect(heart.asked.length, "heartbeats are no activity").toBeGreaterThanOrEqual(2);

  const done = page.waitForResponse((response) => new URL(response.url()).pathname === "/me");
  await page.getByRole("button", { name: "Stay signed in" }).click();
  expect((await done).status()).toBe(200);
  await expect(warning(page)).toHaveCount(0);
  await expectSamePage(page);
  const session = await askedSession(page);
  expect(session).toMatchObject({ ends_by: "idle" });
  expect(session.session_ends_at - session.now).toBeGreaterThan(60);
});
