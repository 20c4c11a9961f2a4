// Passkeys: a form asks the browser to make one, or to have one sign, and is sent with
// what came of it. The words of what goes wrong stand in the form.
"use strict";

const encode = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const decode = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));

// ask gets from the console what the passkey is asked.
const ask = async (form) => {
  const answer = await fetch(form.dataset.challenge, { method: "POST", body: new URLSearchParams(new FormData(form)) });
  if (!answer.ok) throw new Error(answer.status);
  return answer.json();
};

const make = async (form, asked) => {
  const name = form.elements.name.value;
  const made = await navigator.credentials.create({
    publicKey: {
      challenge: decode(asked.challenge),
      rp: { id: asked.rpId, name: "flexybatch" },
      user: { id: decode(asked.user), name, displayName: name },
      pubKeyCredParams: [-7, -8, -257].map((alg) => ({ type: "public-key", alg })),
      authenticatorSelection: { residentKey: "required", userVerification: "required" },
      attestation: "none",
    },
  });
  const r = made.response;
  return { challenge: asked.challenge, id: encode(made.rawId), key: encode(r.getPublicKey()), authenticator: encode(r.getAuthenticatorData()), client: encode(r.clientDataJSON) };
};

const sign = async (form, asked) => {
  const used = await navigator.credentials.get({
    publicKey: { challenge: decode(asked.challenge), rpId: asked.rpId, userVerification: "required" },
  });
  const r = used.response;
  return { at: asked.at, challenge: asked.challenge, id: encode(used.rawId), signature: encode(r.signature), authenticator: encode(r.authenticatorData), client: encode(r.clientDataJSON) };
};

for (const form of document.querySelectorAll("form[data-passkey]")) {
  const trouble = form.querySelector("[role=alert]");
  const here = window.PublicKeyCredential && location.hostname === form.dataset.host;
  form.querySelector("button").disabled = !here;
  if (!here) trouble.textContent = form.dataset.nowhere;
  let busy = false;
  form.addEventListener("submit", async (e) => {
    e.preventDefault();
    if (busy) return;
    busy = true;
    trouble.textContent = "";
    try {
      const asked = await ask(form);
      const came = await (form.dataset.passkey === "make" ? make : sign)(form, asked);
      for (const [name, value] of Object.entries(came)) if (form.elements[name]) form.elements[name].value = value;
      form.submit();
    } catch {
      trouble.textContent = form.dataset.failed;
    }
    busy = false;
  });
}
