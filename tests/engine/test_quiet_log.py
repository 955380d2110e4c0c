import logging
import warnings
from collections.abc import Iterator

import pytest

from bot.engine import quiet_log


@pytest.fixture(autouse=True)
def _installed() -> Iterator[None]:
    quiet_log.install()
    yield
    logging.setLogRecordFactory(logging.LogRecord)
    logging.captureWarnings(False)


def fail_with(text: str) -> None:
    try:
        int(text)
    except ValueError as error:
        raise RuntimeError(f"cannot read {text}") from error


def test_foreign_words_are_withheld_while_a_text_is_in_hand(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG), quiet_log.text_in_hand():
        logging.getLogger("rasa.core").error("failed on %s", "kanariefugl")
        try:
            fail_with("kanariefugl")
        except RuntimeError:
            logging.getLogger("rasa.core").exception("kanariefugl")

    assert "kanariefugl" not in caplog.text
    assert "RuntimeError" in caplog.records[-1].getMessage()
    assert "ValueError" in caplog.records[-1].getMessage()


def test_warnings_are_withheld_too(caplog: pytest.LogCaptureFixture, recwarn: pytest.WarningsRecorder) -> None:
    logging.captureWarnings(True)
    with quiet_log.text_in_hand():
        logging.getLogger("py.warnings").warning("%s", warnings.formatwarning("kanariefugl", UserWarning, "f", 1))

    assert "kanariefugl" not in caplog.text


def test_our_own_words_stay_but_the_errors_do_not(caplog: pytest.LogCaptureFixture) -> None:
    with quiet_log.text_in_hand():
        try:
            fail_with("kanariefugl")
        except RuntimeError:
            logging.getLogger("bot.engine.channel").exception("message of %s failed", "3-1")

    assert "message of 3-1 failed: RuntimeError" in caplog.text
    assert "kanariefugl" not in caplog.text


def test_outside_a_message_the_log_is_as_ever(caplog: pytest.LogCaptureFixture) -> None:
    logging.getLogger("rasa.core").warning("Loading model %s", "a.tar.gz")

    assert "Loading model a.tar.gz" in caplog.text
