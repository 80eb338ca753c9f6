"""Refusals have names: a stable code, the facts that explain it, the article that asks for it."""

from __future__ import annotations

import string
from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar
from zoneinfo import ZoneInfo

from typing_extensions import override

from auction.foundation.kernel.money import grouped

_SHANGHAI = ZoneInfo("Asia/Shanghai")


class _FactFormatter(string.Formatter):
    """Print facts for people: ``{x:money}`` in yuan, ``{x:instant}`` in court time, lists joined."""

    def __init__(self, joiner: str) -> None:
        self._joiner = joiner

    @override
    def format_field(self, value: object, format_spec: str) -> str:
        if format_spec == "money":
            return grouped(int(str(value)))
        if format_spec == "instant":
            moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
            return moment.astimezone(_SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")
        if isinstance(value, list | tuple):
            return self._joiner.join(str(item) for item in value)
        if isinstance(value, dict):
            return self._joiner.join(f"{key}: {why}" for key, why in value.items())
        return str(super().format_field(value, format_spec))


_ZH = _FactFormatter("、")
_EN = _FactFormatter(", ")


class Refusal(Exception):
    """A named "no". Raised by a decision, shown by every edge, never swallowed.

    Subclasses say ``code``, ``article`` and one sentence in each language; the
    sentences may use the facts: ``{due_minor:money}``, ``{earliest:instant}``.
    """

    code: ClassVar[str] = ""
    article: ClassVar[str] = ""
    title_zh: ClassVar[str] = "请求未被接受"
    title_en: ClassVar[str] = "The request was refused"
    zh: ClassVar[str] = ""
    en: ClassVar[str] = ""

    def __init__(self, **facts: object) -> None:
        self.facts: Mapping[str, object] = facts
        super().__init__(self.code)

    def message(self, language: str) -> str:
        """Say in one sentence why not, and what would work."""
        if language == "en":
            return _EN.vformat(self.en, (), self.facts)
        return _ZH.vformat(self.zh, (), self.facts)

    def title(self, language: str) -> str:
        """Return the short heading of the refusal."""
        return self.title_en if language == "en" else self.title_zh

    def plain_facts(self) -> dict[str, object]:
        """Return the facts as JSON values; instants become RFC 3339 text."""
        return {key: _plain(value) for key, value in self.facts.items()}

    @override
    def __str__(self) -> str:
        return f"{self.code}: {self.message('en')}"


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value


class InputMalformed(Refusal):
    """The request itself cannot be read: wrong type, missing field, unknown thing."""

    code = "input.malformed"
    article = "—"
    title_zh = "输入有误"
    title_en = "The input cannot be read"
    zh = "请更正以下内容后再提交：{errors}"
    en = "Correct the following and send it again: {errors}"

    def __init__(self, *, errors: Mapping[str, str]) -> None:
        super().__init__(errors=dict(errors))


class AuthRequired(Refusal):
    """Nobody is signed in, and this act needs a person."""

    code = "auth.required"
    article = "法释〔2016〕18号 第17条"
    title_zh = "请先登录"
    title_en = "Sign in first"
    zh = "此操作需要实名身份，请先登录。"
    en = "This act needs a known person; sign in first."


class AuthForbidden(Refusal):
    """The person is known but may not do this."""

    code = "auth.forbidden"
    article = "法释〔2016〕18号 第6、8条"
    title_zh = "无权操作"
    title_en = "Not yours to do"
    zh = "“{act}”应由{roles}办理，您的账户无此权限。"
    en = "“{act}” is for: {roles}. Your account may not do it."


class RateLimited(Refusal):
    """Too many requests from one source in a short time."""

    code = "rate.limited"
    article = "—"
    title_zh = "请求过于频繁"
    title_en = "Too many requests"
    zh = "请求过于频繁，请稍后再试。"
    en = "Too many requests; try again shortly."


class NotFound(Refusal):
    """The thing named does not exist, or is not public."""

    code = "input.malformed"
    article = "—"
    title_zh = "未找到"
    title_en = "Not found"
    zh = "未找到{what_zh}“{name}”，请核对编号。"
    en = "No {what} called “{name}”; check the number."

    def __init__(self, *, what: str, name: str) -> None:
        named = _WHAT_ZH.get(what, what)
        super().__init__(what=what, what_zh=named, name=name, errors={what: f"没有 / unknown: {name}"})


#: What may not be found, as the clerk calls it.
_WHAT_ZH: Mapping[str, str] = {
    "account": "账户",
    "address": "地址",
    "bid": "出价",
    "case": "案件",
    "claim": "债权",
    "court": "法院",
    "delivery": "投递",
    "draw": "抽签",
    "endpoint": "接收地址",
    "failed lot": "流拍的拍品",
    "file": "文件",
    "hold": "暂停处置",
    "key": "密钥",
    "line": "银行流水",
    "lot": "拍品",
    "mode": "方式",
    "objection": "异议",
    "order": "付款指令",
    "page": "页面",
    "paper": "文书",
    "partner": "合作平台",
    "person": "当事人",
    "plan": "分配方案",
    "property": "财产",
    "registration": "报名",
    "rule": "规则",
    "settlement": "交割",
    "step": "步骤",
    "story": "场景",
    "leaf": "日志条目",
    "log_head": "日志签名根",
}
