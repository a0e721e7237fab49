// Figures that can be hovered over: drawn when they come near, in the colours of the theme. A
// click on a mark opens its sentences right below. The list below each figure holds the same
// sentences, for the keyboard and for where no script runs.
(function () {
  "use strict";
  const root = document.documentElement;
  const systemDark = matchMedia("(prefers-color-scheme: dark)");

  function isDark() {
    return root.dataset.theme ? root.dataset.theme === "dark" : systemDark.matches;
  }

  function make(name, className, text) {
    const element = document.createElement(name);
    element.className = className;
    element.textContent = text || "";
    return element;
  }

  // Sentences ----------------------------------------------------------------

  // A long list holds links alone. Their sentences stand elsewhere on the page or in the index
  // of the search, which is loaded when such a list is first unfolded.
  function knownSentences() {
    const known = new Map();
    const index = globalThis.ruspakSearch || { sentences: [] };
    index.sentences.forEach(([article, anchor, text]) => {
      const [name, author, published] = index.articles[article];
      known.set(name + "-" + anchor, [text, author + ", " + (published || "undated") + " · "]);
    });
    document.querySelectorAll("li > q[data-span]").forEach((said) => {
      const cite = said.parentElement.querySelector("cite");
      const link = cite && cite.querySelector("a");
      if (link && !known.has(link.textContent)) {
        known.set(link.textContent, [said.textContent, cite.firstChild.textContent]);
      }
    });
    return known;
  }

  function complete(box) {
    const known = knownSentences();
    box.querySelectorAll("ol.ids > li").forEach((item) => {
      const [text, byline] = known.get(item.textContent) || [];
      if (text) {
        const cite = make("cite", "", byline);
        cite.append(...item.childNodes);
        item.append(make("q", "", text), " ", cite);
      }
    });
  }

  function load(address) {
    return new Promise((done) => {
      const script = document.createElement("script");
      script.src = address;
      script.onload = script.onerror = done;
      document.head.append(script);
    });
  }

  document.querySelectorAll(".plate-data").forEach((box) => {
    if (!box.querySelector("ol.ids")) {
      return;
    }
    box.addEventListener("toggle", async () => {
      // The single file has the index inside.
      if (!globalThis.ruspakSearch && !("single" in root.dataset)) {
        await load("static/search-index.js");
      }
      complete(box);
    }, { once: true });
  });

  // What a mark opens --------------------------------------------------------

  // The lists by their key, taken before any of them is opened and so moved elsewhere.
  const lists = new Map();
  document.querySelectorAll("figure.plotly").forEach((figure) => {
    const found = new Map();
    figure.querySelectorAll("details[data-evidence]").forEach((box) => {
      if (!found.has(box.dataset.evidence)) {
        found.set(box.dataset.evidence, box.querySelector("ol"));
      }
    });
    lists.set(figure, found);
  });

  function keyOf(point) {
    return String(point.customdata || point.data.meta || "");
  }

  function foldedBelow(figure) {
    const step = figure.closest(".step");
    return step && step.querySelector("details.figure-sentences");
  }

  function close(figure) {
    const panel = figure.querySelector(".plate-panel");
    panel.textContent = "";
    panel.hidden = true;
  }

  function open(figure, key) {
    const list = lists.get(figure).get(key);
    if (!list) {
      const folded = foldedBelow(figure);
      if (key && folded) {
        folded.open = true;
      }
      return;
    }
    const panel = figure.querySelector(".plate-panel");
    panel.hidden = false;
    panel.textContent = "";
    const n = list.children.length;
    const head = panel.appendChild(make("p", "plate-panel-head"));
    head.appendChild(make("span", "", n === 1 ? "1 sentence" : n + " sentences"));
    const button = head.appendChild(make("button", "tool", "Close"));
    button.type = "button";
    button.addEventListener("click", () => close(figure));
    panel.appendChild(list.cloneNode(true));
  }

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      document.querySelectorAll(".plate-panel:not([hidden])").forEach((panel) => {
        close(panel.closest("figure"));
      });
    }
  });

  function listen(figure, plot) {
    // There before it is filled, so that what it then says is announced.
    const panel = make("div", "plate-panel");
    panel.setAttribute("role", "region");
    panel.setAttribute("aria-label", "Sentences behind a mark of the figure");
    panel.setAttribute("aria-live", "polite");
    panel.tabIndex = 0;
    panel.hidden = true;
    plot.after(panel);
    plot.on("plotly_click", (event) => open(figure, keyOf(event.points[0])));
    plot.on("plotly_hover", (event) => {
      plot.classList.toggle("on-mark", keyOf(event.points[0]) !== "");
    });
    plot.on("plotly_unhover", () => plot.classList.remove("on-mark"));
  }

  // Drawing -----------------------------------------------------------------

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
    const isNew = !drawn.has(figure);
    if (isNew) {
      plot.textContent = "";
      drawn.add(figure);
    }
    const done = Plotly.react(plot, data, themed(source.layout || {}, plot.clientWidth), {
      responsive: true,
      displayModeBar: false,
    });
    if (isNew) {
      done.then(() => listen(figure, plot));
    }
    return done;
  }

  document.addEventListener("themechange", () => drawn.forEach(draw));

  function start() {
    if (typeof Plotly === "undefined") {
      return;
    }
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

  // The plotting library may come after this script.
  if (document.readyState === "complete") {
    start();
  } else {
    document.addEventListener("DOMContentLoaded", start);
  }
})();
