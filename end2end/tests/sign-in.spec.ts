import { ALL_DAYS, HomePage } from "../support/home-page";
import { STATEMENTS, TOKEN } from "../support/local-workspace";
import { choose, expectAuthorizationServer, hydrated, signIn } from "../support/people";
import { expect, test } from "../support/test";

test("from nothing to rows of a real engine in one go", async ({ page, servers, workspace }) => {
  await signIn(page);
  await expect(page).toHaveURL(`${servers.url}/`);
  await new HomePage(page).expectDays(ALL_DAYS);
  await expect(page.getByRole("banner")).toContainText("Ada Lovelace");
  await expect(page.getByRole("banner")).toContainText(new URL(workspace.host).host);
  await hydrated(page);

  const tokens = await workspace.requests({ path: TOKEN });
  expect(tokens.map(({ grant_type, status }) => ({ grant_type, status }))).toEqual([
    { grant_type: "authorization_code", status: 200 },
  ]);
  const statements = await workspace.requests({ method: "POST", path: STATEMENTS });
  expect(statements.map(({ user, status }) => ({ user, status })), "the query runs once, as the user").toEqual([
    { user: "ada", status: 200 },
  ]);
});

test("every person is who they said", async ({ page, workspace }) => {
  await signIn(page, "/account", "bob");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Your session");
  await expect(page.getByRole("main")).toContainText("bob@example.com");
  await page.getByRole("link", { name: "Trips" }).click();
  await new HomePage(page).expectDays(ALL_DAYS);
  const statements = await workspace.requests({ method: "POST", path: STATEMENTS });
  expect(statements.map((statement) => statement.user)).toEqual(["bob"]);
});

test("a deep link survives the sign-in", async ({ page, servers }) => {
  await signIn(page, "/?from=2016-02-01&to=2016-02-07");
  await expect(page).toHaveURL(`${servers.url}/?from=2016-02-01&to=2016-02-07`);
  const home = new HomePage(page);
  await home.expectDays(7);
  await expect(home.from).toHaveValue("2016-02-01");
  await expect(home.to).toHaveValue("2016-02-07");
});

test("the cookies are locked away and the attempt's cookie is gone", async ({ page, context, servers }) => {
  await page.goto("/");
  await expectAuthorizationServer(page);
  const attempts = await context.cookies(servers.url);
  expect(attempts.map((cookie) => cookie.name)).toEqual([expect.stringMatching(/^__Host-Http-oauth_challenge_cfg\./)]);
  expect(attempts[0]).toMatchObject({ httpOnly: true, secure: true, sameSite: "Lax", path: "/" });

  await choose(page, "ada");
  await page.waitForURL(`${servers.url}/`);
  const cookies = await context.cookies(servers.url);
  expect(cookies.length).toBeGreaterThan(0);
  for (const cookie of cookies) {
    expect(cookie).toMatchObject({ httpOnly: true, secure: true, sameSite: "Strict", path: "/" });
    expect(cookie.name).toMatch(/^__Host-Http-session(\.\d+)?$/);
    expect(cookie.name.length + cookie.value.length).toBeLessThanOrEqual(4_096);
  }
  expect(await page.evaluate(() => document.cookie)).toBe("");
});

test("no token and no code is in the page or its address", async ({ page }) => {
  await signIn(page);
  await hydrated(page);
  const html = await page.content();
  expect(html).not.toMatch(/eyJ[\w-]+\.[\w-]+\.[\w-]+/);
  expect(page.url()).not.toContain("code=");
  expect(await page.evaluate(() => [localStorage.length, sessionStorage.length])).toEqual([0, 0]);
});

test("a changed state is refused before any token request", async ({ page, watch, workspace, servers }) => {
  watch.allowStatus(400, 403);
  await page.goto("/?from=2016-02-01&to=2016-02-07");
  await expectAuthorizationServer(page);
  await page.locator('input[name="state"]').evaluate((input: HTMLInputElement) => (input.value = "x".repeat(43)));
  const answer = page.waitForResponse((response) => new URL(response.url()).pathname === "/token");
  await choose(page, "ada");
  expect((await answer).status()).toBeGreaterThanOrEqual(400);
  expect((await answer).status()).toBeLessThan(500);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Sign-in did not work");
  expect(await workspace.requests({ path: TOKEN })).toEqual([]);

  await page.getByRole("link", { name: "Try again" }).click();
  await expectAuthorizationServer(page);
  await choose(page, "ada");
  await page.waitForURL((url) => url.origin === servers.url && url.pathname === "/");
  await new HomePage(page).heading.waitFor();
});

test("a callback that nobody asked for is refused before any token request", async ({ page, watch, workspace, context, servers }) => {
  watch.allowStatus(400, 403);
  const answer = await page.goto("/token?code=made-up&state=made-up");
  expect(answer?.status()).toBeGreaterThanOrEqual(400);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Sign-in did not work");
  expect(await workspace.requests({ path: TOKEN })).toEqual([]);
  expect(await context.cookies(servers.url)).toEqual([]);
});

test("a callback does not work twice, and the session stands", async ({ page, watch, workspace, servers }) => {
  watch.allowStatus(400, 403);
  const callback = page.waitForRequest((request) => new URL(request.url()).pathname === "/token");
  await signIn(page);
  const answer = await page.goto((await callback).url());
  expect(answer?.status()).toBeGreaterThanOrEqual(400);
  // The page of the refusal finds the session by itself.
  await page.waitForURL(`${servers.url}/`);
  await new HomePage(page).expectDays(ALL_DAYS);
  expect(await workspace.requests({ path: TOKEN })).toHaveLength(1);
});

test("who is denied at the authorization server is told so and may try again", async ({ page, watch, workspace, servers }) => {
  watch.allowStatus(400, 403);
  await page.goto("/account");
  await expectAuthorizationServer(page);
  await page.getByRole("button", { name: "Deny" }).click();
  await expect(page).toHaveURL(new RegExp(`^${servers.url}/token`));
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Sign-in did not work");
  expect(await workspace.requests({ path: TOKEN })).toEqual([]);

  await page.getByRole("link", { name: "Try again" }).click();
  await expectAuthorizationServer(page);
  await choose(page, "carol");
  await page.waitForURL(`${servers.url}/account`);
  await expect(page.getByRole("main")).toContainText("carol@example.com");
});

test("a token endpoint that is down is said to be, and signs nobody in", async ({ page, watch, workspace, context, servers }) => {
  watch.allowStatus(400, 403, 500, 502, 503);
  await workspace.fault({ method: "POST", path: TOKEN, status: 503 });
  await page.goto("/");
  await choose(page, "ada");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Sign-in did not work");
  const session = (await context.cookies(servers.url)).filter((cookie) => cookie.name.includes("session"));
  expect(session).toEqual([]);

  await workspace.clearFaults();
  await page.getByRole("link", { name: "Try again" }).click();
  await expectAuthorizationServer(page);
});

for (const elsewhere of ["//127.0.0.2/", "https://127.0.0.2/", "/\\127.0.0.2/", "/%09/127.0.0.2"]) {
  test(`the way back stays on this site: ${elsewhere}`, async ({ page, servers, watch }) => {
    // A path that is ours but leads nowhere is answered with 404.
    watch.allowStatus(404);
    await page.goto(`/sign-in?return_to=${encodeURIComponent(elsewhere)}`);
    await expectAuthorizationServer(page);
    await choose(page, "ada");
    await page.waitForURL((url) => url.pathname !== "/token" && url.hostname !== "127.0.0.1");
    expect(new URL(page.url()).origin).toBe(servers.url);
  });
}

test("a link on another site finds the session", async ({ page, workspace, servers, watch }) => {
  // The browser asks the bare file's site for an icon.
  watch.allowStatus(404);
  await signIn(page);
  // 127.0.0.1 is another site than localhost, so the strict cookie is not sent with the first request.
  await page.goto(`${workspace.host}/oidc/sign-in.css`);
  await page.evaluate((url) => (location.href = url), `${servers.url}/?from=2016-02-01&to=2016-02-07`);
  await page.waitForURL(`${servers.url}/?from=2016-02-01&to=2016-02-07`);
  await new HomePage(page).expectDays(7);
  expect(await workspace.requests({ path: "/oidc/v1/authorize", method: "GET" }), "nobody had to sign in again").toHaveLength(1);
});
