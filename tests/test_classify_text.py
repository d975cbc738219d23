"""Words, sentences, zones and cue files of the classifier; every text is invented."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evlit.classify import classify
from evlit.classify.cues import Cue, load_cues
from evlit.classify.text import Matcher, Text, plain_text
from evlit.classify.weigh import zones
from evlit.errors import CatalogueError
from evlit.records import AbstractSection, Keyword, Record


def text(title: str, abstract: str = "", *cues: Cue) -> Text:
    sections = (AbstractSection(abstract),) if abstract else ()
    return Text(Record(pmid=1, title=title, sections=sections), Matcher(list(cues)))


def found(title: str, *cues: Cue) -> list[str]:
    made = text(title, "", *cues)
    return [made.plain[h.start : h.end] for hits in made.hits.values() for h in hits]


class TestMatcher:
    def test_words_are_whole(self) -> None:
        cue = Cue("a", "rat")
        assert found("A rat, one rat-like; rats and strategy", cue) == ["rat", "rat"]

    def test_open_end(self) -> None:
        assert found("Exosomes, exosomal", Cue("a", "exosom", open_end=True)) == [
            "Exosom",
            "exosom",
        ]

    def test_case(self) -> None:
        assert found("PEP and pep", Cue("a", "PEP", case=True)) == ["PEP"]

    def test_title_only(self) -> None:
        made = text("A review", "This is a review.", Cue("a", "review", title=True))
        assert [h.sentence for h in made.get("a")] == [0]

    @pytest.mark.parametrize("title", ["ASCE+ serum", "an ASCE+", "ASCE+"])
    def test_plus_is_significant(self, title: str) -> None:
        assert found(title, Cue("a", "ASCE+")) == ["ASCE+"]
        assert found("ASCE serum", Cue("a", "ASCE+")) == []

    def test_hyphen_and_space_are_not_the_same(self) -> None:
        assert found("stem-cell and stem cell", Cue("a", "stem cell")) == ["stem cell"]

    def test_hyphens_and_quotes_are_folded(self) -> None:
        assert found("double‑blind Alzheimer’s", Cue("a", "double-blind"),
                     Cue("b", "alzheimer's")) == ["double-blind", "Alzheimer's"]  # fmt: skip

    def test_cue_that_begins_with_a_hyphen(self) -> None:
        assert found("MSC-derived and derived", Cue("a", "-derived")) == ["-derived"]

    def test_classes_may_share_a_word(self) -> None:
        made = text("mice", "", Cue("a", "mice"), Cue("b", "mice"))
        assert made.has("a")
        assert made.has("b")

    @settings(deadline=None)
    @given(st.text(max_size=80))
    def test_any_text_keeps_its_offsets(self, title: str) -> None:
        made = text(title, title, Cue("a", "rat"), Cue("b", "exosom", open_end=True))
        assert len(made.folded) == len(made.plain)
        for hits in made.hits.values():
            for hit in hits:
                assert made.folded[hit.start : hit.end] == hit.cue.literal
                assert made.quote(hit)


class TestSentences:
    @pytest.mark.parametrize(
        ("abstract", "count"),
        [
            ("One was done. Two were seen.", 2),
            ("Doses (e.g. 5 mg) of E. coli were given. They rose.", 2),
            ("It fell by 4.5 units vs. 3.1 units. Then it stopped.", 2),
            ("No end", 1),
            ("p < 0.05. [In brackets] it rose.", 2),
        ],
    )
    def test_splits(self, abstract: str, count: int) -> None:
        made = text("T", abstract)
        assert sum(s.part == "abstract" for s in made.sentences) == count

    def test_every_letter_lies_in_one_sentence(self) -> None:
        made = text("A title", "One was done. Two were seen! Three?")
        spans = [(s.start, s.end) for s in made.sentences if s.part == "abstract"]
        assert "".join(made.plain[a:b] for a, b in spans) == "One was done. Two were seen! Three?"

    def test_quote_says_where(self) -> None:
        made = text("Exosomes in a rat model of stroke", "", Cue("a", "rat model"))
        assert made.quote(made.get("a")[0]).startswith("title: '")

    @settings(deadline=None)
    @given(st.text())
    def test_plain_text_is_stable(self, value: str) -> None:
        assert plain_text(plain_text(value)) == plain_text(value)


class TestZones:
    def zones_of(self, abstract: str) -> list[str]:
        sections = (AbstractSection(abstract),)
        record = Record(pmid=1, title="T", sections=sections, keywords=(Keyword("k"),))
        return zones(Text(record, Matcher(load_cues())))

    def test_background_own_closing(self) -> None:
        got = self.zones_of(
            "Stroke is common. Vesicles have been reported to help. Here, we injected rats. "
            "Infarcts shrank. Walking improved. In conclusion, vesicles may help patients."
        )
        assert got == ["title", "background", "background", "own", "own", "own", "closing",
                       "keywords"]  # fmt: skip

    def test_labels_decide(self) -> None:
        sections = (
            AbstractSection("Rats were used before.", "BACKGROUND", "BACKGROUND"),
            AbstractSection("Rats are studied.", "Material and methods", None),
            AbstractSection("Rats improve.", "CONCLUSION", "CONCLUSIONS"),
        )
        record = Record(pmid=1, title="T", sections=sections)
        assert zones(Text(record, Matcher(load_cues()))) == [
            "title", "background", "own", "closing",
        ]  # fmt: skip


class TestCueFiles:
    @pytest.mark.parametrize(
        ("content", "message"),
        [
            ("[a]\nwords = [", "cues/x.toml: not TOML"),
            ("a = 1", "cues/x.toml: [a]: not a table"),
            ('[a]\nword = ["b"]', "cues/x.toml: [a].word: unknown field"),
            ('[a]\nwords = "b"', "cues/x.toml: [a].words: not a list"),
            ('[a]\nwords = [""]', "cues/x.toml: [a].words[0]: not a word"),
            ('[a]\nwords = ["*"]', "cues/x.toml: [a].words[0]: not a word"),
        ],
    )
    def test_mistakes_are_named(self, tmp_path: Path, content: str, message: str) -> None:
        (tmp_path / "x.toml").write_text(content, encoding="utf-8")
        with pytest.raises(CatalogueError) as caught:
            load_cues(tmp_path)
        assert str(caught.value).startswith(message)

    def test_a_class_stands_in_one_file(self, tmp_path: Path) -> None:
        for name in ("a", "b"):
            (tmp_path / f"{name}.toml").write_text('[k]\nwords = ["w"]', encoding="utf-8")
        with pytest.raises(CatalogueError, match=r"stands in cues/a\.toml already"):
            load_cues(tmp_path)

    def test_no_class_names_a_word_twice(self) -> None:
        seen: set[tuple[str, str, bool, bool]] = set()
        twice = []
        for cue in load_cues():
            key = (cue.kind, cue.literal, cue.open_end, cue.case)
            twice += [key] if key in seen else []
            seen.add(key)
        assert not twice


@settings(deadline=None)  # the first example reads the cue files
@given(st.text(max_size=300), st.text(max_size=600))
def test_any_record_gets_a_design(title: str, abstract: str) -> None:
    tags = classify(Record(pmid=1, title=title, sections=(AbstractSection(abstract),)))
    assert sum(t.axis == "design" for t in tags) == 1
