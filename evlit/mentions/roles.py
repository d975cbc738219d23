"""How a sentence speaks of a product it names: as what was given, or otherwise.

Read by phrases in ``evlit/vocabulary/mentions.toml``; what denies is read before what
affirms, and what cannot be told is not "given": a wrong yes is worse than a don't know.
"""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from importlib.resources import files
from typing import Any, NamedTuple

from evlit.errors import CatalogueError

NAME = "§"
OTHER = "¤"

NOBODY = "nobody got it here"
"""How the reason begins where a sentence says that nobody in this record got it."""

_FILE = "vocabulary/mentions.toml"
_END = re.compile(r"[.!?][\"')\]]*\s+(?=[\"'(\[]?[A-Z0-9§¤])|\n")
_NO_END = re.compile(
    r"(?:\b(?:e\.g|i\.e|vs|cf|al|fig|no|inc|ltd|co|corp|approx|ca|dr|st)|\b[A-Z])$", re.I
)
_SPACE = re.compile(r"[\s\u00a0\u2000-\u200a\u202f\u3000]+")
_HYPHEN = str.maketrans("‐‑‒–—−’", "------'")
_REACH = 110
_NEW_SUBJECT = re.compile(
    r", (?:the |all |our |these |ten )?(?:\w+ )?(?:patients|participants|subjects|rats"
    r"|mice|animals|we|they|women"
    r"|men|adults|children|knees|rabbits|dogs)\b"
)
"""A comma after which somebody else is spoken of: the verb is not the name's."""
_BREAK = re.compile(r"\b(?:but|whereas|while|although|unlike|not|except|nor)\b|;|:(?!\d)")


class Role(NamedTuple):
    """How one naming is to be read."""

    given: bool
    reason: str
    """Names the words that weighed."""


class Words(NamedTuple):
    """The phrases of the data file, compiled."""

    nobody: tuple[re.Pattern[str], ...]
    deny: tuple[re.Pattern[str], ...]
    elsewhere: tuple[re.Pattern[str], ...]
    future: tuple[re.Pattern[str], ...]
    listed: re.Pattern[str]
    compared: re.Pattern[str]
    arm: re.Pattern[str]
    give: re.Pattern[str]
    act: re.Pattern[str]
    given_after: re.Pattern[str]
    subject: re.Pattern[str]
    beside_control: tuple[re.Pattern[str], ...]
    effect: re.Pattern[str]
    aim: re.Pattern[str]
    body: re.Pattern[str]
    here: re.Pattern[str]
    title: re.Pattern[str]
    title_anywhere: re.Pattern[str]
    back: re.Pattern[str]
    company: re.Pattern[str]
    vesicles: re.Pattern[str]
    field: tuple[str, ...]
    """With what the words and phrases of ``vesicles`` begin."""
    ordinary: frozenset[str]


@lru_cache(maxsize=1)
def load_words() -> Words:
    """Read and compile the phrases.

    :raises CatalogueError: the file is not TOML, a table is missing or a pattern is wrong
    """
    try:
        data = tomllib.loads((files("evlit") / _FILE).read_text(encoding="utf-8"))
        return _compile(data)
    except tomllib.TOMLDecodeError as ex:
        raise CatalogueError(_FILE, f"not TOML: {ex}", "mend the line named") from ex
    except KeyError as ex:
        raise CatalogueError(_FILE, f"table or field {ex} is missing", "put it back") from ex
    except re.error as ex:
        raise CatalogueError(_FILE, f"pattern {ex.pattern!r}: {ex}", "mend the pattern") from ex


def _compile(data: dict[str, Any]) -> Words:
    def words(table: str) -> str:
        return _either(data[table]["words"])

    def patterns(table: str) -> tuple[re.Pattern[str], ...]:
        said = data[table]["patterns"]
        give = words("give")
        return tuple(re.compile(p.replace("GIVE", give).replace("NAME", NAME)) for p in said)

    give, name = words("give"), NAME
    near = (
        r"(?:(?:the|a|an|that|those|of|with|commercial|published|marketed|established|effects?"
        r"|products?|preparation|use|standard|treatment) ){0,5}[(\"']?"
    )
    back = _whole(words("back"))
    no_link = r"(?!(?:in|for|and|or|as|on|to|of|the|versus|vs|with|by|from|than)\b)"
    return Words(
        nobody=patterns("nobody"),
        deny=patterns("deny"),
        elsewhere=patterns("elsewhere"),
        future=patterns("future"),
        listed=re.compile(rf"(?<!\w){words('list')}(?P<gap>[^.;]{{0,120}}?){name}"),
        compared=re.compile(rf"(?<!\w){words('compare')} {near}{name}"),
        arm=re.compile(rf"{_whole(words('arm'))} {near}$"),
        give=re.compile(_whole(give)),
        act=re.compile(_whole(rf"{words('act')} (?:[\w-]+ ){{0,3}}?(?:of|with|to|by|using)")),
        given_after=re.compile(
            rf"(?P<gap>[^.;§]{{0,70}}?)\b(?:was|were|is|are|being|been|be)\b"
            rf" (?:[\w-]+ ){{0,3}}?{give}\b"
        ),
        subject=re.compile(rf"\)?[ -](?:{no_link}[\w-]+ )?{words('subject')}\b"),
        beside_control=patterns("beside_control"),
        effect=re.compile(rf"\)?(?P<gap>[^.;§]{{0,50}}?)\b{words('effect')}\b"),
        aim=re.compile(_whole(words("aim"))),
        body=re.compile(_whole(words("body"))),
        here=re.compile(rf"(?<![\w-]){words('here')}(?![\w-])"),
        title=re.compile(_whole(words("title"))),
        title_anywhere=re.compile(_whole(words("title_anywhere"))),
        back=re.compile(rf"{back}[^.;]{{0,60}}\b{give}\b|\b{give}\b[^.;]{{0,60}}{back}"),
        company=re.compile(_whole(words("company"))),
        vesicles=re.compile(rf"(?<![a-z0-9]){words('about_vesicles')}"),
        field=tuple(word.rstrip("*").replace("-", " ") for word in data["about_vesicles"]["words"]),
        ordinary=frozenset(data["ordinary"]["words"]),
    )


def _whole(pattern: str) -> str:
    return rf"(?<!\w){pattern}(?!\w)"


def _either(words: list[str]) -> str:
    ordered = sorted(words, key=len, reverse=True)
    parts = (re.escape(w.rstrip("*")) + (r"\w*" if w.endswith("*") else "") for w in ordered)
    return f"(?:{'|'.join(parts)})"


# ------------------------------------------------------------------------- reading


class Passage(NamedTuple):
    """A title or a section of the abstract, in which a product is named."""

    text: str
    label: str
    """``TITLE``, the section's label in upper case, or ``""``."""


def read_role(passage: Passage, span: tuple[int, int], own: list[tuple[int, int]],
              others: list[tuple[int, int]]) -> Role:  # fmt: skip
    """Return how the passage speaks of the name at ``span``.

    :param own: all places in the passage where the same product is named
    :param others: places where other products are named
    """
    words = load_words()
    spans = [(a, b) for a, b in sentence_spans(passage.text)]
    here = next((n for n, (a, b) in enumerate(spans) if a <= span[0] < b), 0)
    masks = [(s, OTHER) for s in (*own, *others) if s != span] + [(span, NAME)]
    sentence = _masked(passage.text, spans[here], masks)
    if NAME not in sentence:
        return Role(False, "the name runs over the end of a sentence")
    if passage.label == "TITLE":
        return _title_role(words, sentence)
    denied = _denied(words, sentence)
    if denied:
        return Role(False, denied)
    study = _speaks_of_this_study(words, passage, spans, here)
    said = _affirmed(words, sentence) if study else None
    return said or _told_later(words, passage, spans, here, study)


def _title_role(words: Words, sentence: str) -> Role:
    before = sentence[: sentence.index(NAME)]
    found = words.title.search(before) or words.title_anywhere.search(sentence)
    if found:
        return Role(False, f"title names it with '{found[0]}'")
    denied = _denied(words, sentence)
    return Role(False, denied) if denied else Role(True, "title names it as what was given")


def _denied(words: Words, sentence: str) -> str:
    for kind, patterns in (
        (NOBODY, words.nobody),
        ("denied", words.deny),
        ("of another study or the market", words.elsewhere),
        ("of what may come", words.future),
    ):
        for pattern in patterns:
            found = pattern.search(sentence)
            if found:
                return f"{kind}: '{_shown(found[0])}'"
    compared = words.compared.search(sentence)
    if compared:
        return f"comparison: '{_shown(compared[0])}'"
    for listed in words.listed.finditer(sentence):
        if not words.give.search(listed["gap"]):
            return f"list: '{_shown(listed[0])}'"
    return ""


def _affirmed(words: Words, sentence: str) -> Role | None:
    """Return the role where the sentence, one of this study, says that the name was given."""
    at = sentence.index(NAME)
    before, after = sentence[:at], sentence[at + 1 :]
    arm = words.arm.search(before)
    for pattern in (words.give, words.act):
        for found in pattern.finditer(before):
            gap = before[found.end() :]
            if len(gap) <= _REACH and not _BREAK.search(gap) and _arm_agrees(found[0], arm):
                return Role(True, f"named as what was given: '{_shown(found[0] + gap + NAME)}'")
    if arm is None or words.body.search(sentence):
        for pattern in (words.given_after, words.subject):
            follows = pattern.match(after)
            if follows and not _stops(follows.groupdict().get("gap") or ""):
                return Role(True, f"named as what was given: '{_shown(NAME + follows[0])}'")
    for pattern in words.beside_control:
        two = pattern.search(sentence)
        if two:
            return Role(True, f"named as one arm: '{_shown(two[0])}'")
    if arm is not None and not words.body.search(sentence):
        return None
    return _tried(words, before, after, arm is not None)


def _tried(words: Words, before: str, after: str, is_arm: bool) -> Role | None:
    effect = None if is_arm else words.effect.match(after)
    if effect and not _stops(effect["gap"]):
        return Role(True, f"named as what acted in this study: '{_shown(NAME + effect[0])}'")
    for aim in words.aim.finditer(before):
        gap = before[aim.end() :]
        if len(gap) <= _REACH and not _BREAK.search(gap):
            return Role(True, f"named as what this study tried: '{_shown(aim[0] + gap + NAME)}'")
    return None


def _stops(gap: str) -> bool:
    return bool(_BREAK.search(gap) or _NEW_SUBJECT.search(gap))


def _arm_agrees(verb: str, arm: re.Match[str] | None) -> bool:
    """Return whether a giving reaches past the words between two arms."""
    if arm is None or arm[0].startswith(("versus", "vs")):
        return True
    return arm[0].startswith("compared") and verb.startswith(("randomi", "assign", "allocat"))


def _told_later(
    words: Words, passage: Passage, spans: list[tuple[int, int]], here: int, study: bool
) -> Role:
    for span in spans[here + 1 : here + 3]:
        found = words.back.search(_masked(passage.text, span, []))
        if found:
            return Role(True, f"named, then given as: '{_shown(found[0])}'")
    return Role(False, "no sentence says that it was given" if study else "named as background")


def _speaks_of_this_study(words: Words, passage: Passage, spans: list[tuple[int, int]],
                          here: int) -> bool:  # fmt: skip
    """Return whether the sentence stands in the study's own part, past its background."""
    own = words.here.search(_masked(passage.text, spans[here], []))
    if own:
        return True
    if re.search(r"BACKGROUND|INTRODUCTION|CONTEXT|IMPORTANCE", passage.label):
        return any(words.here.search(_masked(passage.text, s, [])) for s in spans[:here])
    if passage.label:
        return True
    marks = [n for n, s in enumerate(spans) if words.here.search(_masked(passage.text, s, []))]
    return not marks or marks[0] <= here


def _masked(text: str, sentence: tuple[int, int], masks: list[tuple[tuple[int, int], str]]) -> str:
    start, end = sentence
    pieces, at = [], start
    for (a, b), sign in sorted(masks):
        if at <= a and b <= end:
            pieces += [_unsigned(text[at:a]), sign]
            at = b
    pieces.append(_unsigned(text[at:end]))
    plain = "".join(pieces).translate(_HYPHEN).lower()
    plain = re.sub(r"[™®℠]|\((?:tm|r)\)", "", plain)
    return _SPACE.sub(" ", plain).strip()


def _unsigned(text: str) -> str:
    return text.replace(NAME, " ").replace(OTHER, " ")


def _shown(words: str) -> str:
    plain = words.replace(NAME, "[name]").replace(OTHER, "[other product]").strip()
    return plain if len(plain) <= 90 else plain[:40] + " … " + plain[-45:]


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Return the sentences of a text as offsets; abbreviations do not end one."""
    spans, start = [], 0
    for found in _END.finditer(text):
        if not _NO_END.search(text, max(start, found.start() - 8), found.start()):
            spans.append((start, found.end()))
            start = found.end()
    return [*spans, (start, len(text))] if start < len(text) or not spans else spans
