"""How a paper cites the law: by the full title an instrument has in the rulebook; pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from auction.procedure.papers.blocks import Text
from auction.procedure.papers.words import joined, numeral, places, say
from auction.rulebook import Instrument, rulebook

#: Laws that rules are cited from although the rulebook carries no rule of theirs.
_OTHERS: Mapping[str, Text] = {
    "民法典": Text("中华人民共和国民法典", "Civil Code of the People's Republic of China"),
    "税收征收管理法": Text(
        "中华人民共和国税收征收管理法", "Tax Collection and Administration Law of the People's Republic of China"
    ),
}
_PLACE = re.compile(r"第(\d+(?:[-、]\d+)*)条(?:第(\d+)款)?(?:第(\d+)项)?")


def cite(*laws: tuple[str, tuple[int, ...]]) -> Text:
    """Return articles with the full titles of their instruments, each by its key in the rulebook.

    :raises KeyError: for an instrument the rulebook does not carry
    """
    return joined(
        (
            say("《{title}》{places}", "{places} of the {title}", title=_title(_by_key()[key]), places=places(articles))
            for key, articles in laws
        ),
        en="; ",
    )


def cited(article: str, *, short: bool = False) -> Text:
    """Return an article as rules and entries cite it (``法释〔2016〕18号 第24条``) as a paper writes it.

    What cannot be read as a citation stands as it was written, in both languages.

    :param short: by the short titles, as for the cell of a table
    """
    parts = [_one(part.strip(), short=short) for part in article.split("；")]
    return joined(parts, en="; ")


def _one(text: str, *, short: bool) -> Text:
    first = _PLACE.search(text)
    if first is None:
        return Text.same(text)
    title = _known(text[: first.start()].strip(" 《》"), short=short)
    if title is None:
        return Text.same(text)
    found = list(_PLACE.finditer(text))
    zh = "、".join(_place_zh(one) for one in found)
    en = ", ".join(_place_en(one) for one in found)
    return say("{title}{zh}", "{title}, art. {en}", title=title, zh=zh, en=en)


def _place_zh(found: re.Match[str]) -> str:
    spans = [[numeral(int(end)) for end in one.split("-")] for one in found[1].split("、")]
    text = "、".join("至".join(f"第{end}条" for end in span) for span in spans)
    for number, unit in ((found[2], "款"), (found[3], "项")):
        text += f"第{numeral(int(number))}{unit}" if number else ""
    return text


def _place_en(found: re.Match[str]) -> str:
    return found[1].replace("、", ", ") + "".join(f"({part})" for part in (found[2], found[3]) if part)


def _known(name: str, *, short: bool) -> Text | None:
    for one in rulebook().instruments if name else ():
        if name in {one.number, one.short.zh, one.title.zh, one.title.zh.removeprefix("中华人民共和国")}:
            return Text(one.short.zh, one.short.en) if short else _marked(_title(one))
    other = _OTHERS.get(name)
    return other if short or other is None else _marked(other)


def _marked(title: Text) -> Text:
    return Text(f"《{title.zh}》", title.en)


def _title(instrument: Instrument) -> Text:
    # A title inside a title stands in single marks: 《…关于适用〈…法〉的解释》.
    return Text(instrument.title.zh.replace("《", "〈").replace("》", "〉"), instrument.title.en)


@lru_cache(maxsize=1)
def _by_key() -> Mapping[str, Instrument]:
    return {one.key: one for one in rulebook().instruments}
