// Warns before the session ends and keeps what is being typed. Without this file the page works as well:
// a form that is sent too late is kept by the server (ADR 0015).
(function () {
  "use strict";

  const body = document.body;
  const dialog = document.getElementById("sitzung");
  if (!dialog || !body.dataset.sitzungRest) return;

  // --- the warning ------------------------------------------------------------------------------------------
  const full = Number(body.dataset.sitzungRest);
  const warnBefore = Math.min(120, full / 3) * 1000;
  let end = Date.now() + full * 1000;
  let timer = 0;
  let over = false;

  function words(seconds) {
    if (seconds > 90) return `${Math.round(seconds / 60)} Minuten`;
    return seconds > 45 ? "einer Minute" : `${Math.max(1, Math.round(seconds))} Sekunden`;
  }

  function plan(milliseconds) {
    window.clearTimeout(timer);
    timer = window.setTimeout(look, Math.max(250, Math.min(milliseconds, 60000)));
  }

  async function ask() {
    const answer = await fetch("/sitzung/", { headers: { Accept: "application/json" }, cache: "no-store" });
    const { rest, spaetestens } = await answer.json();
    end = Date.now() + rest * 1000;
    return { rest, spaetestens };
  }

  async function look() {
    if (over) return;
    if (end - Date.now() > warnBefore) {
      if (dialog.open) dialog.close();
      return plan(end - Date.now() - warnBefore);
    }
    try {
      const { rest, spaetestens } = await ask(); // another window may have made it longer
      if (rest * 1000 > warnBefore) return look();
      if (rest <= 0) return finish();
      dialog.querySelector("[data-sitzung-zeit]").textContent = words(rest);
      dialog.querySelector("[data-sitzung-bleiben]").hidden = spaetestens <= rest;
      if (!dialog.open) dialog.showModal();
    } catch {
      if (Date.now() >= end) return finish();
    }
    plan(Math.min(15000, end - Date.now() + 500));
  }

  function finish() {
    over = true;
    const kept = "entwuerfe" in body.dataset ? " Was Sie eingegeben haben, ist für Sie aufbewahrt." : "";
    dialog.querySelector("#sitzung-titel").textContent = "Ihre Anmeldung ist beendet";
    dialog.querySelector("#sitzung-text").textContent = `Bitte melden Sie sich neu an.${kept}`;
    dialog.querySelectorAll("form").forEach((form) => { form.hidden = true; });
    dialog.querySelector("[data-sitzung-neu]").hidden = false;
    body.classList.add("sojus-verdeckt"); // nobody reads over the shoulder of an empty chair
    if (dialog.open) dialog.close();
    dialog.showModal();
    dialog.querySelector("[data-sitzung-neu]").focus();
  }

  dialog.addEventListener("cancel", (event) => { if (over) event.preventDefault(); else stay(); });
  dialog.querySelector("[data-sitzung-bleiben]").addEventListener("submit", (event) => {
    event.preventDefault();
    stay();
  });

  async function stay() {
    const form = dialog.querySelector("[data-sitzung-bleiben]");
    try {
      const answer = await fetch(form.action, {
        method: "POST", body: new FormData(form), headers: { Accept: "application/json" }, redirect: "error",
      });
      end = Date.now() + (await answer.json()).rest * 1000;
      if (dialog.open) dialog.close();
    } catch {
      return finish();
    }
    look();
  }

  document.addEventListener("visibilitychange", () => { if (!document.hidden) look(); });
  window.addEventListener("pageshow", (event) => { if (event.persisted) look(); });
  look();

  // --- drafts -----------------------------------------------------------------------------------------------
  if (!("entwuerfe" in body.dataset)) return;
  const WAIT = 2500;
  const waiting = new Map();

  function isKept(form) {
    if (!form || form.method !== "post" || form.closest("dialog") || "keinEntwurf" in form.dataset) return false;
    if (form.querySelector("input[type=password], input[type=file]")) return false;
    return "entwurf" in form.dataset || form.querySelector("textarea, input[type=text], input:not([type])") !== null;
  }

  function content(form) {
    const data = new URLSearchParams();
    for (const [name, value] of new FormData(form)) {
      if (typeof value === "string" && !name.startsWith("_")) data.append(name, value);
    }
    data.set("_pfad", new URL(form.action, location.href).pathname);
    data.set("_seite", location.pathname + location.search);
    return data;
  }

  async function save(form) {
    window.clearTimeout(waiting.get(form));
    waiting.delete(form);
    try {
      const answer = await fetch("/entwuerfe/", { method: "POST", body: content(form), redirect: "error" });
      if (answer.ok && (await answer.json()).gesichert) tell(form);
    } catch {
      // the next key stroke tries again; the server keeps the form when it is sent too late
    }
  }

  function tell(form) {
    let note = form.querySelector("[data-entwurf-hinweis]");
    if (!note) {
      note = document.createElement("p");
      note.className = "sojus-muted";
      note.dataset.entwurfHinweis = "";
      form.append(note);
    }
    note.textContent = `Entwurf gesichert um ${new Date().toLocaleTimeString("de-DE", { hour: "2-digit", minute: "2-digit" })} Uhr`;
  }

  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (!isKept(form)) return;
    window.clearTimeout(waiting.get(form));
    waiting.set(form, window.setTimeout(save, WAIT, form));
  });
  document.addEventListener("submit", (event) => {
    window.clearTimeout(waiting.get(event.target));
    waiting.delete(event.target);
  });
  window.addEventListener("pagehide", () => {
    waiting.forEach((_, form) => navigator.sendBeacon("/entwuerfe/", content(form)));
    waiting.clear();
  });
})();
