// Passkeys (WebAuthn): form[data-passkey="create"|"get"] with data-passkey-options (JSON) or data-passkey-url.
// Without this file, or in a browser that knows no passkeys, those forms stay hidden and codes are the way.
(function () {
  "use strict";

  if (!window.PublicKeyCredential || !navigator.credentials) return;

  function toBytes(text) {
    const base64 = text.replace(/-/g, "+").replace(/_/g, "/");
    return Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0));
  }

  function toText(buffer) {
    let binary = "";
    new Uint8Array(buffer).forEach((byte) => { binary += String.fromCharCode(byte); });
    return btoa(binary).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  }

  function decode(options) {
    options.challenge = toBytes(options.challenge);
    if (options.user) options.user.id = toBytes(options.user.id);
    for (const name of ["excludeCredentials", "allowCredentials"]) {
      (options[name] || []).forEach((known) => { known.id = toBytes(known.id); });
    }
    return options;
  }

  function encode(credential) {
    const answer = credential.response;
    const response = { clientDataJSON: toText(answer.clientDataJSON) };
    for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (answer[name]) response[name] = toText(answer[name]);
    }
    if (answer.getTransports) response.transports = answer.getTransports();
    return {
      id: credential.id,
      rawId: toText(credential.rawId),
      type: credential.type,
      response,
      clientExtensionResults: credential.getClientExtensionResults(),
    };
  }

  async function load(form) {
    if (form.dataset.passkeyOptions) return JSON.parse(form.dataset.passkeyOptions);
    const answer = await fetch(form.dataset.passkeyUrl, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.json();
  }

  function say(form, text) {
    let line = form.querySelector("[data-passkey-message]");
    if (!line) {
      line = document.createElement("p");
      line.dataset.passkeyMessage = "";
      line.setAttribute("role", "alert");
      form.prepend(line);
    }
    line.textContent = text;
  }

  async function run(form) {
    const options = decode((await load(form)).publicKey);
    const credential = form.dataset.passkey === "create"
      ? await navigator.credentials.create({ publicKey: options })
      : await navigator.credentials.get({ publicKey: options });
    form.elements.credential.value = JSON.stringify(encode(credential));
    form.submit();
  }

  document.querySelectorAll("form[data-passkey]").forEach((form) => {
    form.hidden = false;
    form.addEventListener("submit", (event) => {
      if (!form.reportValidity()) return;
      event.preventDefault();
      run(form).catch((error) => {
        say(form, error.name === "InvalidStateError"
          ? "Dieser Passkey ist schon eingerichtet."
          : "Der Passkey wurde nicht benutzt. Sie können es noch einmal versuchen oder einen Code eingeben.");
      });
    });
  });
})();
