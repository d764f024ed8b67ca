"""A seal holds over what was shown and nothing else; a word is used once, and what came of it is kept for a while."""

from __future__ import annotations

from marketpulse.console.seals import Seals


def test_a_seal_holds_over_what_was_shown() -> None:
    seals: Seals[str] = Seals()
    word, seal = seals.seal(["discard", "a", "2"])
    assert seals.holds(word, seal, ["discard", "a", "2"])
    for shown in (["discard", "a", "3"], ["discard", "a"], ["discarda", "2"], []):
        assert not seals.holds(word, seal, shown)
    assert not seals.holds("other", seal, ["discard", "a", "2"])
    assert not Seals[str]().holds(word, seal, ["discard", "a", "2"])


def test_a_word_is_used_once_unless_nothing_came_of_it() -> None:
    seals: Seals[str] = Seals()
    assert (seals.take("w"), seals.take("w"), seals.found("w")) == (True, False, None)
    seals.free("w")
    assert seals.take("w")
    seals.keep("w", "done")
    assert (seals.take("w"), seals.found("w")) == (False, "done")


def test_old_outcomes_go_and_their_words_stay_used() -> None:
    seals: Seals[int] = Seals()
    for number in range(250):
        assert seals.take(str(number))
        seals.keep(str(number), number)
    assert (seals.found("0"), seals.take("0"), seals.found("249")) == (None, False, 249)
