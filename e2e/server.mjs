// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

// Starts the program as a newcomer does, and a browser beside it.

import { spawn } from "node:child_process";
import { mkdtempSync, mkdirSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

const program = process.env.HOLDPOINT ?? "../holdpoint";
const browserPath = process.env.CHROMIUM ?? "/usr/bin/chromium";
export const out = process.env.HOLDPOINT_E2E_OUT ?? "out";
mkdirSync(out, { recursive: true });

function freePort() {
  return new Promise((resolve) => {
    const s = createServer().listen(0, "127.0.0.1", () => {
      const { port } = s.address();
      s.close(() => resolve(port));
    });
  });
}

// demo builds the demonstration in a folder of its own and serves it.
export async function demo() {
  const dir = mkdtempSync(join(tmpdir(), "holdpoint-e2e-"));
  const port = await freePort();
  const child = spawn(program, ["demo", "--dir", dir, "--listen", `127.0.0.1:${port}`], { stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  await new Promise((resolve, reject) => {
    const hear = (b) => {
      said += b;
      if (said.includes("Both workspaces are at")) resolve();
    };
    child.stdout.on("data", hear);
    child.stderr.on("data", (b) => (said += b));
    child.on("exit", (code) => reject(new Error(`the program ended with ${code}:\n${said}`)));
  });
  return {
    // Passkeys need a host name, so the browser says localhost.
    url: `http://localhost:${port}`,
    dir,
    async close() {
      const ended = new Promise((r) => child.on("exit", r));
      child.kill("SIGTERM");
      await ended;
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

export function browse() {
  return chromium.launch({ executablePath: browserPath, args: ["--no-sandbox"] });
}

// be picks a role of the drill, as the form at the top of every page does.
export async function be(page, url, person) {
  await page.goto(`${url}/drill/`);
  await page.locator("select#as").selectOption(person);
  const button = page.locator("form[action$='/act-as'] button");
  if (await button.isVisible()) await button.click();
  await page.waitForURL(/\/drill\/desk/);
}
