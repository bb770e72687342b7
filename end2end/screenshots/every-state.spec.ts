import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { EVERY_STATE, STATES } from "../support/states";
import { expect, test } from "../support/test";

test.use({ serverOptions: EVERY_STATE });

const folder = resolve(import.meta.dirname, "../../docs/screenshots");
const SIZES = { wide: { width: 1280, height: 800 }, narrow: { width: 360, height: 740 } };

for (const state of STATES) {
  test(state.name, async ({ page, workspace, watch }) => {
    await mkdir(folder, { recursive: true });
    await page.setViewportSize(SIZES.wide);
    await state.open(page, workspace, watch);
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      for (const [name, size] of Object.entries(SIZES)) {
        await page.setViewportSize(size);
        // Rows that the grid makes room for come a moment later.
        await expect(page.locator(".tr.awaits")).toHaveCount(0);
        await page.screenshot({ path: join(folder, `${state.name}-${colorScheme}-${name}.png`), animations: "disabled" });
      }
    }
  });
}
