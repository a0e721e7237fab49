"""Print a page to PDF with a Chromium that is installed; none is fetched."""

import os
import re
import shutil
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from platformdirs import user_cache_path, user_data_path

__all__ = ["find_browser", "print_pdf"]

NAMES = (
    *("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"),
    *("microsoft-edge", "microsoft-edge-stable", "msedge", "brave-browser"),
)
# Where installers put a browser that is on no path; of each, under these folders.
MAC = (
    "Google Chrome.app/Contents/MacOS/Google Chrome",
    "Chromium.app/Contents/MacOS/Chromium",
    "Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
)
WINDOWS = (
    "Google/Chrome/Application/chrome.exe",
    "Chromium/Application/chrome.exe",
    "Microsoft/Edge/Application/msedge.exe",
)
LINUX = (
    *("/usr/bin/chromium", "/usr/bin/google-chrome", "/snap/bin/chromium"),
    *("/opt/google/chrome/chrome", "/opt/microsoft/msedge/msedge"),
)
# As playwright and choreographer unpack it on each system.
UNPACKED = (
    *("chrome-linux*/chrome", "chrome-linux*/headless_shell"),
    *("chrome-headless-shell-*/chrome-headless-shell*", "chrome-win*/chrome.exe"),
    "chrome-mac*/*.app/Contents/MacOS/*",
)
DATES = re.compile(rb"/(?:CreationDate|ModDate) ?\(D:[^()]*\)")


def find_browser() -> Path:
    """Find a Chromium: playwright's, kaleido's, then one that is installed for everyone.

    `BROWSER_PATH`, which kaleido knows too, comes before all of them. Raises
    FileNotFoundError, with what to install, if there is none.
    """
    named = os.environ.get("BROWSER_PATH")
    if named:
        if not Path(named).is_file():
            raise FileNotFoundError(f"BROWSER_PATH is '{named}', which is not a file; unset it")
        return Path(named)
    for path in _candidates():
        if path.is_file() and os.access(path, os.X_OK):
            return path
    raise FileNotFoundError(
        "a PDF is printed by Chromium, Chrome or Edge, and none was found; install one of "
        "them, or run 'playwright install chromium', or name yours in BROWSER_PATH"
    )


def _candidates() -> Iterator[Path]:
    """List where a browser may be, the likeliest to fit first."""
    for folder, pattern in (
        (_playwright_folder(), "chromium*-*"),
        (user_data_path("choreographer", "plotly") / "deps", ""),
    ):
        # The newest of several versions.
        homes = sorted(folder.glob(pattern), key=_version, reverse=True) if pattern else [folder]
        for home in homes:
            for form in UNPACKED:
                yield from sorted(home.glob(form))
    for name in NAMES:
        found = shutil.which(name)
        if found:
            yield Path(found)
    if sys.platform == "darwin":
        yield from (Path(top) / name for name in MAC for top in ("/Applications", _home_apps()))
    elif sys.platform == "win32":
        tops = [os.environ.get(name) for name in ("PROGRAMFILES", "PROGRAMFILES(X86)")]
        tops.append(os.environ.get("LOCALAPPDATA"))
        yield from (Path(top) / name for name in WINDOWS for top in tops if top)
    else:
        yield from map(Path, LINUX)


def _playwright_folder() -> Path:
    """Give the folder in which playwright keeps its browsers."""
    named = os.environ.get("PLAYWRIGHT_BROWSERS_PATH")
    if named and named != "0":
        return Path(named)
    return user_cache_path("ms-playwright", appauthor=False)


def _home_apps() -> Path:
    """Give the folder of the programs that a user of a Mac has alone."""
    return Path.home() / "Applications"


def _version(folder: Path) -> tuple[int, str]:
    """Read the number at the end of a folder's name."""
    number = folder.name.rpartition("-")[2]
    return (int(number) if number.isdecimal() else 0, folder.name)


def print_pdf(page: Path, out: Path) -> None:
    """Print the joined document at `page` to `out`: A4, tagged, with an outline and links.

    Scripts draw the figures that have no printed twin; nothing but the file is loaded. The
    same page and browser give the same bytes: the dates of the run are blanked. Raises
    ImportError without playwright, FileNotFoundError without a page or a browser, and
    RuntimeError if the browser fails.
    """
    if find_spec("playwright") is None:
        raise ImportError("a PDF needs playwright: pip install 'ruspak-nb[pdf]'")
    if not page.is_file():
        raise FileNotFoundError(f"there is no page '{page}' to print")
    from playwright.sync_api import Error, sync_playwright

    browser_path = find_browser()
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=browser_path)
            try:
                context = browser.new_context(offline=True, color_scheme="light")
                sheet = context.new_page()
                sheet.goto(page.resolve().as_uri(), wait_until="load")
                # All sections at once, instead of the one that a reader would see.
                sheet.evaluate("document.documentElement.classList.add('whole')")
                sheet.emulate_media(media="print")
                sheet.evaluate(READY)
                content = sheet.pdf(
                    format="A4",
                    prefer_css_page_size=True,
                    print_background=True,
                    outline=True,
                    tagged=True,
                )
            finally:
                browser.close()
    except Error as error:
        raise RuntimeError(f"'{browser_path}' could not print: {error.message}") from error
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_bytes(_blank_dates(content))


# Pictures are decoded when they are near the window, which paper does not have.
READY = """async () => {
  await Promise.all(Array.from(document.images, (image) => image.decode().catch(() => null)));
  await document.fonts.ready;
}"""


def _blank_dates(content: bytes) -> bytes:
    """Overwrite the dates of the run with blanks, as many as there were."""
    return DATES.sub(lambda match: b" " * len(match[0]), content)
