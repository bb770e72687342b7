import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { EVERY_STATE, STATES } from "../support/states";
import { expect, test } from "../support/test";

test.use({ serverOptions: EVERY_STATE });

const WIDE = { width: 1280, height: 800 };
const NARROW = { width: 360, height: 740 };

for (const state of STATES) {
  test(`${state.name}: nothing for axe to find, and it fits a phone`, async ({ page, workspace, watch }) => {
    await page.setViewportSize(WIDE);
    await state.open(page, workspace, watch);
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      for (const size of [WIDE, NARROW]) {
        await page.setViewportSize(size);
        await settled(page);
        const where = `${state.name}, ${colorScheme}, ${size.width} px`;
        expect.soft(await findings(page), where).toEqual([]);
        expect.soft(await sticksOut(page), `${where}: nothing sticks out sideways`).toEqual([]);
      }
    }
  });
}

/** Colours that are on their way to others would be measured in between. */
async function settled(page: Page): Promise<void> {
  await page.evaluate(async () => {
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    const passing = document.getAnimations().filter((animation) => animation.effect?.getComputedTiming().iterations !== Infinity);
    await Promise.allSettled(passing.map((animation) => animation.finished));
  });
}

async function findings(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).withTags(["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]).analyze();
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.join(" ")}: ${node.failureSummary}`));
}

/** Empty unless the page scrolls sideways; then the elements that make it. */
async function sticksOut(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) return [];
    const wide = [...document.querySelectorAll("body *")].filter((element) => element.getBoundingClientRect().right > width + 0.5);
    return [`page is ${document.documentElement.scrollWidth} px wide`, ...wide.slice(0, 5).map((element) => element.outerHTML.slice(0, 120))];
  });
}
