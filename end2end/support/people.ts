import { expect, type Page } from "@playwright/test";

/** The users of the local workspace. */
export const PEOPLE = {
  ada: "Ada Lovelace",
  bob: "Bob Kahn",
  carol: "Carol Shaw",
} as const;
export type Person = keyof typeof PEOPLE;

/** The authorization server's page, on another site than the app. */
export async function expectAuthorizationServer(page: Page): Promise<void> {
  await expect(page).toHaveURL(/^http:\/\/127\.0\.0\.1:\d+\/oidc\/v1\/authorize/);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Who is signing in?");
}

export async function choose(page: Page, person: Person): Promise<void> {
  await page.getByRole("button", { name: PEOPLE[person] }).click();
}

/** Goes to a page without a session, signs in on the way and ends on that page. */
export async function signIn(page: Page, path = "/", person: Person = "ada"): Promise<void> {
  await page.goto(path);
  await expectAuthorizationServer(page);
  await choose(page, person);
  await page.waitForURL((url) => url.hostname === "localhost" && url.pathname !== "/token");
}

/** A click before hydration is lost, so tests that need the WASM wait for its marker. */
export async function hydrated(page: Page): Promise<void> {
  await page.locator('html[data-hydrated="true"]').waitFor({ state: "attached" });
}

/** Signs in and waits until the page is alive. */
export async function signInHydrated(page: Page, path = "/", person: Person = "ada"): Promise<void> {
  await signIn(page, path, person);
  await hydrated(page);
}

/** Signs out although texts are open, which the page asks about. */
export async function signOutWithTexts(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Sign out" }).click();
}
