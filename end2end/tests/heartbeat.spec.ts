import { signInHydrated } from "../support/people";
import { expectSamePage, Heartbeats, markPage, openTab, sessionOver } from "../support/tabs";
import { expect, test } from "../support/test";

test.use({ serverOptions: { env: { SESSION_VALIDATION_INTERVAL_SECONDS: "2" } } });

test("three tabs have one heart, and another tab takes over", async ({ page, context }) => {
  await signInHydrated(page);
  const tabs = [page, await openTab(context, "/account"), await openTab(context, "/account")];
  const heart = new Heartbeats(context);
  await heart.waitFor(2);
  heart.clear();
  await heart.waitFor(8);
  const times = heart.asked.slice(0, 8).map(({ at }) => at);
  const took = (times[7] ?? 0) - (times[0] ?? 0);
  console.log(`8 questions of 3 tabs took ${took} ms; askers: ${heart.asked.map(({ by }) => tabs.indexOf(by)).join(" ")}`);
  // Three hearts would need 5 s, one needs 14 s.
  expect(took, "milliseconds for 8 questions, one in two seconds").toBeGreaterThanOrEqual(11_000);

  const asker = heart.asked.at(-1)?.by;
  const others = tabs.filter((tab) => tab !== asker);
  await asker?.close();
  heart.clear();
  await heart.waitFor(3);
  for (const { by } of heart.asked) expect(others).toContain(by);
});

test("s60: what another page of this origin says proves nothing", async ({ page, context, servers, watch }) => {
  // The browser asks the bare file's site for an icon.
  watch.allowStatus(404);
  await signInHydrated(page);
  await markPage(page);
  const forger = await context.newPage();
  await forger.goto(`${servers.url}/robots.txt`);
  const heart = new Heartbeats(context);
  await forger.evaluate(() => {
    const channel = new BroadcastChannel("lakefront-session");
    const mallory = { user: { id: "666", user_name: "m@example.com", display_name: "Mallory" }, workspace_host: "https://evil.invalid", access_expires_at: 9e9, renew_from: 9e9, session_ends_at: 9e9, ends_by: "idle", warn_from: 9e9, now: 9e9 };
    const garbage = [null, 7, {}, "", "not json", '{"answer":{}}', '{"answer":{"session":null,"at":1}}', "[".repeat(9_000), '"unknown"', { answer: 1 }];
    for (const message of garbage) channel.postMessage(message);
    channel.postMessage(JSON.stringify({ answer: { session: mallory, at: Date.now() } }));
    channel.postMessage('"ended"');
  });
  await heart.waitFor(3);
  await expect(page.getByTestId("user-name")).toHaveText("Ada Lovelace");
  await expect(page.getByRole("banner")).not.toContainText("evil.invalid");
  await expect(sessionOver(page)).toHaveCount(0);
  await expectSamePage(page);
});
