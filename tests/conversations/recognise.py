"""Names what the assistant said: the key of the text, or `spoergsmaal:<id>`."""

import re

from bot.service.channels.sms.gsm7 import replace_safely
from bot.service.logic.question_sets import Catalogue
from bot.service.logic.texts import Texts
from bot.shared.codebook import Audience, Channel

PLACE = re.compile(r"\\{[a-z]+\\}")


class Recogniser:
    """Knows every text and question that can be said to an audience on a channel."""

    def __init__(self, texts: Texts, catalogue: Catalogue) -> None:
        self.texts = texts
        self.catalogue = catalogue

    def name(self, said: str, audience: Audience, channel: Channel, set_id: str = "foerste_moede") -> str:
        """The key of what was said; the words themselves if nothing fits."""
        question_set = self.catalogue.latest(set_id)
        for question in question_set.questions:
            if audience in question.texts and self._same(question_set.text(question.id, audience, channel), said):
                return f"spoergsmaal:{question.id}"
        fitting = [key for key in self.texts.keys() if self._is(key, said, audience, channel)]  # noqa: SIM118 - no dict
        return max(fitting, key=self._literal_length, default=said)

    def _is(self, key: str, said: str, audience: Audience, channel: Channel) -> bool:
        wordings = self.texts.variants(key).items()
        mine = [text for (c, a), text in wordings if c in (None, channel) and a in (None, audience)]
        return any(self._pattern(text).fullmatch(replace_safely(said)) for text in mine)

    def _literal_length(self, key: str) -> int:
        """The most telling text wins over one that is little but places, such as `{ugedag} kl. {klokken}`."""
        return max(len(PLACE.sub("", re.escape(text))) for text in self.texts.variants(key).values())

    def _same(self, wording: str, said: str) -> bool:
        return replace_safely(wording) == replace_safely(said)

    def _pattern(self, wording: str) -> re.Pattern[str]:
        return re.compile(PLACE.sub("(.+)", re.escape(replace_safely(wording))))
