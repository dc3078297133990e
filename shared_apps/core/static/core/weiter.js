// Sends the one form of the handover page at once. Without this file the button does it.
document.querySelector("form[data-weiter]")?.requestSubmit();
