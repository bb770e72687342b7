import { devices, type PlaywrightTestOptions, type PlaywrightWorkerOptions } from "@playwright/test";

const root = process.getuid?.() === 0;

export const launchOptions = {
  executablePath: process.env["CHROMIUM_PATH"] || "/usr/bin/chromium",
  args: [
    // Chromium has no sandbox for root, which is who runs the tests in a container.
    ...(root ? ["--no-sandbox"] : []),
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
};

/** The system's Chromium, never a downloaded one. */
export const browser: Partial<PlaywrightTestOptions & PlaywrightWorkerOptions> = {
  ...devices["Desktop Chrome"],
  locale: "en-GB",
  timezoneId: "Europe/Berlin",
  trace: "retain-on-failure",
  screenshot: "only-on-failure",
  launchOptions,
};

// Generous, for slow machines: a test that waits for a condition is not slower for it.
export const timeouts = { timeout: 180_000, expect: { timeout: 30_000 } };
