// What is searched, and the library that searches, are loaded when a reader first asks.
// Text of articles becomes text of the page and nothing else: no HTML is ever parsed here.
(function () {
  "use strict";
  const dialog = document.getElementById("search");
  const input = document.getElementById("search-words");
  const results = dialog.querySelector(".search-results");
  const count = dialog.querySelector(".search-count");
  const within = dialog.querySelector(".search-within");
  const articleChoice = document.getElementById("search-article");
  const themeChoice = document.getElementById("search-theme");
  const FIRST = 6;
  const LINES = 3;
  // Characters shown of a sentence, which should stand whole, and of other lines.
  const WHOLE = 800;
  const LONG = 320;
  const KINDS = [
    { key: "sentences", one: "sentence", many: "sentences", title: "Sentences" },
    { key: "sections", one: "section", many: "sections", title: "Findings and sections" },
    { key: "tables", one: "table", many: "tables", title: "Tables" },
  ];

  // Addresses -----------------------------------------------------------------

  // In the single file each page is a section named after it, and its ids begin so.
  function address(href) {
    if (!("single" in document.documentElement.dataset)) {
      return dialog.dataset.root + href;
    }
    const [path, anchor] = href.split("#");
    const name = path.split("/").pop().replace(/\.html$/, "").replace(/[^\p{L}\p{N}_.-]+/gu, "-");
    return "#" + name + (anchor ? "--" + anchor : "");
  }

  // Words ---------------------------------------------------------------------

  // A word may be joined of parts ("Su-35", "U.S."), but a genitive is no part of it.
  const LETTER = "[\\p{L}\\p{N}\\p{M}]";
  const JOINED = new RegExp(
    `${LETTER}+(?:(?:[-\\u2010-\\u2013./,&_]|['’ʼ](?!s(?!${LETTER})))${LETTER}+)*`, "giu"
  );
  const PART = new RegExp(`${LETTER}+`, "gu");
  const GENITIVE = new RegExp(`['’ʼ]s(?!${LETTER})`, "giu");
  // Letters that do not come apart into a plain one and a mark.
  const PLAIN = { æ: "ae", œ: "oe", ø: "o", ł: "l", đ: "d", ð: "d", þ: "th", ß: "ss", ı: "i", ə: "e" };

  function fold(text) {
    const lower = text.toLowerCase();
    return /^[a-z0-9]+$/.test(lower) ? lower : lower.normalize("NFKD").replace(/\p{M}/gu, "")
      .replace(/[æœøłđðþßıə]/g, (letter) => PLAIN[letter]);
  }

  // The words of a text, where each stands, and the parts of those that are joined.
  function read(text) {
    return Array.from(text.matchAll(JOINED), (match) => {
      const found = /^[A-Za-z0-9]+$/.test(match[0])
        ? [{ 0: match[0], index: 0 }] : Array.from(match[0].matchAll(PART));
      const parts = found.map((part) => ({
        start: match.index + part.index,
        end: match.index + part.index + part[0].length,
        term: fold(part[0]),
      })).filter((part) => part.term);
      return {
        start: match.index,
        end: match.index + match[0].length,
        whole: parts.map((part) => part.term).join(""),
        parts: parts,
      };
    }).filter((word) => word.parts.length);
  }

  // What is looked up of a text: its terms, and its parts in order, for phrases.
  function digest(text) {
    const words = read(text);
    const parts = words.flatMap((word) => word.parts.map((part) => part.term));
    const joined = words.filter((word) => word.parts.length > 1).map((word) => word.whole);
    return { terms: parts.concat(joined), key: ` ${parts.join(" ")} ` };
  }

  // Query ---------------------------------------------------------------------

  // Words that must occur, and phrases: what stands in quotes, and joined words, which
  // may also be written as one.
  function parse(query) {
    const words = [];
    const phrases = [];
    query.replace(/[“”„‟«»]/g, '"').split('"').forEach((piece, number) => {
      if (number % 2) {
        const terms = read(piece).flatMap((word) => word.parts.map((part) => part.term));
        if (terms.length) {
          phrases.push({ terms: terms, open: false, quoted: true });
        }
        return;
      }
      read(piece.replace(GENITIVE, "")).forEach((word) => {
        if (word.parts.length > 1) {
          const terms = word.parts.map((part) => part.term);
          // "Su-3" may be on its way to "Su-35", but "U.S." to nothing.
          const open = /\d|.{3}/u.test(terms.at(-1));
          phrases.push({ terms: terms, whole: word.whole, open: open, quoted: false });
        } else {
          words.push(word.whole);
        }
      });
    });
    return { words: words, phrases: phrases, typing: /[\p{L}\p{N}\p{M}]$/u.test(query) };
  }

  function holds(key, phrase) {
    const end = phrase.open ? "" : " ";
    return key.includes(" " + phrase.terms.join(" ") + end)
      || Boolean(phrase.whole) && key.includes(" " + phrase.whole + end);
  }

  // Where a text has what was found: spans in order, none within another.
  function findSpans(text, terms, phrases) {
    const words = read(text);
    const parts = words.flatMap((word) => word.parts);
    const spans = [];
    words.forEach((word) => {
      if (terms.has(word.whole)) {
        spans.push([word.start, word.end]);
      } else {
        word.parts.filter((part) => terms.has(part.term))
          .forEach((part) => spans.push([part.start, part.end]));
      }
    });
    phrases.forEach((phrase) => {
      const last = phrase.terms.length - 1;
      const fits = (part, wanted, isLast) => part && (part.term === wanted
        || phrase.open && isLast && part.term.startsWith(wanted));
      parts.forEach((part, at) => {
        if (phrase.whole && fits(part, phrase.whole, true)) {
          spans.push([part.start, part.end]);
        }
        if (phrase.terms.every((wanted, n) => fits(parts[at + n], wanted, n === last))) {
          spans.push([part.start, parts[at + last].end]);
        }
      });
    });
    spans.sort((one, other) => one[0] - other[0] || other[1] - one[1]);
    return spans.filter((span, number) =>
      spans.slice(0, number).every((earlier) => earlier[1] <= span[0]));
  }

  // Index ---------------------------------------------------------------------

  let source = null;
  let documents = [];
  let index = null;

  function load(path) {
    return new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = dialog.dataset.root + path;
      script.addEventListener("load", resolve);
      script.addEventListener("error", () => reject(new Error(path)));
      document.head.append(script);
    });
  }

  async function prepare() {
    if (typeof MiniSearch === "undefined") {
      await load("static/vendor/minisearch.min.js");
    }
    if (!globalThis.ruspakSearch) {
      await load("static/search-index.js");
    }
    source = globalThis.ruspakSearch;
    documents = [];
    source.sentences.forEach((sentence, number) => {
      documents.push({ kind: 0, place: number, title: "", text: sentence[2], head: digest("") });
    });
    [source.sections, source.tables].forEach((places, number) => {
      places.forEach((place, at) => {
        const head = digest(place[2]);
        // Under a heading that nothing follows, the heading alone can be found.
        (place[3].length ? place[3] : [""]).forEach((line) => {
          documents.push({ kind: number + 1, place: at, title: place[2], text: line, head: head });
        });
      });
    });
    const searched = new MiniSearch({
      fields: ["head", "body"],
      extractField: (one, name) => name === "id" ? one.id : one[name].terms,
      stringifyField: (terms) => terms,
      tokenize: (terms) => [].concat(terms),
      processTerm: (term) => term,
      searchOptions: { boost: { head: 1.5 } },
    });
    documents.forEach((one, number) => {
      one.id = number;
      one.body = digest(one.text);
      one.key = one.head.key + "|" + one.body.key;
    });
    // In pieces, so that the reader can type meanwhile.
    await searched.addAllAsync(documents, { chunkSize: 500 });
    source.articles.forEach((article, number) => {
      articleChoice.append(new Option(`${article[1]}, ${article[0]}`, number));
    });
    source.themes.forEach((theme, number) => themeChoice.append(new Option(theme, number)));
    within.hidden = !source.sentences.length;
    index = searched;
  }

  // Search --------------------------------------------------------------------

  function isWithin(one) {
    const article = articleChoice.value;
    const theme = themeChoice.value;
    if (article === "" && theme === "") {
      return true;
    }
    if (one.kind !== 0) {
      return false;
    }
    const sentence = source.sentences[one.place];
    return (article === "" || sentence[0] === Number(article))
      && (theme === "" || sentence[3].includes(Number(theme)));
  }

  // First what was asked for; if that is nowhere, words spelled much like it; then
  // places that have some of the words.
  function search(query) {
    const loose = query.words.concat(
      query.phrases.filter((phrase) => !phrase.quoted).flatMap((phrase) => phrase.terms)
    );
    const quoted = query.phrases.filter((phrase) => phrase.quoted);
    const tries = [
      { words: query.words, phrases: query.phrases, fuzzy: false, combine: "AND", say: "" },
      { words: loose, phrases: quoted, fuzzy: true, combine: "AND",
        say: "Nowhere as typed; with words spelled much like it: " },
      { words: loose, phrases: quoted, fuzzy: true, combine: "OR",
        say: "Nowhere all together; with some of the words: " },
    ];
    for (const one of loose.length ? tries : tries.slice(0, 1)) {
      const last = one.words.length - 1;
      const begins = (term, number) =>
        term.length > (query.typing && number === last ? 1 : 2);
      const found = index.search(
        one.words.length
          ? {
            combineWith: one.combine,
            queries: one.words.map((word, number) => ({
              queries: [word],
              prefix: begins(word, number),
              fuzzy: one.fuzzy && word.length > 4 && !/\d/.test(word) && (word.length > 6 ? 2 : 1),
            })),
          }
          : MiniSearch.wildcard,
        {
          filter: (result) => isWithin(documents[result.id])
            && one.phrases.every((phrase) => holds(documents[result.id].key, phrase)),
        }
      );
      if (found.length) {
        return { groups: gather(found, one.phrases), say: one.say };
      }
    }
    return { groups: KINDS.map(() => []), say: "" };
  }

  // A section or table is one result, with those of its lines that have the words.
  function gather(found, phrases) {
    const groups = KINDS.map(() => new Map());
    found.forEach((result) => {
      const one = documents[result.id];
      const terms = new Set(result.terms);
      const spans = findSpans(one.text, terms, phrases);
      const places = groups[one.kind];
      if (!places.has(one.place)) {
        places.set(one.place, {
          place: one.place, title: one.title, spans: findSpans(one.title, terms, phrases), lines: [],
        });
      }
      if (spans.length || one.kind === 0) {
        places.get(one.place).lines.push({ text: one.text, spans: spans });
      }
    });
    return groups.map((places) => Array.from(places.values()));
  }

  // Results -------------------------------------------------------------------

  function make(name, className, ...children) {
    const element = document.createElement(name);
    if (className) {
      element.className = className;
    }
    element.append(...children);
    return element;
  }

  // A text with its spans marked; of a long one, what is around the first.
  function marked(text, spans, long = LONG) {
    let from = 0;
    let to = text.length;
    if (text.length > long) {
      const first = spans.length ? spans[0][0] : 0;
      from = first > long / 2 ? first - long / 4 : 0;
      from = from && text.indexOf(" ", from) + 1 <= first ? text.indexOf(" ", from) + 1 : from;
      to = Math.min(text.length, from + long);
      to = to < text.length ? Math.max(text.lastIndexOf(" ", to), from + long / 2) : to;
    }
    const out = document.createElement("bdi");
    out.append(from ? "… " : "");
    let at = from;
    spans.filter((span) => span[0] >= from && span[1] <= to).forEach(([start, end]) => {
      out.append(text.slice(at, start), make("mark", "", text.slice(start, end)));
      at = end;
    });
    out.append(text.slice(at, to), to < text.length ? " …" : "");
    return out;
  }

  function linkTo(href, ...children) {
    const link = make("a", "", ...children);
    link.href = address(href);
    return make("li", "", link);
  }

  function showSentence(result) {
    const [article, anchor] = source.sentences[result.place];
    const [name, author, published, href] = source.articles[article];
    const cited = make("bdi", "", [author, published].filter(Boolean).join(", "));
    const line = result.lines[0];
    return linkTo(
      `${href}#${anchor}`,
      make("span", "where", cited, ` · ${name}-${anchor}`),
      make("span", "line", marked(line.text, line.spans, WHOLE))
    );
  }

  function showPlace(result, places) {
    const [page, anchor] = places[result.place];
    const [href, title] = source.pages[page];
    const rest = result.lines.length - LINES;
    return linkTo(
      anchor ? `${href}#${anchor}` : href,
      make("span", "where", title),
      make("span", "title", marked(result.title, result.spans)),
      ...result.lines.slice(0, LINES).map((line) =>
        make("span", "line small", marked(line.text, line.spans))),
      ...(rest > 0 ? [make("span", "where", `and ${rest} more here`)] : [])
    );
  }

  const SHOW = [
    showSentence,
    (result) => showPlace(result, source.sections),
    (result) => showPlace(result, source.tables),
  ];

  function number(n, kind) {
    return `${n} ${n === 1 ? kind.one : kind.many}`;
  }

  function join(parts) {
    return parts.length > 1 ? `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}` : parts[0];
  }

  function all() {
    const articles = source.articles.length;
    return join(
      KINDS.filter((kind) => source[kind.key].length).map((kind) =>
        number(source[kind.key].length, kind)
          + (kind.key === "sentences"
            ? ` of ${articles} article${articles === 1 ? "" : "s"}` : ""))
    ) || "nothing";
  }

  function showGroup(found, at) {
    const list = make("ol", "", ...found.slice(0, FIRST).map(SHOW[at]));
    list.setAttribute("role", "list");
    const heading = make("h2", "", KINDS[at].title + " ", make("span", "count", String(found.length)));
    const section = make("section", "", heading, list);
    if (found.length > FIRST) {
      const more = make("button", "tool", `Show all ${found.length} ${KINDS[at].many}`);
      more.type = "button";
      more.addEventListener("click", () => {
        const rest = found.slice(FIRST).map(SHOW[at]);
        list.append(...rest);
        more.remove();
        rest[0].firstChild.focus();
      });
      section.append(more);
    }
    return section;
  }

  function update() {
    const query = parse(input.value);
    const chosen = articleChoice.value !== "" || themeChoice.value !== "";
    const asked = query.phrases.length || query.words.some((word) => word.length > 1);
    results.replaceChildren();
    results.scrollTop = 0;
    if (!asked && !chosen) {
      count.textContent = `Looks through ${all()}.`;
      return;
    }
    const { groups, say } = search(query);
    const told = KINDS.map((kind, at) => [kind, groups[at].length]).filter((one) => one[1]);
    if (told.length) {
      count.textContent = say + join(told.map(([kind, n]) => number(n, kind))) + ".";
      results.append(...groups.map((found, at) => found.length ? showGroup(found, at) : ""));
    } else {
      const where = chosen ? "the sentences of this article or theme" : all();
      count.textContent = `Nothing found for ${input.value.trim()} in ${where}.`;
    }
  }

  let waiting = 0;

  function updateSoon() {
    clearTimeout(waiting);
    waiting = setTimeout(() => index && update(), 120);
  }

  // Opening and closing -------------------------------------------------------

  let ready = null;

  function open() {
    if (dialog.open) {
      return;
    }
    dialog.showModal();
    input.select();
    if (!ready) {
      count.textContent = "Loading …";
      ready = prepare().then(update, (error) => {
        ready = null;
        count.textContent = `Search cannot start: ${error.message} is missing or damaged.`;
      });
    }
  }

  document.getElementById("search-open").addEventListener("click", open);
  document.getElementById("search-close").addEventListener("click", () => dialog.close());
  input.addEventListener("input", updateSoon);
  articleChoice.addEventListener("change", updateSoon);
  themeChoice.addEventListener("change", updateSoon);

  function isTyping(target) {
    return target.isContentEditable || target.closest("select, textarea")
      || target.matches("input:not([type=checkbox], [type=radio], [type=button])");
  }

  document.addEventListener("keydown", (event) => {
    const slash = event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey;
    const chord = event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey)
      && !event.shiftKey && !event.altKey;
    if ((slash || chord) && !isTyping(event.target) && !document.querySelector("dialog[open]")) {
      event.preventDefault();
      open();
    }
  });

  dialog.addEventListener("keydown", (event) => {
    const links = Array.from(results.querySelectorAll("a, button"));
    const at = links.indexOf(document.activeElement);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Enter" && event.target === input && !event.isComposing) {
      clearTimeout(waiting);
      if (index) {
        update();
        const first = results.querySelector("a");
        if (first) {
          first.click();
        }
      }
    } else if (step && (event.target === input || at >= 0) && links.length) {
      event.preventDefault();
      const next = at + step;
      (next < 0 ? input : links[Math.min(next, links.length - 1)]).focus();
    }
  });

  dialog.addEventListener("click", (event) => {
    const link = event.target.closest("a");
    // Beside the box is the backdrop.
    if (event.target === dialog) {
      dialog.close();
    } else if (link && link.pathname === location.pathname
      && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      dialog.close();
    }
  });
})();
