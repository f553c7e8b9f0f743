// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

// Every page, in both themes, wide and narrow: no serious or critical finding of
// axe, no word from the browser's console, nothing asked of another host, no page
// that is wider than the screen; and a picture of each.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { join } from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import { be, browse, demo, out } from "./server.mjs";

let server, browser;
before(async () => {
  server = await demo();
  browser = await browse();
});
after(async () => {
  await browser?.close();
  await server?.close();
});

// found follows the navigation and the first link of each list, so that a page
// which is added later is tested too.
async function found() {
  const page = await browser.newPage();
  const paths = new Set(["/"]);
  for (const base of ["/drill", "/record"]) {
    await page.goto(server.url + base + "/");
    for (const href of await page.locator("nav.ways a").evaluateAll((all) => all.map((a) => a.getAttribute("href")))) paths.add(href);
  }
  for (const path of [...paths]) {
    await page.goto(server.url + path);
    const first = new Map();
    for (const href of await page.locator("main a[href]").evaluateAll((all) => all.map((a) => a.getAttribute("href")))) {
      if (!href.startsWith("/") || href.includes("?") || href.includes("#")) continue;
      const kind = href.split("/").slice(0, 3).join("/");
      if (!first.has(kind)) first.set(kind, href);
    }
    for (const href of first.values()) paths.add(href);
  }
  for (const path of ["/drill/search?q=aster", "/drill/nothing-here", "/drill/?at=2026-05-01T00:00:00Z"]) paths.add(path);
  await page.close();
  return [...paths];
}

async function isPage(page, path) {
  const res = await page.request.get(server.url + path);
  return (res.headers()["content-type"] ?? "").startsWith("text/html");
}

test("every page in both themes, wide and narrow", async (t) => {
  const paths = await found();
  assert.ok(paths.length > 25, `only ${paths.length} pages were found: ${paths}`);
  for (const colorScheme of ["light", "dark"]) {
    const context = await browser.newContext({ colorScheme, viewport: { width: 1280, height: 900 } });
    const page = await context.newPage();
    const said = [];
    page.on("console", (m) => ["error", "warning"].includes(m.type()) && said.push(`${page.url()}: ${m.text()}`));
    page.on("request", (r) => !r.url().startsWith(server.url) && !r.url().startsWith("data:") && said.push(`asked ${r.url()}`));
    await be(page, server.url, "p-rso-2");
    for (const path of paths) {
      if (!(await isPage(page, path))) continue;
      await t.test(`${path} ${colorScheme}`, async () => {
        const res = await page.goto(server.url + path);
        assert.ok(res.status() < 400 || path.endsWith("nothing-here"), `status ${res.status()}`);
        const body = await res.body();
        assert.ok(body.length <= 150_000, `${body.length} bytes`);
        const { violations } = await new AxeBuilder({ page }).withTags(["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]).analyze();
        const grave = violations.filter((v) => ["serious", "critical"].includes(v.impact));
        assert.deepEqual(grave.map((v) => `${v.id}: ${v.nodes.map((n) => n.html).slice(0, 3).join(" | ")}`), []);
        const name = `${path.replace(/[^a-z0-9-]+/gi, "_").replace(/^_|_$/g, "") || "both"}`;
        await page.screenshot({ path: join(out, `${name}-${colorScheme}.png`), fullPage: true });
        await page.setViewportSize({ width: 360, height: 740 });
        const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        if (colorScheme === "light") await page.screenshot({ path: join(out, `${name}-narrow.png`), fullPage: true });
        await page.setViewportSize({ width: 1280, height: 900 });
        assert.ok(over <= 0, `${over} pixels wider than a narrow screen`);
      });
    }
    // The page that does not exist says so in the console, as it should.
    assert.deepEqual(said.filter((s) => !s.includes("nothing-here")), []);
    await context.close();
  }
});
