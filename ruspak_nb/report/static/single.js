// Many pages in one file: the section that the address names is shown, the others wait.
// Stands before the other scripts, so that they find the right section shown.
(function () {
  "use strict";
  const parts = Array.from(document.querySelectorAll(".part"));
  const links = Array.from(document.querySelectorAll(".bar a[href^='#']"));
  // The place a reader left is kept with its entry in the history, and found again.
  history.scrollRestoration = "manual";

  function named() {
    let name = location.hash.slice(1);
    try {
      name = decodeURIComponent(name);
    } catch (error) {
      // Not written as an address is; taken as it stands.
    }
    return document.getElementById(name);
  }

  function show() {
    const target = named();
    const part = (target && target.closest(".part")) || parts.find((one) => !one.hidden && target);
    const shown = part || parts[0];
    parts.forEach((one) => {
      one.hidden = one !== shown;
    });
    document.documentElement.classList.add("sorted");
    document.title = shown.dataset.title;
    links.forEach((link) => {
      if (decodeURIComponent(link.hash.slice(1)) === shown.id) {
        link.setAttribute("aria-current", "page");
      } else {
        link.removeAttribute("aria-current");
      }
    });
    return target;
  }

  function arrive() {
    const target = show();
    const kept = history.state && history.state.top;
    if (typeof kept === "number") {
      scrollTo({ top: kept, behavior: "instant" });
    } else if (!target || target.matches(".part")) {
      scrollTo({ top: 0, behavior: "instant" });
    } else {
      for (let box = target.closest("details"); box; box = box.parentElement.closest("details")) {
        box.open = true;
      }
      target.scrollIntoView({ behavior: "instant" });
    }
    if (target && target.matches(".part")) {
      document.getElementById("main").focus({ preventScroll: true });
    }
  }

  function leave() {
    history.replaceState({ top: scrollY }, "");
  }

  document.addEventListener("click", (event) => {
    if (event.target.closest("a[href^='#']")) {
      leave();
    }
  }, true);
  addEventListener("pagehide", leave);
  addEventListener("hashchange", arrive);
  addEventListener("load", arrive);
  show();
})();
