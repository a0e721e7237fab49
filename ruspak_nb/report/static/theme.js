// Before the page is drawn, so that it never flashes in the other theme.
(function () {
  "use strict";
  var root = document.documentElement;
  root.classList.add("scripted");
  try {
    var chosen = localStorage.getItem("theme");
    if (chosen === "light" || chosen === "dark") {
      root.dataset.theme = chosen;
    }
    if (localStorage.getItem("code") === "shown") {
      root.dataset.code = "shown";
    }
  } catch (error) {
    // Storage may be switched off; the system's theme then holds.
  }
})();
