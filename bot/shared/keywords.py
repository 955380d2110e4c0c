"""What a citizen says in so many words: stop, a complaint, a call, yes, no. All else is the classifier's."""

import re

from bot.shared.danish import SENTENCE_END, words
from bot.shared.rule_book import Reading, Rule, find, load

WHOLE = "hele beskeden"  # the rule must match the message from end to end
ANYWHERE = "et sted"

_RULES = {rule.id: rule for rule in load("keywords.txt")}
_MARK = re.compile(r"[^\w\s]")
_LONGEST_BARE_FORM = 200  # characters; nothing longer is one of the bare forms


def rules() -> list[Rule]:
    """All keyword rules with their cases."""
    return list(_RULES.values())


def is_stop(text: str) -> bool:
    """Whether the message is STOP or one of its Danish forms, and nothing else."""
    return _meets("stop", text)


def says_complaint(text: str) -> bool:
    """Whether the message says of itself that it is a complaint."""
    return _meets("klage", text)


def is_call_wish(text: str) -> bool:
    """Whether the message asks to be rung."""
    return _meets("opkald", text) or _meets("opkald_alene", text)


def is_negated(text: str) -> bool:
    """Whether a no or a not stands anywhere: then a number in the text may be just the one that must not be rung."""
    return _meets("naegtelse", text)


def is_yes(text: str) -> bool:
    """Whether the message is a bare yes."""
    return _meets("ja", text)


def is_no(text: str) -> bool:
    """Whether the message is a bare no."""
    return _meets("nej", text)


def _meets(rule_id: str, text: str) -> bool:
    rule = _RULES[rule_id]
    if rule.band != WHOLE:
        return find(rule, Reading.of(words(text)))
    if len(text) > _LONGEST_BARE_FORM:
        return False
    spoken = [word for word in words(text) if word != SENTENCE_END]
    # Emoji around a bare word change nothing; alone they may be the answer.
    bare = [word for word in spoken if not _MARK.match(word)] or list(dict.fromkeys(spoken))
    return find(rule, Reading.of(bare), whole=True)
