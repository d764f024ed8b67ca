"""Whether a query adds up only what adds up: amounts of one currency, counts over the columns they add up over.

    promises of the tables -> `Relation` -(from, join, where)-> `Frame` -> `value_of` each expression -> `Relation` -> …
                                                 a sum over several currencies is told -^

A `Value` is what is known of one column or expression. What cannot be followed is known as nothing, and is not judged.
"""

from marketpulse.sql.sums.judging import Sums, judge
from marketpulse.sql.sums.promises import Measure, Promise

__all__ = ["Measure", "Promise", "Sums", "judge"]
