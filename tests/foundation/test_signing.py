"""Signatures over canonical JSON: one key, one content, one text."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auction.foundation.docket.signing import KeyMalformedError, PublicKey, Signer, new_seed

CONTENT = {"lot": "L1", "seq": 3, "hash": "ab" * 32}
#: RFC 8032, 7.1, test 1: the secret key and its public half.
SEED = base64.b64encode(bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")).decode()
PUBLIC = base64.b64encode(bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")).decode()


def test_the_standard_s_key_has_the_standard_s_public_half() -> None:
    assert Signer(SEED).public.text == PUBLIC


def test_what_was_signed_is_known_again_and_nothing_else() -> None:
    signer = Signer(new_seed())
    signature = signer.sign(CONTENT)
    assert signer.public.signed(CONTENT, signature)
    assert not signer.public.signed({**CONTENT, "seq": 4}, signature)
    assert not Signer(new_seed()).public.signed(CONTENT, signature)


@pytest.mark.parametrize("signature", [None, 5, "", "é", "AA==", "A" * 88, [], {}])
def test_what_is_no_signature_is_none(signature: object) -> None:
    assert not Signer(SEED).public.signed(CONTENT, signature)


@pytest.mark.property
@given(st.integers(0, 87), st.sampled_from("ABCDEFGHabcdefgh0123456789+/="))
def test_a_signature_with_one_other_sign_is_none(place: int, sign: str) -> None:
    signer = Signer(SEED)
    signature = signer.sign(CONTENT)
    changed = f"{signature[:place]}{sign}{signature[place + 1 :]}"
    assert signer.public.signed(CONTENT, changed) is (changed == signature)


@pytest.mark.parametrize("seed", ["", "short", "é" * 44, base64.b64encode(b"x" * 31).decode(), SEED + "\n", SEED + "="])
def test_a_key_that_is_none_is_refused(seed: str) -> None:
    with pytest.raises(KeyMalformedError):
        Signer(seed)
    with pytest.raises(KeyMalformedError):
        _ = PublicKey(seed).id


def test_a_signer_never_prints_its_secret() -> None:
    assert SEED not in repr(Signer(SEED))
