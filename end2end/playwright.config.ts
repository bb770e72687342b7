import { defineConfig } from "@playwright/test";
import { browser, timeouts } from "./support/settings";

// No webServer: every worker starts its own local workspace and its own app (support/servers.ts), because a test
// changes both: it lets tokens expire, stops warehouses and switches faults on.
export default defineConfig({
  testDir: "tests",
  outputDir: "test-results",
  ...timeouts,
  // A flaky test is a finding.
  retries: 0,
  forbidOnly: !!process.env["CI"],
  workers: 2,
  reporter: [["list"]],
  use: browser,
});
