// The browser journeys. `cargo xtask e2e` builds what they need and sets the variables; see harness/house.ts.

import path from "node:path";
import { defineConfig } from "@playwright/test";
import { chromium, launchArguments, root } from "./harness/places";

export default defineConfig({
  testDir: "journeys",
  outputDir: path.join(root, "target/e2e/failures"),
  globalSetup: "./harness/seed.ts",
  fullyParallel: true,
  // Two browsers for many journeys and two cores: more workers only wait for each other.
  workers: 2,
  timeout: 60_000,
  // Ends a run that hangs; a slow machine takes half of it.
  globalTimeout: 25 * 60_000,
  expect: { timeout: 10_000 },
  // A journey that passes the second time only has found something: it is not repeated.
  retries: 0,
  forbidOnly: true,
  reporter: [["list"], ["json", { outputFile: path.join(root, "target/e2e/report.json") }]],
  use: {
    browserName: "chromium",
    launchOptions: { executablePath: chromium, args: launchArguments },
    viewport: { width: 390, height: 844 },
    locale: "zh-CN",
    timezoneId: "Asia/Shanghai",
    // Recording every journey takes a tenth of the time: `PLAYWRIGHT_TRACE=on` where one is to be understood.
    trace: process.env["PLAYWRIGHT_TRACE"] === "on" ? "retain-on-failure" : "off",
    screenshot: "only-on-failure",
  },
});
