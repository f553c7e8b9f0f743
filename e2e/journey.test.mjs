// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

// What people come for, in a browser: to stop a model, and to let it go on again
// with two signatures made by passkeys.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { be, browse, demo } from "./server.mjs";

let server, browser;
before(async () => {
  server = await demo();
  browser = await browse();
});
after(async () => {
  await browser?.close();
  await server?.close();
});

// someone is a person with a browser and a security key of their own.
async function someone(person) {
  const context = await browser.newContext();
  const page = await context.newPage();
  const cdp = await context.newCDPSession(page);
  await cdp.send("WebAuthn.enable");
  await cdp.send("WebAuthn.addVirtualAuthenticator", {
    options: { protocol: "ctap2", transport: "usb", hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true },
  });
  await be(page, server.url, person);
  return page;
}

async function registers(page, person) {
  await page.goto(`${server.url}/drill/people/${person}`);
  await page.locator("section#passkey button").last().click();
  await page.waitForFunction(() => document.body.textContent.includes("passkey SHA256") || document.querySelector("[role=alert]"));
  assert.equal(await page.locator("[role=alert]").count(), 0, await page.locator("main").innerText());
}

async function signs(page, decision) {
  await page.goto(server.url + decision);
  await page.getByRole("button", { name: "Sign with a passkey" }).click();
  await page.waitForURL(/#signers/);
}

const answer = async (page) => {
  await page.goto(`${server.url}/drill/gate/aster-2/external_deploy`);
  return page.locator("main .mark").first().innerText();
};

test("two people sign with passkeys, and the gate opens", async () => {
  const officer = await someone("p-rso-2");
  assert.match(await answer(officer), /clear/);

  await officer.goto(`${server.url}/drill/models/aster-2`);
  const place = officer.locator("form.act[action$='/hold'], form.act[action*='hold']").first();
  await place.locator("[name=reason]").fill("A red team found a way around the classifier.");
  await place.locator("button").click();
  await officer.waitForURL(/\/holds\/hold-/);
  const hold = officer.url();
  assert.match(await answer(officer), /held/);

  await officer.goto(hold);
  await officer.getByRole("button", { name: "Ask the signers to lift it" }).click();
  await officer.waitForURL(/\/decisions\/decision-/);
  const decision = new URL(officer.url()).pathname;

  await registers(officer, "p-rso-2");
  await signs(officer, decision);
  assert.match(await answer(officer), /held/, "one signature is not enough");

  const chief = await someone("p-ceo");
  await registers(chief, "p-ceo");
  await signs(chief, decision);
  assert.match(await answer(chief), /clear/);
});

test("without scripts: a hold is placed and its lifting asked for", async () => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await be(page, server.url, "p-rso-2");
  await page.goto(`${server.url}/drill/models/aster-1`);
  const place = page.locator("form.act[action*='hold']").first();
  await place.locator("[name=reason]").fill("A drill without scripts.");
  await place.locator("button").click();
  await page.waitForURL(/\/holds\/hold-/);
  await page.getByRole("button", { name: "Ask the signers to lift it" }).click();
  await page.waitForURL(/\/decisions\/decision-/);
  assert.match(await page.locator("main").innerText(), /Sign here/);
  await context.close();
});

test("by keyboard alone: skip to the page, pick a role, place a hold", async () => {
  const page = await browser.newPage();
  await page.goto(`${server.url}/drill/`);
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.textContent), "Skip to the page");
  await page.locator("select#as").focus();
  await page.keyboard.type("p-security");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/drill\/desk/);
  await page.goto(`${server.url}/drill/models/aster-1`);
  const reason = page.locator("form.act[action*='hold'] [name=reason]").first();
  for (let n = 0; n < 200 && !(await reason.evaluate((el) => el === document.activeElement)); n++) await page.keyboard.press("Tab");
  await page.keyboard.type("Placed without a mouse.");
  for (let n = 0; n < 20; n++) {
    await page.keyboard.press("Tab");
    if (await page.evaluate(() => document.activeElement.tagName === "BUTTON")) break;
  }
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/holds\/hold-/);
  await page.close();
});
