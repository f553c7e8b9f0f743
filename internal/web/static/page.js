// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

// What pages gain where scripts run: filtering while typing, and word of newer
// entries. Nothing depends on it.

for (const form of document.querySelectorAll("form.filter")) {
  const input = form.querySelector("input[type=search]");
  const region = form.nextElementSibling;
  const said = form.querySelector("[aria-live]");
  const body = region?.querySelector("tbody");
  // Only a list that is on one page is filtered here; the server has the rest.
  if (!body || region.nextElementSibling?.classList.contains("pages") || input.value) continue;
  input.addEventListener("input", () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    let kept = 0;
    for (const row of body.rows) {
      const text = row.textContent.toLowerCase();
      row.hidden = !words.every((w) => text.includes(w));
      if (!row.hidden) kept++;
    }
    said.textContent = kept === body.rows.length ? `${kept} rows` : `${kept} rows of ${body.rows.length}`;
  });
}

// Picking a role acts at once; the button is for browsers without scripts.
const as = document.querySelector("select#as");
if (as) {
  as.form.querySelector("button").hidden = true;
  as.addEventListener("change", () => as.form.requestSubmit());
}

// A key for each form, so that sending it twice acts once.
for (const form of document.querySelectorAll("form.act")) {
  form.addEventListener("submit", () => {
    const button = form.querySelector("button:not([type=button])");
    if (button) button.setAttribute("aria-busy", "true");
  });
}

const { base, seq } = document.body.dataset;
const newer = document.getElementById("newer");
if (newer && window.EventSource) {
  const events = new EventSource(`${base}/api/v1/events?after=${seq}`);
  let count = 0;
  events.addEventListener("entry", () => {
    count++;
    newer.textContent = "";
    const link = document.createElement("a");
    link.href = location.href;
    link.textContent = count === 1 ? "1 newer entry: show it" : `${count} newer entries: show them`;
    newer.append(" · ", link);
  });
  addEventListener("pagehide", () => events.close());
}
