import { signIn, signInHydrated } from "../support/people";
import { expect, test } from "../support/test";

// Servers of its own: groups are kept for half a minute, and a test of another file may have asked for these people's.
test.use({ serverOptions: {} });

test("the account page says who, where, in which groups, with what and until when", async ({ page, workspace }) => {
  await signInHydrated(page, "/account");
  const main = page.getByRole("main");
  await expect(main).toContainText("ada@example.com");
  await expect(main.getByRole("link", { name: workspace.host })).toBeVisible();
  await expect(main.getByRole("listitem").filter({ hasText: "analysts" })).toBeVisible();
  await expect(main.getByRole("listitem").filter({ hasText: "offline_access" })).toBeVisible();
  await expect(main.locator("time")).toHaveCount(2);
});

test("groups that cannot be had are no reason to hide the rest", async ({ page, watch, workspace }) => {
  watch.allowStatus(502);
  await signIn(page, "/sql", "bob");
  await workspace.fault({ path: "/api/2.0/preview/scim/v2/Me", status: 500, body: "oops", times: 10 });
  await page.goto("/account");
  await expect(page.getByRole("main")).toContainText("bob@example.com");
  await expect(page.getByRole("alert")).toBeVisible();
});
