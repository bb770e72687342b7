import type { Locator, Page } from "@playwright/test";

/** The SQL page as people see it. */
export const sqlPath = (sql: string): string => `/sql?sql=${encodeURIComponent(sql)}`;

export const editor = (page: Page): Locator => page.getByRole("textbox", { name: "SQL statement" });
export const grid = (page: Page): Locator => page.getByRole("grid", { name: "Rows" });
export const cells = (page: Page): Locator => grid(page).getByRole("gridcell");
export const run = (page: Page): Locator => page.getByRole("button", { name: "Run", exact: true });
export const field = (page: Page): Locator => page.locator("#sql-text");
export const openStatements = (page: Page): Locator => page.getByRole("navigation", { name: "Open statements" });
export const newStatement = (page: Page): Locator => openStatements(page).getByRole("button", { name: "New statement", exact: true }).last();
export const tabOf = (page: Page, name: string): Locator => openStatements(page).getByRole("button", { name, exact: true });
export const closeOf = (page: Page, name: string): Locator => openStatements(page).getByRole("button", { name: `Close ${name}`, exact: true });

export async function write(page: Page, sql: string): Promise<void> {
  await editor(page).click();
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.insertText(sql);
}

/** Chooses what the result is downloaded as. */
export async function downloadAs(page: Page, format: string): Promise<void> {
  await page.getByText("Download", { exact: true }).click();
  await page.getByRole("link", { name: format, exact: true }).click();
}
