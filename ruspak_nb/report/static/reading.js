// The layers switch without a script. This adds: one button for all of them, what was
// found following the text, and a light on the words of what the pointer is on.
(function () {
  "use strict";

  function furnish(room) {
    const found = room.querySelector(".found");
    const wide = matchMedia("(min-width: 80rem)");

    // On a narrow screen the text comes before its datasheet.
    if (!wide.matches) {
      room.querySelector(".sheet").open = false;
    }

    // All layers at once ----------------------------------------------------

    const boxes = Array.from(room.querySelectorAll(".layers input"));
    const allSwitch = room.querySelector(".layers button");

    function nameSwitch() {
      allSwitch.textContent = boxes.some((box) => box.checked) ? "Hide all" : "Show all";
    }

    allSwitch.addEventListener("click", () => {
      const shown = !boxes.some((box) => box.checked);
      boxes.forEach((box) => {
        box.checked = shown;
      });
      nameSwitch();
    });
    boxes.forEach((box) => box.addEventListener("change", nameSwitch));
    nameSwitch();

    // The sentence that is read, and what was found in it -----------------------

    // Where a link on this page leads.
    function led(link) {
      return document.getElementById(decodeURIComponent(link.hash.slice(1)));
    }

    let current = [];
    // What the reader chose stays chosen until it has left the screen.
    let held = null;
    let seen = false;

    function choose(sentence) {
      current.forEach((element) => element.classList.remove("current"));
      const entry = led(sentence.querySelector(".number"));
      current = [sentence, entry];
      current.forEach((element) => element.classList.add("current"));
      if (wide.matches) {
        const top = entry.getBoundingClientRect().top - found.getBoundingClientRect().top;
        found.scrollBy({ top: top, behavior: "instant" });
      }
    }

    function hold(sentence) {
      held = sentence;
      seen = false;
      choose(sentence);
    }

    const sentences = Array.from(room.querySelectorAll(".sentence"));
    let waiting = false;

    function follow() {
      waiting = false;
      const isBusy = found.matches(":hover") || found.contains(document.activeElement);
      if (!wide.matches || !room.offsetParent || isBusy) {
        return;
      }
      if (held) {
        const box = held.getBoundingClientRect();
        const inView = box.bottom > 0 && box.top < innerHeight;
        if (inView || !seen) {
          seen = seen || inView;
          return;
        }
        held = null;
      }
      const line = innerHeight / 3;
      const read = sentences.filter((one) => one.getBoundingClientRect().top <= line).pop();
      if (read && scrollY > 0 && read !== current[0]) {
        choose(read);
      }
    }

    addEventListener("scroll", () => {
      if (!waiting) {
        waiting = true;
        requestAnimationFrame(follow);
      }
    }, { passive: true });

    room.querySelector("article").addEventListener("click", (event) => {
      const sentence = event.target.closest(".sentence");
      const link = event.target.closest(".number");
      if (!sentence || (!link && String(getSelection()))) {
        return;
      }
      hold(sentence);
      if (wide.matches) {
        // The list scrolls by itself; the page stays where it is.
        event.preventDefault();
        if (link && event.detail === 0) {
          current[1].querySelector(".back").focus({ preventScroll: true });
        }
      } else if (!link) {
        sentence.querySelector(".number").click();
      }
    });

    function arrive() {
      const target = room.querySelector(":target");
      const sentence = target && target.classList.contains("entry")
        ? led(target.querySelector(".back"))
        : target;
      if (sentence && sentence.classList.contains("sentence")) {
        hold(sentence);
      }
    }

    addEventListener("hashchange", arrive);
    addEventListener("load", arrive);

    // On a narrow screen, Escape closes what came up from below.
    document.addEventListener("keydown", (event) => {
      const open = event.key === "Escape" && !wide.matches && found.querySelector(".entry:target");
      if (open) {
        open.querySelector(".back").click();
      }
    });

    // From what was found to its words -----------------------------------------

    function light(event) {
      room.querySelectorAll(".lit").forEach((piece) => piece.classList.remove("lit"));
      const item = event.type === "mouseover" && event.target.closest("dd[data-marks]");
      if (item) {
        item.dataset.marks.split(" ").forEach((name) => {
          room.querySelectorAll(`article [data-marks~="${name}"]`).forEach((piece) => {
            piece.classList.add("lit");
          });
        });
      }
    }

    found.addEventListener("mouseover", light);
    found.addEventListener("mouseleave", light);
  }

  // One to a page; in the single file, one for each article.
  document.querySelectorAll(".room").forEach(furnish);
})();
