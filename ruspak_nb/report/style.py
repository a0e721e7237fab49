"""Rewrite a stylesheet so that it holds for many pages in one document."""

import re
from collections.abc import Callable, Iterable
from typing import Any

import tinycss2  # type: ignore[import-untyped]

__all__ = ["inline_files", "scope_style", "wrap_media"]

ADDRESS = re.compile(r"""url\(\s*(["']?)(?!data:|#)([^"')]+?)\1\s*\)""", re.IGNORECASE)


def inline_files(style: str, embed: Callable[[str], str]) -> str:
    """Put what `embed` gives for an address in the place of each address of a file."""
    return ADDRESS.sub(lambda match: f'url("{embed(match[2])}")', style)


def scope_style(style: str, within: str = "") -> str:
    """Write a stylesheet for a document in which each page is a section.

    There `main` is a class of which each section has one, the classes of the body are
    those of the section, and an id may have the name of its page before it. With
    `within`, a class of sections, the rules hold in those alone and weigh what they did.
    """
    tokens = tinycss2.parse_component_value_list(style, skip_comments=True)
    written: str = tinycss2.serialize(_scope_rules(tokens, within))
    return written.strip()


def wrap_media(style: str, media: str) -> str:
    """Let a stylesheet hold for the media of its link alone."""
    return f"@media {media} {{\n{style}\n}}" if media not in {"", "all"} else style


def _scope_rules(tokens: Iterable[Any], within: str) -> list[Any]:
    """Rewrite what stands before each block of declarations, in nested rules too."""
    written: list[Any] = []
    selector: list[Any] = []
    for token in tokens:
        if token.type == "{} block":
            token.content = _scope_rules(token.content, within)
            kind = next((one.type for one in selector if one.type != "whitespace"), "")
            if kind != "at-keyword":
                selector = _limit(_scope_selector(selector), within)
            written += [*selector, token]
            selector = []
        elif token == ";":
            written += [*selector, token]
            selector = []
        else:
            selector.append(token)
    return written + selector


def _scope_selector(tokens: list[Any]) -> list[Any]:
    """Rewrite the element `main`, the body with a class, and ids."""
    written: list[Any] = []
    for number, token in enumerate(tokens):
        before = tokens[number - 1] if number else None
        after = tokens[number + 1] if number + 1 < len(tokens) else None
        is_element = token.type == "ident" and before not in (".", ":")
        if token.type == "function":
            token.arguments = _scope_selector(token.arguments)
            written.append(token)
        elif is_element and token.lower_value == "main":
            written += _parse(".main")
        elif is_element and token.lower_value == "body" and after == ".":
            written += _parse(".part")
        elif token.type == "hash" and token.value != "main":
            # As strong as the id alone, since `:is` weighs as its strongest part.
            name = tinycss2.serialize([token])
            written += _parse(f':is({name}, [id$="--{token.value}"])')
        else:
            written.append(token)
    return written


def _limit(tokens: list[Any], within: str) -> list[Any]:
    """Let each selector of a list match only in sections of a class, at no weight."""
    if not within:
        return tokens
    limit = _parse(f":where(.{within}, .{within} *)")
    written: list[Any] = []
    one: list[Any] = []
    for token in [*tokens, None]:
        if token is not None and token != ",":
            one.append(token)
            continue
        end = len(one)
        while end and one[end - 1].type == "whitespace":
            end -= 1
        # A pseudo-element stays last.
        for at in range(end - 1):
            if one[at] == ":" and one[at + 1] == ":":
                end = at
        is_root = any(part.type == "ident" and part.lower_value == "root" for part in one)
        # What is set for the root is variables: they hold for all.
        written += one if is_root else [*one[:end], *limit, *one[end:]]
        one = []
        if token is not None:
            written.append(token)
    return written


def _parse(text: str) -> list[Any]:
    """Read a piece of a selector."""
    tokens: list[Any] = tinycss2.parse_component_value_list(text)
    return tokens
