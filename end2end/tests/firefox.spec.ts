import { existsSync } from "node:fs";
import puppeteer, { type Browser, type Page } from "puppeteer-core";
import type { Person } from "../support/people";
import { PEOPLE } from "../support/people";
import { expect, test } from "../support/test";

// Cookie rules are the browser's own, so what rests on them is seen in a second browser: the system's Firefox, driven
// over WebDriver BiDi.
const FIREFOX = process.env["FIREFOX_PATH"] || "/usr/bin/firefox-esr";

test.skip(!existsSync(FIREFOX), `${FIREFOX} is missing. Install Debian's firefox-esr, or set FIREFOX_PATH`);
test.setTimeout(180_000);
test.use({ serverOptions: { accessTtl: "20s", env: { REFRESH_TOKEN_WITHIN_N_SECONDS: "15", SESSION_VALIDATION_INTERVAL_SECONDS: "1" } } });

async function inFirefox(use: (page: Page, browser: Browser) => Promise<void>): Promise<void> {
  const browser = await puppeteer.launch({ browser: "firefox", executablePath: FIREFOX, headless: true, timeout: 90_000 });
  try {
    const page = await browser.newPage();
    page.setDefaultTimeout(45_000);
    await use(page, browser);
  } finally {
    await browser.close();
  }
}

async function choose(page: Page, person: Person): Promise<void> {
  await page.waitForFunction(() => document.querySelector("h1")?.textContent === "Who is signing in?");
  const button = await page.waitForSelector(`::-p-text(${PEOPLE[person]})`);
  await button?.click();
}

const heading = (page: Page, text: string) =>
  page.waitForFunction((text: string) => document.querySelector("h1")?.textContent === text, {}, text);

const days = (page: Page, count: number) =>
  page.waitForFunction((count: number) => document.querySelectorAll("tbody tr").length === count, {}, count);

async function sessionCookies(page: Page, url: string) {
  return (await page.cookies(url)).filter((cookie) => cookie.name.startsWith("__Host-Http-session"));
}

test("Firefox: signing in, a link from another site, a refresh and signing out", async ({ servers, workspace }) => {
  await inFirefox(async (page) => {
    // S24: from the authorization server, which is another site, into the app with a Strict cookie.
    await page.goto(`${servers.url}/?from=2016-02-01&to=2016-02-07`);
    await choose(page, "ada");
    await heading(page, "Taxi trips per day");
    await days(page, 7);
    expect(page.url()).toBe(`${servers.url}/?from=2016-02-01&to=2016-02-07`);
    const [cookie] = await sessionCookies(page, servers.url);
    expect(cookie).toMatchObject({ httpOnly: true, secure: true, sameSite: "Strict", path: "/" });
    expect(await page.evaluate(() => document.cookie)).toBe("");

    // A link on a page of another site.
    await page.goto(`${workspace.host}/oidc/sign-in.css`);
    await page.evaluate((url: string) => void (location.href = url), `${servers.url}/?from=2016-02-01&to=2016-02-03`);
    await days(page, 3);
    expect(await workspace.requests({ path: "/oidc/v1/authorize", method: "GET" }), "nobody signed in again").toHaveLength(1);

    // The heartbeat renews, and the browser takes the new cookie.
    const renewed = async () => (await sessionCookies(page, servers.url)).map((cookie) => cookie.value).join();
    const before = await renewed();
    await expect.poll(renewed, { timeout: 45_000 }).not.toBe(before);
    await page.reload();
    await days(page, 3);

    await page.waitForSelector('html[data-hydrated="true"]');
    await (await page.waitForSelector("form[action='/logout'] button"))?.click();
    await heading(page, "You are signed out");
    expect(await page.cookies(servers.url)).toEqual([]);
    await page.goto(`${servers.url}/account`);
    await heading(page, "Who is signing in?");
  });
});
