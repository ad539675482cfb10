// Passkeys: asks the browser to make one, or to sign with one, and puts what it says into the form of the page.
// Nothing else is done here: no request, no markup, nothing kept. Pages that ask for no passkey do not have this file.
"use strict";
(() => {
  const PATIENCE = 5 * 60 * 1000;
  const PARTS = { credential: "rawId", client: "clientDataJSON", object: "attestationObject", data: "authenticatorData",
    signature: "signature", handle: "userHandle" };

  const bytes = (text) => {
    const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
    return Uint8Array.from(plain, (sign) => sign.charCodeAt(0));
  };
  const written = (buffer) => {
    let plain = "";
    for (const byte of new Uint8Array(buffer)) plain += String.fromCharCode(byte);
    return btoa(plain).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
  };

  const made = (said) => ({
    rp: { id: said.site, name: said.operator },
    user: { id: bytes(said.handle), name: said.name, displayName: said.name },
    challenge: bytes(said.challenge),
    pubKeyCredParams: said.algorithms.split(" ").map((alg) => ({ type: "public-key", alg: Number(alg) })),
    excludeCredentials: said.known.split(" ").filter(Boolean).map((id) => ({ type: "public-key", id: bytes(id) })),
    authenticatorSelection: { residentKey: "required", requireResidentKey: true, userVerification: "required" },
    attestation: "none",
    timeout: PATIENCE,
  });
  const signed = (said) => ({
    rpId: said.site,
    challenge: bytes(said.challenge),
    userVerification: "required",
    timeout: PATIENCE,
  });

  const asks = async (place, button) => {
    const says = (name, shown) => {
      const words = place.querySelector("[data-" + name + "]");
      if (words) words.hidden = !shown;
    };
    says("failed", false);
    says("there", false);
    button.disabled = true;
    try {
      const said = place.dataset;
      const credential = said.handle
        ? await navigator.credentials.create({ publicKey: made(said) })
        : await navigator.credentials.get({ publicKey: signed(said) });
      const form = button.form;
      for (const [name, part] of Object.entries(PARTS)) {
        const input = form.elements.namedItem(name);
        const value = part === "rawId" ? credential.rawId : credential.response[part];
        if (input && value) input.value = written(value);
      }
      const step = document.createElement("input");
      step.type = "hidden";
      step.name = "step";
      step.value = button.value;
      form.append(step);
      form.submit();
    } catch (error) {
      says(error.name === "InvalidStateError" ? "there" : "failed", true);
      button.disabled = false;
      button.focus();
    }
  };

  if (!window.PublicKeyCredential) return;
  for (const words of document.querySelectorAll("[data-without-passkeys]")) {
    words.hidden = words.dataset.withoutPasskeys === location.hostname;
  }
  for (const place of document.querySelectorAll("[data-site]")) {
    if (place.dataset.site !== location.hostname) continue;
    place.hidden = false;
    const button = place.querySelector("button[data-asks]");
    if (!button) continue;
    button.addEventListener("click", (event) => {
      event.preventDefault();
      asks(place, button);
    });
  }
})();
