"""What holds for every test: notebooks run here as they run when they are stored."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ConsoleMessage, Dialog, Page, Request
    from spacy.language import Language

    from ruspak_nb import Annotations

# The kernels that nbval starts inherit these; see `execute.py` for the reasons.
os.environ["TQDM_DISABLE"] = "1"
os.environ.pop("PLOTLY_RENDERER", None)
os.environ.pop("MPLBACKEND", None)

# How long an example takes says how busy the machine is, not whether the code is right.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


@pytest.fixture(scope="module", autouse=True)
def own_environment() -> Iterator[None]:
    """Leave no variable behind: `open_project` sets some for the notebook that calls it."""
    before = dict(os.environ)
    yield
    for name in [name for name in os.environ if name.startswith("RUSPAK_")]:
        if name not in before:
            del os.environ[name]
    os.environ.update({name: old for name, old in before.items() if name.startswith("RUSPAK_")})


@pytest.fixture(scope="session")
def nlp() -> "Language":
    """Build the shipped pipeline, once for all tests that parse."""
    from ruspak_nb import build_nlp

    return build_nlp()


@pytest.fixture(scope="session")
def bare() -> "Language":
    """Build the pipeline without a trained model."""
    from ruspak_nb import build_nlp

    return build_nlp(model=None)


@pytest.fixture(scope="session")
def seeds() -> "Annotations":
    """Annotate the five articles."""
    from ruspak_nb import annotate, load_corpus

    return annotate(load_corpus(), cache=False)


@pytest.fixture
def write_notebook(tmp_path: Path) -> Callable[..., Path]:
    """Write a notebook to a folder `notebooks`: text that starts with `%% ` is Markdown."""
    import nbformat
    from nbformat import v4

    def write(name: str, *sources: str, **metadata: object) -> Path:
        cells = []
        for number, source in enumerate(sources):
            if source.startswith("%% "):
                cell = v4.new_markdown_cell(source.removeprefix("%% "))
            else:
                cell = v4.new_code_cell(source)
            cell["id"] = f"cell-{number:02d}"
            cells.append(cell)
        folder = tmp_path / "notebooks"
        folder.mkdir(exist_ok=True)
        path = folder / f"{name}.ipynb"
        nbformat.write(v4.new_notebook(cells=cells, metadata=metadata), path)
        return path

    return write


@pytest.fixture(scope="session")
def report_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the report of the five articles and give its folder; no test writes into it."""
    from ruspak_nb import annotate, build_report, load_corpus

    folder = tmp_path_factory.mktemp("site")
    return build_report(out=folder, execute=False, notes=annotate(load_corpus())).parent


@pytest.fixture(scope="module")
def browser() -> "Iterator[Browser]":
    """Start the Chromium that is installed, for one module.

    Not for the session: Playwright's loop runs until it is stopped, and what runs notebooks
    starts loops of its own.
    """
    from playwright.sync_api import sync_playwright

    from ruspak_nb.report.pdf import find_browser

    try:
        path = find_browser()
    except FileNotFoundError as error:
        pytest.skip(str(error))
    # Chromium has no sandbox for root, who runs CI in a container.
    root = getattr(os, "getuid", lambda: 1)() == 0
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=path,
            chromium_sandbox=not root,
            args=["--disable-gpu", "--disable-quic", "--disable-background-networking"],
        )
        yield started
        started.close()


# What an article would call if any of it ran.
HOOK = "window.attacks = []; window.attack = (what) => window.attacks.push(what || 'ran');"


@dataclass
class Visit:
    """A page in the browser, and all that went wrong on it."""

    page: "Page"
    folder: Path
    faults: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", self.on_console)
        self.page.on("pageerror", lambda error: self.faults.append(f"error: {error}"))
        self.page.on("request", self.on_request)
        self.page.on("requestfailed", lambda one: self.faults.append(f"failed: {one.url}"))
        self.page.on("dialog", self.on_dialog)
        self.page.on("popup", lambda other: self.faults.append(f"opened: {other.url}"))
        self.page.set_default_timeout(5000)

    def on_console(self, message: "ConsoleMessage") -> None:
        """Note what a page complains of."""
        if message.type == "error":
            self.faults.append(f"console: {message.text}")

    def on_request(self, request: "Request") -> None:
        """Note a request for anything outside the folder."""
        if not request.url.startswith((f"{self.folder.as_uri()}/", "data:", "blob:")):
            self.faults.append(f"request: {request.url}")

    def on_dialog(self, dialog: "Dialog") -> None:
        """Note a dialog, which no page of ours opens, and go on."""
        self.faults.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def close(self) -> list[str]:
        """Leave the page and say what went wrong."""
        attacks = self.page.evaluate("window.attacks")
        self.page.context.close()
        return self.faults + [f"attack: {what}" for what in attacks]


@pytest.fixture(scope="module")
def visit(browser: "Browser") -> "Callable[..., Visit]":
    """Give what opens a page of a folder from `file://`, in a window of its own."""

    def open_page(
        folder: Path, address: str, width: int = 1280, height: int = 900, **options: object
    ) -> Visit:
        size = {"width": width, "height": height}
        context = browser.new_context(viewport=size, **options)  # type: ignore[arg-type]
        context.add_init_script(HOOK)
        here = Visit(context.new_page(), folder)
        here.page.goto(f"{folder.as_uri()}/{address}")
        return here

    return open_page


# What a text might hold that would like to be a program, or markup of any kind.
HOSTILE = (
    "HEADLINE <script>attack('headline')</script>\n\n"
    "Moscow said on 5 May 2016 that <script>attack('tag')</script> would sell helicopters "
    "to Pakistan. "
    "The envoy <img src=x onerror=\"attack('image')\"> told Islamabad "
    '"</script></article><svg onload=attack()>]]>" and left for the talks on Afghanistan. '
    "Pakistan's army wrote [a link](javascript:attack()) & `code` *twice* on "
    "<a href='javascript:attack()'>terrorism</a>. "
    "Russia sold Pakistan tanks for $5 and \\(x^2\\), and $$\\href{javascript:attack()}{y}$$ "
    "more, {{7*7}} and ${attack()} in all. "
    "Russia and\u2028Pakistan signed \u202eturned\u202c and \u200frightly\u200f a deal on arms "
    "&lt;b&gt; <!-- and --> \"'><iframe srcdoc='<script>parent.attack()</script>'>.\n"
)
HOSTILE_SHEET = (
    "file,article_id,title,author,outlet,outlet_url,publication_date\n"
    "hostile.txt,hostile-2016,<script>attack('title')</script> & </title>,"
    "<img src=x onerror=attack('author')>,\"<b onclick='attack()'>The Paper</b>\","
    "javascript:attack('address'),2016-05-06\n"
)


@pytest.fixture(scope="module")
def hostile_report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Show a hostile article in every way a notebook has, and build the report of it.

    Beside its pages the folder has `plain.html`, the notebook as nbconvert renders it.
    """
    import nbformat
    from nbconvert.exporters import HTMLExporter
    from nbformat import v4

    from ruspak_nb import (
        annotate,
        build_report,
        concordance,
        count_themes,
        draw_bars,
        draw_dispersion,
        finding_table,
        load_corpus,
        quote,
    )

    place = tmp_path_factory.mktemp("hostile")
    (place / "articles").mkdir()
    (place / "articles" / "hostile.txt").write_text(HOSTILE, "utf-8", newline="")
    (place / "articles" / "documents.csv").write_text(HOSTILE_SHEET, "utf-8")
    notes = annotate(load_corpus(place / "articles"), cache=False)
    said = notes.sentences.assign(length=len(notes.sentences))
    counts = count_themes(notes.themes, notes.sentences)
    look = {"title": HOSTILE[:60], "subtitle": HOSTILE[60:140], "source": HOSTILE[140:200]}
    shown = [
        notes,
        notes.corpus,
        finding_table(counts, notes, caption=HOSTILE[:90], source=HOSTILE[90:200]),
        finding_table(said[["sentence_id", "text"]], caption="<script>attack()</script>"),
        *(quote(notes, sentence_id) for sentence_id in said["sentence_id"]),
        concordance(notes, "attack"),
        draw_dispersion(
            said, line="text", position="position", length="length", text="text", **look
        ),
        draw_bars(counts.assign(label=HOSTILE[200:240]), label="label", value="n", **look),
    ]
    outputs = []
    for one in shown:
        if hasattr(one, "_repr_mimebundle_"):
            data, metadata = one._repr_mimebundle_()
        else:
            data, metadata = {"text/html": one._repr_html_(), "text/plain": repr(one)}, {}
        outputs.append(v4.new_output("display_data", data=data, metadata=metadata))
    cell = v4.new_code_cell("show()", execution_count=1, outputs=outputs, id="cell-1")
    heading = v4.new_markdown_cell("# Does any of it run?", id="cell-0")
    notebook = v4.new_notebook(cells=[heading, cell])
    (place / "notebooks").mkdir()
    nbformat.write(notebook, place / "notebooks" / "hostile.ipynb")
    index = build_report(place / "notebooks", place / "site", execute=False, notes=notes)
    plain, _ = HTMLExporter().from_notebook_node(notebook)
    (index.parent / "plain.html").write_text(plain, "utf-8")
    return index.parent
