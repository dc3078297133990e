// Says how many houses are ticked, and unticks all. Without this file the page says what was ticked at first.
(() => {
  const zahl = document.querySelector("[data-anfragen-zahl]");
  if (!zahl) return;
  const wort = zahl.querySelector("[data-anfragen-wort]");
  const keine = document.querySelector("[data-anfragen-keine]");
  const haeuser = [...document.querySelectorAll("input[name=angebote]")];
  const hoechstens = Number(zahl.dataset.anfragenZahl);
  const say = () => {
    const viele = haeuser.filter((haus) => haus.checked).length;
    wort.textContent = `${viele} von ${haeuser.length} gewählt${viele > hoechstens ? `, höchstens ${hoechstens}` : ""}`;
    keine.hidden = viele === 0;
  };
  keine.addEventListener("click", () => {
    for (const haus of haeuser) haus.checked = false;
    say();
  });
  for (const haus of haeuser) haus.addEventListener("change", say);
  say();
})();
