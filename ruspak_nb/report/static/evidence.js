// The sentences behind a number. Inside a narrow cell they would be squeezed: while open they
// stand in a row of their own below. Without this script they open in the cell.
(function () {
  "use strict";
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
})();
