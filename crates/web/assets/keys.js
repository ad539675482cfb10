// Shortcuts of the console, for whoever switched them on: keys move the focus and press what stands on the page.
// Nothing else is done here: no request, no markup, nothing kept. Keys are told by their place, whatever alphabet they type.
"use strict";
(() => {
  const help = document.getElementById("keys");
  if (!help) return;
  const rows = [...document.querySelectorAll("tr[data-row]")];
  const here = () => rows.findIndex((row) => row.contains(document.activeElement));
  const inRow = (what) => rows[here()]?.querySelector(what);
  let before = null;

  const move = (by) => {
    const at = here();
    const next = at < 0 ? 0 : Math.min(Math.max(at + by, 0), rows.length - 1);
    rows[next]?.querySelector("th a").focus();
  };
  const show = (open) => {
    if (open) before = document.activeElement;
    help.hidden = !open;
    (open ? help : before)?.focus();
  };
  const does = {
    KeyJ: () => move(1),
    KeyK: () => move(-1),
    KeyX: () => inRow("input[type=checkbox]")?.click(),
    KeyT: () => inRow("[data-take]")?.click(),
    Slash: () => location.assign(help.dataset.search),
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.target.closest("input:not([type=checkbox]), textarea, select")) return;
    const asks = event.key === "?" || (event.shiftKey && event.code === "Slash");
    if (asks) show(help.hidden);
    else if (event.key === "Escape" && !help.hidden) show(false);
    else if (!event.shiftKey && does[event.code]) does[event.code]();
    else return;
    event.preventDefault();
  });
})();
