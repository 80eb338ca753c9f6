"""How the API is written: nested forms in, pages of lists out."""

from __future__ import annotations

import re

from tests.peers.stripe_faults import Json


def nested(pairs: list[tuple[str, str]]) -> Json:
    """Return a form's ``a[b][0]=c`` as nested objects and lists."""
    tree: Json = {}
    for name, value in pairs:
        steps = re.findall(r"[^\[\]]+", name)
        if name.endswith("[]"):
            steps.append(str(sum(1 for one, _ in pairs if one == name)))
        place = tree
        for step in steps[:-1]:
            place = place.setdefault(step, {})
        place[steps[-1]] = value
    folded = _folded(tree)
    return folded if isinstance(folded, dict) else {}


def _folded(value: object) -> object:
    if not isinstance(value, dict):
        return value
    if value and all(str(key).isdigit() for key in value):
        return [_folded(value[key]) for key in sorted(value, key=int)]
    return {key: _folded(one) for key, one in value.items()}


def listed(path: str, things: list[Json], form: Json) -> Json:
    """Return one page of a list, newest first, as the SDK pages through it."""
    asked = {name: form[name] for name in ("payment_intent", "transfer_group") if name in form}
    since = int(form.get("created", {}).get("gte", 0))
    found = [
        one
        for one in reversed(things)
        if one["created"] >= since and all(one.get(name) == value for name, value in asked.items())
    ]
    if "starting_after" in form:
        names = [one["id"] for one in found]
        found = found[names.index(form["starting_after"]) + 1 :]
    limit = int(form.get("limit", 10))
    return {"object": "list", "url": path, "data": found[:limit], "has_more": len(found) > limit}
