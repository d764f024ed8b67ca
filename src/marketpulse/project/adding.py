"""What every gold model adds up, against what the contracts say of the numbers it reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from marketpulse.errors import DefinitionError
from marketpulse.names import LINEAGE
from marketpulse.project.headlines import Question
from marketpulse.project.problems import ByName
from marketpulse.project.table import Table
from marketpulse.sql.sums import Promise, judge


def check_sums(tables: Mapping[str, Table], problems: ByName) -> dict[str, Promise]:
    """What the numbers of each table are; `tables` are in build order. Tell of models that add up what does not.

    What a contract does not say of a column is what the model makes it of.
    """
    promises: dict[str, Promise] = {}
    for name, table in tables.items():
        contract = table.contract
        measures, constants = {column.name: column.measure for column in contract.columns}, dict[str, str]()
        if model := table.queries.get("model"):
            found = judge(model.query, promises, model.path, measures)
            problems.add(name, found.problems)
            measures |= found.measures
            constants = found.constants
        lineage = LINEAGE if contract.layer == "silver" and not contract.managed else ()
        promises[name] = Promise((*contract.types, *lineage), contract.key, measures, constants)
    return promises


def checked_question(question: Question, promises: Mapping[str, Promise]) -> Question:
    """The question; without its query when that adds up what does not."""
    if question.query is None and question.notes is None:
        return question
    found = [
        each
        for query in (question.query, question.notes)
        if query is not None
        for each in judge(query, promises, question.where).problems
    ]
    if not found:
        return question
    about = question.about
    return replace(
        question, query=None, asked=None, problem=DefinitionError.together([error.of(about) for error in found])
    )
