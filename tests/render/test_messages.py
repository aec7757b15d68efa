from __future__ import annotations

import ast
import pickle
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import counterfoil
from counterfoil.render import MESSAGES, Concern, Message

SOURCES = Path(counterfoil.__file__).parent
#: Classes and functions that take a code of ``MESSAGES`` and its parameters.
MAKERS = {"Message", "Diagnostic.of"}


def calls() -> Iterator[tuple[str, list[str], set[str]]]:
    """Yield where each message is made, its possible codes and its parameters."""
    for place in sorted(SOURCES.rglob("*.py")):
        for node in ast.walk(ast.parse(place.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in MAKERS:
                code = node.args[0]
                literals = [each.value for each in ast.walk(code) if isinstance(each, ast.Constant)]
                if isinstance(code, ast.JoinedStr):  # of titles: a kind and what became of it
                    pattern = re.sub(r"\{.*?\}", "*", ast.unparse(code)[2:-1])
                    literals = [each for each in MESSAGES if Path(each).match(pattern)]
                codes = [str(each) for each in literals]
                yield (
                    f"{place.name}:{node.lineno}",
                    codes,
                    {str(each.arg) for each in node.keywords},
                )


def blanks(sentence: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", sentence))


def test_each_message_that_is_made_is_in_the_table_with_all_of_its_parameters() -> None:
    made = list(calls())

    assert len(made) > 100
    wrong = [
        (place, code)
        for place, codes, params in made
        for code in codes
        if code not in MESSAGES or blanks(MESSAGES[code]) != params
    ]
    assert wrong == []
    assert set(MESSAGES) == {code for _, codes, _ in made for code in codes}


def test_each_concern_of_preflight_has_a_message_and_no_sentence_is_there_twice() -> None:
    assert {code.partition(".")[0] for code in MESSAGES} >= {str(each) for each in Concern}
    assert len(set(MESSAGES.values())) == len(MESSAGES)


def test_a_message_is_its_english_sentence() -> None:
    message = Message("code.too_long", level="H", most=7, number=9)

    assert message == (
        "A QR code with error correction H holds at most 7 characters of this kind; this text "
        "needs 9."
    )
    assert (message.code, message.params["most"]) == ("code.too_long", 7)


def test_what_a_parameter_holds_is_never_taken_for_another_parameter() -> None:
    message = Message("code.ean_check_digit", text="{digit}", digit="4")

    assert message == "The check digit of {digit} should be 4."


@pytest.mark.parametrize(
    "message",
    [
        Message("layout.missing"),
        Message("image.unusable", name="a.png", reason=Message("image.broken")),
        Message.of_text("What another version said."),
    ],
)
def test_a_message_is_stored_and_crosses_process_borders(message: Message) -> None:
    for again in (Message.from_json(message.to_json()), pickle.loads(pickle.dumps(message))):
        assert (again, again.code, again.params) == (message, message.code, message.params)


def test_a_message_is_translated_with_the_messages_in_it() -> None:
    german = {
        MESSAGES["image.unusable"]: "Das Bild {name} ist unbrauchbar: {reason}",
        MESSAGES["image.empty"]: "Es ist leer.",
    }
    message = Message("image.unusable", name="a.png", reason=Message("image.empty"))

    assert message.translated(german.__getitem__) == "Das Bild a.png ist unbrauchbar: Es ist leer."
    assert Message.of_text("Old.").translated(german.__getitem__) == "Old."


def test_what_another_version_stored_stays_readable() -> None:
    old = {"code": "background.before", "params": {}, "text": "It was so before."}
    lacking = {"code": "code.too_long", "params": {"level": "H"}, "text": "Too long."}

    assert [Message.from_json(each) for each in (old, lacking)] == [
        "It was so before.",
        "Too long.",
    ]
    for other in (None, "text", {}, {"code": 1, "params": {}, "text": ""}):
        with pytest.raises(ValueError, match="not a message"):
            Message.from_json(other)
