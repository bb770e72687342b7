import type { Page } from "@playwright/test";
import { STATEMENTS } from "../support/local-workspace";
import { signInHydrated } from "../support/people";
import { cells, editor, run, sqlPath, write } from "../support/sql-page";
import { expect, test } from "../support/test";

test.use({ serverOptions: { warehouseStart: "10m" } });

const cancel = (page: Page) => page.getByRole("button", { name: "Cancel" });
const value = (page: Page) => page.getByRole("textbox", { name: "Value" });
const options = (page: Page) => page.getByRole("listbox").getByRole("option");

test("keys that are held down run a statement once, with the place where it begins", async ({ page, workspace }) => {
  await signInHydrated(page, "/sql");
  await write(page, "SELECT 1 AS a;\n\n  SELECT 2 AS b;");
  await page.evaluate(() => {
    const part = document.querySelector<HTMLInputElement>("input[name=part]");
    part?.form?.addEventListener("submit", () => document.body.append(Object.assign(document.createElement("output"), { value: JSON.stringify([part?.value, part?.dataset]) })), { capture: true });
  });
  await page.keyboard.down("ControlOrMeta");
  for (let times = 0; times < 4; times++) await page.keyboard.down("Enter");
  await page.keyboard.up("Enter");
  await page.keyboard.up("ControlOrMeta");
  await expect(cells(page)).toHaveText(["2"]);
  await expect(page.locator("output")).toHaveText(['["SELECT 2 AS b",{"line":"2","column":"2"}]']);
  expect(await workspace.requests({ method: "POST", path: STATEMENTS })).toHaveLength(1);
  await write(page, "SELECT 3 AS c;\n");
  await run(page).click();
  await expect(page.locator("output").last(), "all there is").toHaveText('["",{}]');
});

test("the button and Enter in a field run what the keys run, and the page says which part that is", async ({ page }) => {
  await signInHydrated(page, sqlPath("SELECT 1 AS a;\nSELECT :b AS b"));
  const said = page.getByRole("status").filter({ hasText: "Sent" });
  await run(page).click();
  await expect(cells(page)).toHaveText(["1"]);
  await expect(said).toHaveText("Sent line 1: the statement at the cursor.");
  await editor(page).click();
  await page.keyboard.press("ControlOrMeta+End");
  await value(page).fill("x");
  await page.keyboard.press("Enter");
  await expect(cells(page)).toHaveText(["x"]);
  await expect(said).toHaveText("Sent line 2: the statement at the cursor.");
  await expect(page.locator(".cm-sent")).toHaveText("SELECT :b AS b");
  await editor(page).click();
  await page.keyboard.press("ControlOrMeta+Home");
  await page.keyboard.press("Shift+End");
  await run(page).click();
  await expect(cells(page)).toHaveText(["1"]);
  await expect(said).toHaveText("Sent line 1: what is selected.");
  await write(page, "SELECT 3 AS c;");
  await run(page).click();
  await expect(cells(page)).toHaveText(["3"]);
  await expect(said).toHaveCount(0);
});

test("fields of another statement are not asked for", async ({ page, workspace }) => {
  await signInHydrated(page, sqlPath("SELECT 1 AS a;\nSELECT :day AS d"));
  await page.getByLabel("Type").selectOption("DATE");
  await editor(page).click();
  await page.keyboard.press("ControlOrMeta+Home");
  await page.keyboard.press("ControlOrMeta+Enter");
  await expect(cells(page)).toHaveText(["1"]);
  await editor(page).click();
  await page.keyboard.press("ControlOrMeta+End");
  await page.keyboard.press("ControlOrMeta+Enter");
  await expect(value(page)).toBeFocused();
  expect(await workspace.requests({ method: "POST", path: STATEMENTS })).toHaveLength(1);
  await value(page).fill("2016-01-02");
  await run(page).click();
  await expect(cells(page)).toHaveText(["2016-01-02"]);
});

test("a moment is bound in UTC, as its field says", async ({ page }) => {
  await signInHydrated(page, sqlPath("SELECT :t AS t"));
  const zone = page.getByRole("group", { name: ":t" }).getByText("UTC");
  await expect(zone).toBeHidden();
  await page.getByLabel("Type").selectOption("TIMESTAMP");
  await expect(zone).toBeVisible();
  await value(page).fill("2016-01-10T10:00");
  await run(page).click();
  await expect(cells(page)).toHaveText(["2016-01-10T10:00:00.000Z"]);
});

test("a moment without a zone is bound as it was written", async ({ page }) => {
  await signInHydrated(page, sqlPath("SELECT date_format(:t, 'yyyy-MM-dd HH:mm') AS t"));
  await page.getByLabel("Type").selectOption("TIMESTAMP_NTZ");
  await expect(page.getByRole("group", { name: ":t" }).getByText("UTC")).toBeHidden();
  await value(page).fill("2016-01-10T10:00");
  await run(page).click();
  await expect(cells(page)).toHaveText(["2016-01-10 10:00"]);
});

test("Tab takes a completion, and otherwise leads out of the editor, either way", async ({ page }) => {
  await signInHydrated(page, "/sql");
  await write(page, "SELECT * FROM sam");
  await page.keyboard.press("Control+Space");
  await expect(options(page).filter({ hasText: "samples" })).toBeVisible();
  await expect(async () => {
    await page.keyboard.press("Tab");
    expect(await page.locator("#sql-text").inputValue(), "a list that has just come up takes nothing").toBe("SELECT * FROM samples");
  }).toPass();
  await expect(editor(page)).toBeFocused();
  await page.keyboard.press("Tab");
  await expect(run(page)).toBeFocused();
  await page.keyboard.press("Shift+Tab");
  await expect(editor(page)).toBeFocused();
  await page.keyboard.press("Shift+Tab");
  await expect(editor(page)).not.toBeFocused();
});

test("a text that would change its meaning is not laid out", async ({ page }) => {
  await signInHydrated(page, "/sql");
  await write(page, "SELECT 1 !> 2");
  await page.keyboard.press("Shift+Alt+F");
  await expect(page.getByText("This was left as it is")).toBeVisible();
  await expect(page.locator("#sql-text")).toHaveValue("SELECT 1 !> 2");
});

test("undo, selection and place belong to the text that is open", async ({ page }) => {
  await signInHydrated(page, "/sql");
  // An editor beside the page's own, so that nothing but this test sets what it shows.
  await page.evaluate(() => {
    const form = document.createElement("form");
    form.id = "other";
    const editor = document.createElement("sql-editor");
    editor.append(document.createElement("textarea"));
    Object.assign(editor, { document: "a", text: "" });
    form.append(editor);
    document.body.append(form);
  });
  const form = page.locator("#other");
  const text = form.locator(".cm-content");
  const field = form.locator("textarea");
  const open = (document: string, said?: string) => form.locator("sql-editor").evaluate((element, set) => Object.assign(element, set), { document, ...(said === undefined ? {} : { text: said }) });
  await text.click();
  // In one go, and so one step to undo.
  await page.keyboard.insertText("one two");
  await page.keyboard.press("ControlOrMeta+Shift+ArrowLeft");
  await open("b", "three");
  await expect(field).toHaveValue("three");
  await text.click();
  await page.keyboard.press("ControlOrMeta+z");
  await expect(field, "the text of a tab is not undone into another's").toHaveValue("three");
  await open("b", "four");
  await page.keyboard.press("ControlOrMeta+z");
  await expect(field, "a change within a tab is").toHaveValue("three");
  await open("a", "one two");
  await text.focus();
  await page.keyboard.type("2");
  await expect(field, "what was selected is again").toHaveValue("one 2");
  await page.keyboard.press("ControlOrMeta+z");
  await page.keyboard.press("ControlOrMeta+z");
  await expect(field).toHaveValue("");
  await open("c");
  await expect.poll(() => text.innerText(), "a page that says nothing new means the same text").toBe("\n");
});

test("Esc cancels from anywhere, unless something else answers to it", async ({ page, workspace }) => {
  await workspace.setWarehouse("STOPPED");
  await signInHydrated(page, sqlPath("SELECT 1 AS one"));
  await run(page).click();
  await expect(page.getByText("Warehouse starting")).toBeVisible();
  await editor(page).focus();
  await page.keyboard.press("ControlOrMeta+f");
  const find = page.getByRole("textbox", { name: "Find" });
  await expect(find).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(find).toBeHidden();
  await expect(cancel(page), "the search answered").toBeEnabled();
  await page.evaluate(() => {
    const dialog = document.createElement("dialog");
    dialog.id = "own";
    document.body.append(dialog);
    dialog.showModal();
  });
  await page.keyboard.press("Escape");
  await expect(page.locator("#own")).toBeHidden();
  await expect(cancel(page), "the dialog answered").toBeEnabled();
  await page.getByLabel("Rows", { exact: true }).focus();
  await page.keyboard.press("Escape");
  await expect(page.getByText("The warehouse has confirmed")).toBeVisible();
});

test("completion knows catalogs, and the columns of the tables in the statement", async ({ page }) => {
  await signInHydrated(page, "/sql");
  await write(page, "SELECT  FROM samples.nyctaxi.trips t");
  for (let presses = 0; presses < " FROM samples.nyctaxi.trips t".length; presses++) await page.keyboard.press("ArrowLeft");
  await page.keyboard.type("fare");
  await options(page).filter({ hasText: "fare_amount" }).click();
  await expect(page.locator("#sql-text")).toHaveValue("SELECT fare_amount FROM samples.nyctaxi.trips t");
  await page.keyboard.type(", t.trip_d");
  await expect(options(page).filter({ hasText: "trip_distance" })).toBeVisible();
  await write(page, "SELECT * FROM sam");
  await page.keyboard.press("Control+Space");
  await expect(options(page).filter({ hasText: "samples" })).toBeVisible();
});
