"""Which addresses may be told, what an answer means, how long to wait: decided without any look outside."""

from __future__ import annotations

import re
from datetime import timedelta
from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import SplitResult, urlsplit

from auction.foundation.kernel.refusal import Refusal

#: The public acts on a lot that partners are told of (法释〔2016〕18号 第3条).
KINDS = (
    "lot.announced",
    "lot.opened",
    "bid.accepted",
    "lot.extended",
    "lot.deferred",
    "lot.suspended",
    "lot.resumed",
    "lot.withdrawn",
    "lot.revoked",
    "lot.closed",
    "lot.ruled",
)

URL_MAX = 500
ENDPOINTS_MAX = 10
#: Both secrets sign for a day after a rotation, so that a partner changes over without losing a delivery.
ROTATION = timedelta(hours=24)

_FIRST_DELAYS = (
    timedelta(seconds=5),
    timedelta(seconds=15),
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
)
_LATER_DELAY = timedelta(hours=1)
_PATIENCE = timedelta(days=3)
ATTEMPTS_MAX = len(_FIRST_DELAYS) + int((_PATIENCE - sum(_FIRST_DELAYS, timedelta(0))) / _LATER_DELAY) + 1

_PRINTABLE = re.compile(r"[!-~]+")
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_HOST_MAX = 253
_INSIDE_NAMES = frozenset(
    {"localhost", "local", "localdomain", "internal", "intranet", "lan", "corp", "home", "arpa", "test", "invalid"}
)
_NAT64 = IPv6Network("64:ff9b::/96")
# A cloud's host agent answers here although the address is counted as public.
_HOST_AGENTS = frozenset({IPv4Address("168.63.129.16")})
_DEFAULT_PORTS = {"https": 443, "http": 80}
_OK = range(200, 300)
_GONE = 410


class PauseReason(StrEnum):
    """Why nothing is sent to an endpoint."""

    ADMINISTRATOR = "administrator"
    GONE = "gone"
    SILENT = "silent"
    CLOSED = "closed"


class Verdict(StrEnum):
    """What an attempt came to."""

    RECEIVED = "received"
    GONE = "gone"
    DECLINED = "declined"
    SILENT = "silent"


class PartnerKnown(Refusal):
    """An organisation is registered once."""

    code = "partners.already_registered"
    article = "法释〔2016〕18号 第9条"
    title_zh, title_en = "该机构已登记", "Already registered"
    zh = "“{name}”已登记为合作平台，请在原登记下添加接收地址。"
    en = "“{name}” is already a partner; add the address to that registration."


class PartnerClosed(Refusal):
    """The partnership has ended."""

    code = "partners.closed"
    article = "法释〔2016〕18号 第9条"
    title_zh, title_en = "合作已终止", "The partnership has ended"
    zh = "与该机构的合作已终止，不再向其推送。"
    en = "The partnership has ended; nothing is sent there any more."


class EndpointKnown(Refusal):
    """One address of a partner is told once."""

    code = "partners.endpoint_known"
    article = "法释〔2016〕18号 第8条"
    title_zh, title_en = "接收地址重复", "The address is known"
    zh = "该机构已有此接收地址（编号 {endpoint}），无需重复添加；如需更换密钥请使用“轮换密钥”。"
    en = "The partner already has this address (endpoint {endpoint}). Rotate its secret if you need a new one."


class EndpointsTooMany(Refusal):
    """A partner has a handful of addresses, not a crowd."""

    code = "partners.too_many_endpoints"
    article = "法释〔2016〕18号 第8条"
    title_zh, title_en = "接收地址过多", "Too many addresses"
    zh = "每个机构最多{most}个接收地址，请先停用其他地址。"
    en = "A partner has at most {most} addresses."


class DeliveredAlready(Refusal):
    """What was received is not tried again by itself; a line is repeated from a number."""

    code = "partners.delivered_already"
    article = "法释〔2016〕18号 第8条"
    title_zh, title_en = "已送达", "Already received"
    zh = "该条推送已送达；如需重发，请从编号 {seq} 起重新推送。"
    en = "It was received. To send it again, repeat the line from number {seq}."


class NotItsTurn(Refusal):
    """Entries of a lot go out in order; an earlier one stands before this one."""

    code = "partners.not_its_turn"
    article = "法释〔2016〕18号 第8条"
    title_zh, title_en = "尚未轮到", "Not its turn"
    zh = "同一标的的推送按编号顺序进行，请先重试编号 {seq}。"
    en = "A lot's entries go out in order; retry number {seq} first."


def delay_after(attempts: int) -> timedelta | None:
    """Return the wait after so many attempts in vain: 5 s, 15 s, 1, 5, 15 min, then hourly; None after three days."""
    if attempts >= ATTEMPTS_MAX:
        return None
    return _FIRST_DELAYS[attempts - 1] if 0 < attempts <= len(_FIRST_DELAYS) else _LATER_DELAY


def verdict(status: int | None) -> Verdict:
    """Say what an HTTP status means; None is no answer at all. A redirect is not followed, so it received nothing."""
    if status is None:
        return Verdict.SILENT
    if status in _OK:
        return Verdict.RECEIVED
    return Verdict.GONE if status == _GONE else Verdict.DECLINED


def url_fault(url: str, *, loopback_allowed: bool) -> str | None:
    """Say why an address may not be told, or None.

    Only ``https`` to a public name or address; ``loopback_allowed`` (demonstrations) also lets this machine be told.
    """
    if not _PRINTABLE.fullmatch(url) or "\\" in url:
        return "地址只能含ASCII可见字符；中文域名请用punycode / visible ASCII only; write the host in punycode"
    if len(url) > URL_MAX:
        return f"不得超过{URL_MAX}个字符 / at most {URL_MAX} characters"
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return "不是有效的地址 / not an address"
    if not host or port == 0:
        return "缺少主机名或端口无效 / no host, or a port that is none"
    if "@" in parts.netloc or "#" in url:
        return "不得含用户名、密码或片段 / no user, password or fragment"
    return _place_fault(parts.scheme, host, loopback_allowed=loopback_allowed)


def _place_fault(scheme: str, host: str, *, loopback_allowed: bool) -> str | None:
    if loopback_allowed and names_this_machine(host):
        return (
            None if scheme in _DEFAULT_PORTS else "应以 http:// 或 https:// 开头 / must begin with http:// or https://"
        )
    if scheme != "https":
        return "应以 https:// 开头 / must begin with https://"
    try:
        literal = ip_address(host)
    except ValueError:
        if _is_public_name(host):
            return None
    else:
        if address_allowed(str(literal), loopback_allowed=False):
            return None
    return "必须是公网域名或地址 / must be a public name or address"


def plain_url(url: str) -> str:
    """Return an address as it is compared and called: lower-case host, no default port, a path."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    shown = f"[{host}]" if ":" in host else host
    port = "" if parts.port in {None, _DEFAULT_PORTS.get(parts.scheme)} else f":{parts.port}"
    return SplitResult(parts.scheme, f"{shown}{port}", parts.path or "/", parts.query, "").geturl()


def host_of(url: str) -> str:
    """Return the host of an address: all of it that the docket and a log may carry."""
    return urlsplit(url).hostname or ""


def names_this_machine(host: str) -> bool:
    """Say whether a host is written as this machine itself."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def address_allowed(address: str, *, loopback_allowed: bool) -> bool:
    """Say whether a request may go to a resolved address: public, or this machine where that is allowed.

    Addresses that carry another one inside (mapped, 6to4, NAT64) are judged by what they carry.
    """
    inner = _carried(ip_address(address.partition("%")[0]))
    if inner.is_loopback:
        return loopback_allowed
    closed = inner.is_private or inner.is_link_local or inner.is_multicast or inner.is_reserved or inner.is_unspecified
    return inner.is_global and not closed and inner not in _HOST_AGENTS


def _carried(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    if isinstance(address, IPv4Address):
        return address
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour or address


def _is_public_name(host: str) -> bool:
    labels = host.split(".")
    # A last label that begins with a digit is an IPv4 address in disguise (127.1, 0x7f.1), never a public name.
    return (
        len(labels) > 1
        and len(host) <= _HOST_MAX
        and all(_LABEL.fullmatch(label) for label in labels)
        and labels[-1][0].isalpha()
        and labels[-1] not in _INSIDE_NAMES
    )
