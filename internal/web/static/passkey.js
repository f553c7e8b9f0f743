// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

// Signing with a passkey, and making one. Without scripts a signature is pasted.

async function options(form) {
  const answer = await fetch(form.action + "/request", { method: "POST", body: new URLSearchParams(new FormData(form)) });
  const type = answer.headers.get("Content-Type") || "";
  if (answer.ok && type.startsWith("application/json")) return answer.json();
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  throw new Error(page.querySelector(".question")?.textContent || "The server gave nothing to sign.");
}

function say(form, error) {
  let p = form.querySelector("[role=alert]");
  if (!p) {
    p = document.createElement("p");
    p.setAttribute("role", "alert");
    form.append(p);
  }
  p.textContent = error.name === "NotAllowedError" ? "Nothing was signed: it was cancelled, or took too long." : error.message;
}

const able = window.PublicKeyCredential?.parseRequestOptionsFromJSON;

for (const text of document.querySelectorAll("#sign textarea[name=signature]")) {
  if (!able) break;
  const form = text.form;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "main";
  button.textContent = "Sign with a passkey";
  button.addEventListener("click", async () => {
    try {
      const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(await options(form));
      text.value = JSON.stringify(await navigator.credentials.get({ publicKey }));
      form.requestSubmit();
    } catch (error) {
      say(form, error);
    }
  });
  form.append(button);
}

for (const made of document.querySelectorAll("#passkey input[name=credential]")) {
  const form = made.form;
  form.addEventListener("submit", async (event) => {
    if (made.value) return;
    event.preventDefault();
    try {
      if (!able) throw new Error("This browser cannot make a passkey here.");
      const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(await options(form));
      made.value = JSON.stringify(await navigator.credentials.create({ publicKey }));
      form.requestSubmit();
    } catch (error) {
      say(form, error);
    }
  });
}
