"""Every word that a column can hold has a name on the pages."""

from collections.abc import Iterable
from pathlib import Path

import pytest
import yaml

import bot.service.desk
from bot.service.desk.call_guides import CallGuides
from bot.service.errors import ConfigurationError
from bot.service.logic import case_endings
from bot.service.logic.case_outcome import Timeliness
from bot.service.logic.case_work import Refusal
from bot.service.logic.texts import Names
from bot.service.models import Case
from bot.service.models.words import (
    CallConsent,
    CallOutcome,
    CaseEnding,
    CaseEventKind,
    CaseKind,
    CaseState,
    ContactSafety,
    MediaKind,
    MediaState,
    StaffRole,
    WayIn,
)
from bot.shared.codebook import Complaint, Concern, Polarity, Role, Theme, Wish

WORDS = Names(yaml.safe_load((Path(bot.service.desk.__file__).parent / "texts.yml").read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    ("section", "ids"),
    [
        ("frist", CaseKind),
        ("tilstand", CaseState),
        ("medarbejderrolle", StaffRole),
        ("indgang", WayIn),
        ("udfald", CallOutcome),
        ("afslutning", CaseEnding),
        ("afslutning_hjaelp", [ending for endings in case_endings.ENDINGS.values() for ending in endings]),
        ("rettidig", Timeliness),
        ("laering", case_endings.LESSON_AREAS),
        ("uden_kontakt", CallConsent),
        ("samtykke", CallConsent),
        ("kontakt", ContactSafety),
        ("haendelse", CaseEventKind),
        ("medie", MediaKind),
        ("medie_tilstand", MediaState),
        ("forslag", [case_endings.PROPOSED, case_endings.REJECTED]),
        ("afslag", Refusal),
    ],
)
def test_every_id_has_a_desk_word(section: str, ids: Iterable[str]) -> None:
    assert [an_id for an_id in ids if not WORDS.all(section).get(str(an_id))] == []


@pytest.mark.parametrize(
    ("section", "ids"),
    [
        ("sagstype", CaseKind),
        ("sagstilstand", CaseState),
        ("baand", [Concern.AKUT, Concern.JA]),
        ("tema", Theme),
        ("polaritet", Polarity),
        ("klage", Complaint),
        ("bekymring", Concern),
        ("oenske", Wish),
        ("rolle", Role),
    ],
)
def test_every_id_has_a_common_name(section: str, ids: Iterable[str]) -> None:
    assert [an_id for an_id in ids if not Names.load().all(section).get(str(an_id))] == []


@pytest.mark.parametrize(
    ("columns", "name"),
    [
        ({"kind": "klage", "role": "foraelder"}, "Guide til opkaldet"),
        ({"kind": "klage", "role": "barn", "age": 12}, "Guide til samtalen med et barn"),
        ({"kind": "opkald", "role": "barn", "age": None}, "Guide til samtalen med et barn"),
        ({"kind": "klage", "role": "barn", "age": 18}, "Guide til opkaldet"),
        ({"kind": "bekymring", "role": "barn", "age": 12}, "Guide, når nogen kan være i fare"),
        ({"kind": "ubehandlet", "role": "barn", "age": 12}, "Sådan gør du"),
    ],
)
def test_each_case_has_its_guide(columns: dict[str, object], name: str) -> None:
    assert CallGuides.load().for_case(Case(**columns)).name == name


def test_the_ids_of_steps_fit_their_column_and_no_other_note() -> None:
    guides = yaml.safe_load((Path(bot.service.desk.__file__).parent / "call_guides.yml").read_text(encoding="utf-8"))
    ids = {step["id"] for guide in guides.values() for step in guide["trin"]}

    assert all(len(an_id) <= 40 and an_id.isascii() for an_id in ids)
    assert ids.isdisjoint(WORDS.all("notattrin"))


@pytest.mark.parametrize("text", ["klage: {navn: x, trin: [{id: a}]}", "klage: 1", "klage: {navn: x, trin: []}"])
def test_a_half_guide_stops_the_start(tmp_path: Path, text: str) -> None:
    path = tmp_path / "guides.yml"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(ConfigurationError):
        CallGuides.load(path)
