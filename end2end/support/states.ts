import { expect, type Locator, type Page } from "@playwright/test";
import { DATA_STATES } from "./data-states";
import { ALL_DAYS, HomePage } from "./home-page";
import { STATEMENTS, type LocalWorkspace } from "./local-workspace";
import { expectAuthorizationServer, hydrated, signInHydrated } from "./people";
import type { ServerOptions } from "./servers";
import type { Watch } from "./watch";

/** Servers in which every state can be reached, and in which a state does not pass while it is looked at. */
export const EVERY_STATE: ServerOptions = {
  accessTtl: "20s",
  warehouseStart: "10m",
  env: { REFRESH_TOKEN_WITHIN_N_SECONDS: "19", SESSION_VALIDATION_INTERVAL_SECONDS: "1" },
};

export interface State {
  name: string;
  open: (page: Page, workspace: LocalWorkspace, watch: Watch) => Promise<void>;
}

/** The server says that the session ends soon, and goes on saying so while it is looked at. */
async function warned(page: Page, by: "idle" | "absolute", way: Locator): Promise<void> {
  await page.route("**/validate-session", async (route) => {
    // One is often under way when the test ends, and its context with it.
    const response = await route.fetch().catch(() => undefined);
    const session = (await response?.json().catch(() => undefined)) as { now: number } | undefined;
    if (!response || !session) return;
    const json = { ...session, session_ends_at: session.now + 240, warn_from: session.now - 60, ends_by: by };
    await route.fulfill({ response, json }).catch(() => {});
  });
  await signInHydrated(page);
  await expect(page.getByText("You will be signed out at")).toBeVisible();
  await expect(way).toBeVisible();
}

/** What a person can come to see. Used by the accessibility tests and for the screenshots. */
export const STATES: State[] = [
  {
    name: "authorization-server",
    open: async (page) => {
      await page.goto("/");
      await expectAuthorizationServer(page);
    },
  },
  {
    name: "sign-in-problem",
    open: async (page, _, watch) => {
      watch.allowStatus(400, 403);
      await page.goto("/account");
      await page.getByRole("button", { name: "Deny" }).click();
      await expect(page.getByRole("heading", { level: 1 })).toHaveText("Sign-in did not work");
    },
  },
  {
    name: "home",
    open: async (page) => {
      await signInHydrated(page);
      await new HomePage(page).expectDays(ALL_DAYS);
    },
  },
  {
    name: "home-progress",
    open: async (page, workspace) => {
      await workspace.setWarehouse("STOPPED");
      await signInHydrated(page);
      await expect(new HomePage(page).progress).toContainText("Warehouse starting");
    },
  },
  {
    name: "home-empty",
    open: async (page) => {
      await signInHydrated(page, "/?from=2020-01-01&to=2020-01-31");
      await expect(page.getByText("No trips in this period")).toBeVisible();
    },
  },
  {
    name: "home-error",
    open: async (page, workspace, watch) => {
      watch.allowStatus(500, 502);
      await workspace.fault({ path: STATEMENTS, status: 500, body: { error_code: "INTERNAL_ERROR", message: "made up" } });
      await signInHydrated(page);
      await expect(new HomePage(page).error).toBeVisible();
    },
  },
  {
    name: "home-wrong-period",
    open: async (page, _, watch) => {
      watch.allowStatus(400);
      await signInHydrated(page, "/?from=2016-02-07&to=2016-02-01");
      await expect(new HomePage(page).error).toBeVisible();
    },
  },
  {
    name: "session-over",
    open: async (page, workspace, watch) => {
      watch.allowStatus(401);
      await signInHydrated(page);
      await workspace.expireAllTokens({ refresh: true });
      await expect(page.getByText("Your session has ended")).toBeVisible();
    },
  },
  {
    name: "session-warning-idle",
    open: (page) => warned(page, "idle", page.getByRole("button", { name: "Stay signed in" })),
  },
  {
    name: "session-warning-absolute",
    open: (page) => warned(page, "absolute", page.getByRole("link", { name: "Sign in again" })),
  },
  {
    name: "signed-in",
    open: async (page, _, watch) => {
      watch.allowWarning("Scripts may close only the windows that were opened by them.");
      await signInHydrated(page, "/signed-in");
      await expect(page.getByRole("heading", { level: 1 })).toHaveText("You are signed in");
    },
  },
  {
    name: "account",
    open: async (page) => {
      await signInHydrated(page, "/account");
      await expect(page.getByRole("heading", { level: 1 })).toHaveText("Your session");
    },
  },
  {
    name: "not-found",
    open: async (page, _, watch) => {
      watch.allowStatus(404);
      await signInHydrated(page, "/no/such/page");
      await expect(page.getByRole("heading", { level: 1 })).toHaveText("Page not found");
    },
  },
  {
    name: "signed-out",
    open: async (page, _, watch) => {
      watch.allowStatus(401);
      await page.goto("/signed-out");
      await hydrated(page);
      await expect(page.getByRole("heading", { level: 1 })).toHaveText("You are signed out");
    },
  },
  ...DATA_STATES,
];
