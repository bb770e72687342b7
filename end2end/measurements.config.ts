import { defineConfig } from "@playwright/test";
import { browser, timeouts } from "./support/settings";

// `make measure`: not a test, but made of the same parts.
export default defineConfig({
  testDir: "measurements",
  outputDir: "test-results",
  ...timeouts,
  workers: 1,
  reporter: [["list"]],
  use: { ...browser, trace: "off", screenshot: "off" },
});
