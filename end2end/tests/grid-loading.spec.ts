import { openOwnGrid, ownGrid } from "../support/own-grid";
import { expect, test } from "../support/test";

const COLUMNS = { n: "BIGINT", name: "STRING" };
const row = (index: number) => [String(index), `name ${index % 7}`];

/** Chunks of 1,000 rows, all but the first held back until told. */
function held(chunks: number) {
  let release = () => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  const before = async (chunk: number) => (chunk ? released : undefined);
  return { result: { columns: COLUMNS, chunks: Array.from({ length: chunks }, () => 1_000), row, before }, release };
}

test("rows that left the view give way to those in view", async ({ page }) => {
  const { result, release } = held(50);
  const seen = await openOwnGrid(page, result);
  const grid = ownGrid(page);
  await expect(grid.locator(".td").first()).toHaveText("0");
  const scroll = (row: number) => grid.locator(".view").evaluate((view, top) => (view.scrollTop = top), row * 28);
  await scroll(25_100);
  await expect.poll(() => seen.asked).toEqual([0, 25]);
  await scroll(49_100);
  await expect.poll(() => seen.asked).toEqual([0, 25, 49]);
  await expect.poll(() => seen.aborted).toEqual([25]);
  release();
  await expect(grid.locator('[aria-rowindex="49110"] .td').first()).toHaveText("49108");
});

test("loading all says how far it is, and stops when told", async ({ page }) => {
  const { result, release } = held(20);
  const seen = await openOwnGrid(page, result);
  const grid = ownGrid(page);
  await expect(grid.locator(".td").first()).toHaveText("0");
  await grid.getByRole("searchbox", { name: "Filter loaded rows" }).fill("name 3");
  await expect(grid.getByText("143 rows, filtered within the 1,000 loaded of 20,000 rows")).toBeVisible();
  await grid.getByRole("button", { name: "Load all rows" }).click();
  const progress = grid.getByRole("group", { name: "Loading rows" });
  await expect(progress).toContainText("1,000 of 20,000 rows");
  await expect.poll(() => seen.asked, "few at the same time").toEqual([0, 1, 2, 3]);
  await progress.getByRole("button", { name: "Stop" }).click();
  await expect(grid.getByText("Stopped: 1,000 of 20,000 rows are loaded.")).toBeVisible();
  await expect.poll(() => seen.aborted).toHaveLength(3);
  release();
  await grid.getByRole("button", { name: "Load all rows" }).click();
  await expect(grid.getByText("2,857 rows, filtered within all rows")).toBeVisible();
});

test("a copy has all the rows or does not happen", async ({ page, context, watch }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  watch.allowStatus(502);
  const { result, release } = held(20);
  await openOwnGrid(page, result);
  const grid = ownGrid(page);
  const message = grid.locator(".message");
  const copied = () => page.evaluate(() => navigator.clipboard.readText());
  await expect(grid.locator(".td").first()).toHaveText("0");
  await page.evaluate(() => navigator.clipboard.writeText("before"));
  await grid.locator(".view").focus();
  await page.keyboard.press("ControlOrMeta+Space");
  await page.keyboard.press("ControlOrMeta+c");
  await grid.getByRole("button", { name: "Stop" }).click();
  await expect(message).toHaveText("Nothing was copied: 19,000 of the 20,000 selected rows are missing, because loading was stopped.");
  await page.keyboard.press("Tab");
  await page.waitForTimeout(300);
  await expect(message, "it stays while frames go by").toContainText("Nothing was copied");
  expect(await copied()).toBe("before");
  await page.route("**/chunks/7*", (route) => route.fulfill({ status: 502, json: { message: "The workspace did not answer." } }));
  release();
  await grid.locator(".view").focus();
  await page.keyboard.press("ControlOrMeta+c");
  await expect(message).toHaveText(/^Nothing was copied: [\d,]+ of the 20,000 selected rows are missing\.$/);
  await expect(grid.getByRole("alert")).toContainText("The workspace did not answer.");
  expect(await copied()).toBe("before");
  await page.unroute("**/chunks/7*");
  await grid.getByRole("button", { name: "Try again" }).click();
  await grid.locator(".view").focus();
  await page.keyboard.press("ControlOrMeta+c");
  await expect(message).toHaveText("Copied 20,000 × 1 cells");
  expect((await copied()).split("\n")).toEqual(Array.from({ length: 20_000 }, (_, index) => String(index)));
});

test("sorting many rows leaves the page alive, and says within how many it sorted", async ({ page }) => {
  let release = () => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  const chunks = [100_000, 100_000, 10];
  await openOwnGrid(page, { columns: COLUMNS, chunks, row: (index) => [String((index * 7_919) % 200_003), `name ${index % 7}`], before: async (chunk) => (chunk === 2 ? released : undefined) });
  const grid = ownGrid(page);
  await expect(grid.locator(".td").first()).toHaveText("0");
  const view = grid.locator(".view");
  await view.evaluate((element) => (element.scrollTop = 150_000 * 28));
  await expect(grid.getByText("200,000 of 200,010 rows loaded")).toBeVisible();
  await grid.getByRole("button", { name: "Column n: sort, hide, pin" }).click();
  const drawn = await grid.evaluate(async (element) => {
    const said = () => element.shadowRoot?.querySelector(".note")?.textContent ?? "";
    const sort = [...(element.shadowRoot?.querySelectorAll("button") ?? [])].find((button) => button.textContent === "Sort descending");
    let frames = 0;
    for (sort?.click(); !said().includes("sorted within"); frames++) await new Promise((resolve) => requestAnimationFrame(resolve));
    return frames;
  });
  expect(drawn, "frames that were drawn meanwhile").toBeGreaterThan(5);
  await expect(grid.getByText("200,000 rows, sorted within the 200,000 loaded of 200,010 rows")).toBeVisible();
  await expect(grid.locator('[aria-rowindex="2"] .td').first()).toHaveText("200002");
  release();
  await grid.getByRole("button", { name: "Load all rows" }).click();
  await expect(grid.getByText("200,010 rows, sorted within all rows")).toBeVisible();
});
