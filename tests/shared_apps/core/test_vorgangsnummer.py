"""The common number: said on the phone, typed by somebody tired, and never somebody else's by mistake."""

from __future__ import annotations

from functools import reduce
from operator import and_, or_
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from uuid6 import uuid7

from shared_apps.core.vorgangsnummer import (
    FALSCH_GELESEN,
    STELLEN,
    UNVOLLSTAENDIG,
    ZEICHEN,
    format_vorgangsnummer,
    parse_vorgangsnummer,
)

STELLE = st.integers(0, 8)


def bare(uuid: UUID) -> list[str]:
    return list(format_vorgangsnummer(uuid).replace("-", ""))


def test_format__three_groups_of_three_without_signs_that_look_alike():
    assert format_vorgangsnummer(UUID(int=0x3CE97_16DA7)) == "7KM-Q2V-D7S"
    assert format_vorgangsnummer(UUID(int=0)) == "000-000-000"
    assert not set("ILOU") & set(ZEICHEN) and len(set(ZEICHEN)) == 32


@given(st.uuids())
def test_parse__gives_the_end_of_the_id_back(uuid):
    assert parse_vorgangsnummer(format_vorgangsnummer(uuid)) == uuid.hex[-STELLEN:]


@given(st.uuids(), st.sampled_from(["{}", " {} ", "{}."]), st.booleans(), st.sampled_from(["", " ", "-", "–", "/"]))
def test_parse__as_people_type_it(uuid, frame, lower, between):
    text = frame.format(format_vorgangsnummer(uuid).replace("-", between))
    text = text.replace("0", "O").replace("1", "l")
    assert parse_vorgangsnummer(text.lower() if lower else text) == uuid.hex[-STELLEN:]


@given(st.uuids(), STELLE, st.sampled_from(ZEICHEN))
def test_parse__one_wrong_character_is_always_found(uuid, stelle, zeichen):
    text = bare(uuid)
    if text[stelle] == zeichen:
        return
    text[stelle] = zeichen
    with pytest.raises(ValueError, match="falsch"):
        parse_vorgangsnummer("".join(text))


@given(st.uuids(), STELLE, STELLE)
def test_parse__two_that_changed_places_are_always_found_wherever_they_stand(uuid, eine, andere):
    text = bare(uuid)
    if text[eine] == text[andere]:
        return
    text[eine], text[andere] = text[andere], text[eine]
    with pytest.raises(ValueError, match="vertauscht"):
        parse_vorgangsnummer("".join(text))


@pytest.mark.parametrize("text", ["", "7KM", "7KM-Q2V-D7S7", "7KM-Q2V-D7U", "Möwe-Haus", "7KM\x00Q2VD7S", "💥" * 9])
def test_parse__what_is_no_number_says_what_one_looks_like(text):
    with pytest.raises(ValueError) as error:
        parse_vorgangsnummer(text)
    assert str(error.value) in {UNVOLLSTAENDIG, FALSCH_GELESEN}
    assert parse_vorgangsnummer("7KM-Q2V-D7S"), "the example of the message is a number"


def test_forty_random_bits():
    """Of an id made today all forty bits are random, so two matters of one office share a number once in 10¹² pairs."""
    ends = [uuid7().int & (1 << 40) - 1 for _ in range(300)]
    assert reduce(or_, ends) == (1 << 40) - 1 and reduce(and_, ends) == 0
