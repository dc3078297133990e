// Comforts only: every page works without this file. Wired by data attributes, because the CSP forbids inline handlers.
(function () {
  "use strict";

  const WIDE = window.matchMedia("(min-width: 62rem)");

  function showToast(text) {
    document.querySelector(".sojus-toast")?.remove();
    const toast = document.createElement("div");
    toast.className = "sojus-toast";
    toast.setAttribute("role", "alert");
    const alert = document.createElement("div");
    alert.className = "kern-alert kern-alert--danger";
    const header = document.createElement("div");
    header.className = "kern-alert__header";
    const icon = document.createElement("span");
    icon.className = "kern-icon kern-icon--danger";
    icon.setAttribute("aria-hidden", "true");
    const title = document.createElement("span");
    title.className = "kern-title";
    title.textContent = text;
    header.append(icon, title);
    alert.append(header);
    toast.append(alert);
    document.body.append(toast);
    window.setTimeout(() => toast.remove(), 10000);
  }

  function openDetails(root) {
    if (WIDE.matches) root.querySelectorAll("details[data-open-wide]").forEach((details) => { details.open = true; });
  }

  function enhance(root) {
    openDetails(root);
    root.querySelectorAll("[data-print]").forEach((button) => { button.hidden = false; });
    root.querySelectorAll("[data-copy]").forEach((button) => { button.hidden = !navigator.clipboard; });
    root.querySelector("[data-focus]")?.focus();
  }

  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-autosubmit]")) event.target.form?.requestSubmit();
    const watched = event.target.closest("form[data-warn-unsaved]");
    if (watched) watched.dataset.dirty = "1";
  });

  document.addEventListener("submit", (event) => { delete event.target.dataset.dirty; });

  window.addEventListener("beforeunload", (event) => {
    if (document.querySelector("form[data-dirty]")) event.preventDefault();
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) window.print();
    const copy = event.target.closest("[data-copy]");
    const source = copy && document.querySelector(copy.dataset.copy);
    if (source) {
      navigator.clipboard.writeText(source.value ?? source.textContent.trim()).then(() => {
        const label = copy.querySelector(".kern-label") ?? copy;
        label.textContent = "Kopiert";
      });
    }
  });

  document.addEventListener("htmx:responseError", (event) => {
    const expired = [401, 403].includes(event.detail.xhr.status);
    showToast(expired
      ? "Ihre Anmeldung ist abgelaufen oder der Zugriff fehlt. Bitte laden Sie die Seite neu."
      : "Das hat nicht geklappt. Bitte laden Sie die Seite neu und versuchen Sie es noch einmal.");
  });
  document.addEventListener("htmx:sendError", () => {
    showToast("Keine Verbindung zum Server. Ihre Eingaben sind noch da; bitte versuchen Sie es noch einmal.");
  });
  document.addEventListener("htmx:afterSwap", (event) => enhance(event.detail.elt));
  WIDE.addEventListener("change", () => openDetails(document));
  // On the phone the areas are one row that scrolls sideways: bring the current one into view.
  document.querySelectorAll(".sojus-nav [aria-current], .sojus-subnav [aria-current], .sojus-tabs [aria-current]").forEach((link) => {
    const row = link.closest("nav");
    row.scrollLeft = link.getBoundingClientRect().left - row.getBoundingClientRect().left - 24;
  });
  enhance(document);
})();
