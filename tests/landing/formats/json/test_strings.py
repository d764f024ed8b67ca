"""Words are found in the texts that hold them, as if each were searched alone."""

from __future__ import annotations

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from marketpulse.landing.formats.json.strings import holding


@given(st.lists(st.text('ab"é', max_size=6), max_size=8), st.text('ab"é', min_size=1, max_size=3), st.data())
def test_a_word_is_in_the_texts_that_hold_it(texts: list[str], word: str, data: st.DataObject) -> None:
    begin = data.draw(st.integers(0, len(texts)))
    whole = pa.array(texts, pa.string())
    assert holding(whole, word).tolist() == [word in text for text in texts]
    assert holding(whole.slice(begin, 3), word).tolist() == [word in text for text in texts[begin : begin + 3]]
