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
    drawn.forEach(draw);
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
    codeSwitch.textContent = shown ? "Hide code" : "Show code";
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
        if (section.getBoundingClientRect().top < innerHeight / 3) {
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

  // Evidence ---------------------------------------------------------------
  // Inside a narrow cell the sentences would be squeezed: while open they stand
  // in a row of their own below. Without this script they open in the cell.

  document.querySelectorAll("td details.evidence").forEach((box, number) => {
    const row = box.closest("tr");
    const content = document.createElement("div");
    content.className = "evidence-panel";
    content.id = "evidence-" + number;
    const below = document.createElement("tr");
    below.className = "evidence-row";
    const cell = below.appendChild(document.createElement("td"));
    cell.colSpan = Array.from(row.cells).reduce((sum, one) => sum + one.colSpan, 0);
    cell.appendChild(content);
    box.addEventListener("toggle", () => {
      if (box.open) {
        row.querySelectorAll("details.evidence[open]").forEach((other) => {
          if (other !== box) {
            other.open = false;
          }
        });
        while (box.children.length > 1) {
          content.appendChild(box.children[1]);
        }
        row.after(below);
        row.classList.add("evidence-open");
      } else {
        while (content.firstChild) {
          box.appendChild(content.firstChild);
        }
        below.remove();
        if (!row.querySelector("details.evidence[open]")) {
          row.classList.remove("evidence-open");
        }
      }
    });
    box.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && box.open) {
        box.open = false;
      }
    });
  });

  // Figures ----------------------------------------------------------------

  const drawn = new Set();

  function themed(layout, width) {
    const style = getComputedStyle(root);
    const colour = (name) => style.getPropertyValue(name).trim();
    const ink = colour("--ink");
    const rule = colour("--rule");
    const result = Object.assign({}, layout, {
      paper_bgcolor: "rgba(0,0,0,0)",
      plot_bgcolor: "rgba(0,0,0,0)",
      font: Object.assign({}, layout.font, { color: ink, family: colour("--sans") }),
      hoverlabel: Object.assign({}, layout.hoverlabel, {
        bgcolor: colour("--panel"),
        bordercolor: rule,
        font: { color: ink, family: colour("--sans") },
      }),
      autosize: true,
    });
    delete result.width;
    if (width < 560) {
      // Beside the plot a legend would leave it no room on a phone.
      if ((layout.legend || {}).orientation !== "h") {
        result.legend = Object.assign({}, layout.legend, {
          orientation: "h", x: 0, xanchor: "left", y: -0.15, yanchor: "top",
        });
      }
      result.margin = Object.assign({}, layout.margin, { l: 8, r: 8 });
    }
    if (layout.title && typeof layout.title === "object") {
      result.title = Object.assign({}, layout.title, {
        font: Object.assign({}, layout.title.font, { color: ink }),
      });
    }
    if (layout.annotations) {
      result.annotations = layout.annotations.map((note) =>
        Object.assign({}, note, { font: Object.assign({}, note.font, { color: ink }) })
      );
    }
    Object.keys(layout)
      .concat(["xaxis", "yaxis"])
      .filter((key) => /^[xy]axis\d*$/.test(key))
      .forEach((key) => {
        result[key] = Object.assign({}, layout[key], {
          gridcolor: rule,
          linecolor: rule,
          zerolinecolor: rule,
          automargin: true,
          tickfont: Object.assign({}, (layout[key] || {}).tickfont, { color: ink }),
        });
      });
    return result;
  }

  // Colours are chosen for white paper; on a dark page the deep ones are lifted.
  function lifted(value) {
    if (Array.isArray(value)) {
      return value.map(lifted);
    }
    if (value && typeof value === "object") {
      return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, lifted(one)]));
    }
    if (typeof value !== "string" || !/^#[0-9a-f]{6}$/i.test(value)) {
      return value;
    }
    const parts = [1, 3, 5].map((at) => parseInt(value.slice(at, at + 2), 16));
    const light = (0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]) / 255;
    const share = Math.max(0, 0.6 - light);
    return "#" + parts
      .map((part) => Math.round(part + (255 - part) * share).toString(16).padStart(2, "0"))
      .join("");
  }

  function draw(figure) {
    const source = JSON.parse(figure.querySelector("script").textContent);
    const data = isDark() ? lifted(source.data) : source.data;
    const plot = figure.querySelector(".plot");
    if (!drawn.has(figure)) {
      plot.textContent = "";
      drawn.add(figure);
    }
    return Plotly.react(plot, data, themed(source.layout || {}, plot.clientWidth), {
      responsive: true,
      displayModeBar: false,
    });
  }

  if (typeof Plotly !== "undefined") {
    const figures = Array.from(document.querySelectorAll("figure.plotly"));
    const near = new IntersectionObserver(
      (entries) => {
        entries.filter((entry) => entry.isIntersecting).forEach((entry) => {
          near.unobserve(entry.target);
          draw(entry.target.closest("figure"));
        });
      },
      { rootMargin: "600px" }
    );
    // Watched is the plot itself: while its printed twin stands in, it is not there.
    figures.forEach((figure) => near.observe(figure.querySelector(".plot")));
    addEventListener("beforeprint", () => {
      figures.filter((figure) => !figure.matches(".has-print")).forEach((figure) => {
        draw(figure);
        Plotly.relayout(figure.querySelector(".plot"), { width: 640, autosize: false });
      });
    });
    addEventListener("afterprint", () => drawn.forEach(draw));
  }

  showTheme();
})();
