import { expect, type BrowserContext, type Page } from "@playwright/test";
import { choose, expectAuthorizationServer, hydrated, type Person } from "./people";

/** A page that is loaded anew loses the mark. */
export async function markPage(page: Page): Promise<void> {
  await page.evaluate(() => void ((window as { samePage?: boolean }).samePage = true));
}

export async function expectSamePage(page: Page): Promise<void> {
  expect(await page.evaluate(() => (window as { samePage?: boolean }).samePage), "the page was not loaded anew").toBe(true);
}

/** Another tab of the same person, alive. */
export async function openTab(context: BrowserContext, path: string): Promise<Page> {
  const tab = await context.newPage();
  await tab.goto(path);
  await hydrated(tab);
  return tab;
}

export const sessionOver = (page: Page) => page.getByRole("alert").filter({ hasText: "Your session has ended" });
export const warning = (page: Page) => page.getByRole("status").filter({ hasText: "You will be signed out at" });

/** Signs in again in the small window that the banner's link opens, and waits until it has closed itself. */
export async function renewBeside(page: Page, person: Person = "ada"): Promise<void> {
  const opened = page.waitForEvent("popup");
  await page.getByRole("link", { name: "Sign in again" }).click();
  const popup = await opened;
  await expectAuthorizationServer(popup);
  const closed = popup.waitForEvent("close");
  await choose(popup, person);
  await closed;
}

/** What the server says of the session of this page. */
export async function askedSession(page: Page): Promise<{ session_ends_at: number; warn_from: number; now: number; ends_by: string }> {
  return page.evaluate(async () => {
    const headers = { "x-lakefront-call": "1", "content-type": "application/json" };
    return (await fetch("/validate-session", { method: "POST", headers, body: "{}" })).json();
  });
}

/** When the page is to warn, by the server's clock of whole seconds. */
export async function warningDue(page: Page): Promise<number> {
  const { warn_from, now } = await askedSession(page);
  return Date.now() + (warn_from - now) * 1_000;
}

/** Headless tabs are all seen; this is what a page finds when nobody sees it. */
export async function setHidden(page: Page, hidden: boolean): Promise<void> {
  await page.evaluate((hidden) => {
    Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
    Object.defineProperty(document, "visibilityState", { configurable: true, get: () => (hidden ? "hidden" : "visible") });
    document.dispatchEvent(new Event("visibilitychange", { bubbles: true }));
  }, hidden);
}

/** Every question after the session, with the tab that asked. */
export class Heartbeats {
  readonly asked: { by: Page; at: number }[] = [];

  constructor(context: BrowserContext) {
    context.on("request", (request) => {
      if (request.url().endsWith("/validate-session")) this.asked.push({ by: request.frame().page(), at: Date.now() });
    });
  }

  async waitFor(count: number): Promise<void> {
    await expect.poll(() => this.asked.length, { timeout: 30_000, intervals: [50] }).toBeGreaterThanOrEqual(count);
  }

  clear(): void {
    this.asked.length = 0;
  }
}
