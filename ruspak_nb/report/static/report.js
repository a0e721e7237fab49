(function () {
  "use strict";
  const root = document.documentElement;
  const systemDark = matchMedia("(prefers-color-scheme: dark)");

  function remember(key, value) {
    try {
      localStorage.setItem(key, value);
    } catch (error) {
      // Without storage the choice lasts as long as the page.
    }
  }

  function isDark() {
    return root.dataset.theme ? root.dataset.theme === "dark" : systemDark.matches;
  }

  // Theme ---------------------------------------------------------------

  const themeSwitch = document.getElementById("theme-switch");

  function showTheme() {
    themeSwitch.setAttribute("aria-pressed", String(isDark()));
    document.dispatchEvent(new Event("themechange"));
  }

  themeSwitch.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    remember("theme", root.dataset.theme);
    showTheme();
  });
  systemDark.addEventListener("change", showTheme);

  // Code ----------------------------------------------------------------

  const codeSwitch = document.getElementById("code-switch");

  function showCode(shown) {
    document.querySelectorAll("details.code").forEach((box) => {
      box.open = shown;
    });
    codeSwitch.setAttribute("aria-pressed", String(shown));
    codeSwitch.querySelector(".verb").textContent = shown ? "Hide" : "Show";
    root.dataset.code = shown ? "shown" : "hidden";
  }

  if (codeSwitch) {
    codeSwitch.addEventListener("click", () => {
      const shown = codeSwitch.getAttribute("aria-pressed") !== "true";
      // Keep in place what the reader looks at while the page grows above it.
      const anchor = scrollY > 0 && document.elementFromPoint(innerWidth / 2, innerHeight / 3);
      const before = anchor && anchor.getBoundingClientRect().top;
      showCode(shown);
      if (anchor && anchor.closest("main")) {
        scrollBy({ top: anchor.getBoundingClientRect().top - before, behavior: "instant" });
      }
      remember("code", shown ? "shown" : "hidden");
    });
    if (root.dataset.code === "shown") {
      showCode(true);
    }
  }

  // Contents on a phone --------------------------------------------------

  const menu = document.querySelector("details.menu");
  if (menu) {
    document.addEventListener("click", (event) => {
      if (menu.open && (!menu.contains(event.target) || event.target.closest("a"))) {
        menu.open = false;
      }
    });
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && menu.open) {
        menu.open = false;
        menu.querySelector("summary").focus();
      }
    });
  }

  const sectionLinks = new Map();
  document.querySelectorAll(".side a[href^='#']").forEach((link) => {
    const section = document.getElementById(link.getAttribute("href").slice(1));
    if (section) {
      sectionLinks.set(section, link);
    }
  });
  if (sectionLinks.size) {
    let waiting = false;
    const follow = () => {
      waiting = false;
      let current = null;
      sectionLinks.forEach((link, section) => {
        // Of the pages of a single file, all but one are hidden.
        if (section.offsetParent && section.getBoundingClientRect().top < innerHeight / 3) {
          current = link;
        }
        link.removeAttribute("aria-current");
      });
      if (current) {
        current.setAttribute("aria-current", "location");
      }
    };
    addEventListener("scroll", () => {
      if (!waiting) {
        waiting = true;
        requestAnimationFrame(follow);
      }
    }, { passive: true });
    follow();
  }

  showTheme();
})();
