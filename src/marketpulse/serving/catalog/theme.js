(() => {
  const root = document.documentElement;
  const themes = ["", "light", "dark"];
  const button = document.getElementById("theme");
  const show = (theme) => { root.dataset.theme = theme; button.textContent = theme || "system"; };
  let theme = "";
  try { theme = localStorage.getItem("catalog-theme") || ""; } catch { /* a file may have no storage */ }
  show(theme);
  button.addEventListener("click", () => {
    theme = themes[(themes.indexOf(theme) + 1) % themes.length];
    show(theme);
    try { localStorage.setItem("catalog-theme", theme); } catch { /* as above */ }
  });
})();
