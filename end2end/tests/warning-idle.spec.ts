import { signInHydrated } from "../support/people";
import { expectSamePage, Heartbeats, markPage, warning } from "../support/tabs";
import { expect, test } from "../support/test";

// The server notes activity once a minute, so the limit is a little longer; its last 17 s warn.
test.use({ serverOptions: { env: { SESSION_IDLE_SECONDS: "85", SESSION_VALIDATION_INTERVAL_SECONDS: "20" } } });

test("who does nothing is warned, and stays signed in with one click", async ({ page, context }) => {
  test.setTimeout(150_000);
  await signInHydrated(page, "/account");
  const signedIn = Date.now();
  await markPage(page);
  const heart = new Heartbeats(context);
  await expect(warning(page)).toBeVisible({ timeout: 90_000 });
  expect(Date.now() - signedIn, "not before its time").toBeGreaterThan(60_000);
  expect(heart.asked.length, "heartbeats are no activity").toBeGreaterThanOrEqual(2);

  const done = page.waitForResponse((response) => new URL(response.url()).pathname === "/me");
  await page.getByRole("button", { name: "Stay signed in" }).click();
  expect((await done).status()).toBe(200);
  await expect(warning(page)).toHaveCount(0);
  await expectSamePage(page);
  const [session] = await page.evaluate(async () => {
    const answer = await fetch("/validate-session", { method: "POST", headers: { "x-lakefront-call": "1", "content-type": "application/json" }, body: "{}" });
    return [(await answer.json()) as { session_ends_at: number; now: number; ends_by: string }];
  });
  expect(session).toMatchObject({ ends_by: "idle" });
  expect((session?.session_ends_at ?? 0) - (session?.now ?? 0)).toBeGreaterThan(60);
});
