"""What English texts are told to hold: people, places, firms, streets, offices, in any case; names are made up."""

from __future__ import annotations

import time

import pytest

from gateway.core.detect.english import people
from gateway.core.detect.english_case import is_english
from gateway.core.detect.outside import detect_text

Told = list[tuple[str, str]]


def told(text: str) -> Told:
    return [(text[start:end], kind) for start, end, kind in detect_text(text)]


def acted_on(text: str) -> list[str]:
    """The people that the gateway itself finds."""
    return [text[start:end] for start, end, _ in people(text + "\0", text.lower() + "\0")]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("please add Chinedu Okafor to the list", "Chinedu Okafor"),
        ("we saw Maria da Silva Pereira there", "Maria da Silva Pereira"),
        ("it was written by J. R. Okonkwo", "J. R. Okonkwo"),
        ("ask Tomoko S. Hashimoto about it", "Tomoko S. Hashimoto"),
        ("My name is Thistlewaite", "Thistlewaite"),
        ("Hi Iwao, how are you", "Iwao"),
        ("Hello, this is Dr. Ludmila van der Berg", "Ludmila van der Berg"),
        ("Prime Minister Arjun Patel spoke", "Arjun Patel"),
        ("we met Seán O'Hanrahan's lawyer", "Seán O'Hanrahan"),
        ("she married Anne-Sophie Berger in May", "Anne-Sophie Berger"),
        ("Kwame Mensah PhD is in", "Kwame Mensah PhD"),
        ("the album of Michael Jordan sells", "Michael Jordan"),
    ],
)
def test_names_of_many_origins_are_people(text: str, name: str) -> None:
    assert (name, "PERSON") in told(text)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("can you ask sarah connor to call", "sarah connor"),
        ("user: heather pustivshek", "heather pustivshek"),
        ("PLEASE ASK MARY JOHNSON TO CALL", "MARY JOHNSON"),
        ("hi eliza, i'm writing to you", "eliza"),
        ("it was written by j. okonkwo", "j. okonkwo"),
        ("mrs. oyelaran is here", "oyelaran"),
        ("as promised, here's zlata's address", "zlata"),
    ],
)
def test_names_are_found_where_no_capitals_are_used(text: str, name: str) -> None:
    assert (name, "PERSON") in told(text)


@pytest.mark.parametrize(
    "text",
    [
        "mark my words, we will be there",
        "Boston Consulting Group",
        "The New Order Summary",
        "Please Contact The Support Team",
        "Order 5 of May",
        "the i of it",
        "the small a. and the b. of it",
        "i.e. a test",
        "what's new in it? nothing much at all",
        "Plan B is on",
        "ITEM 12 WAS SENT TODAY",
    ],
)
def test_ordinary_words_are_nobody(text: str) -> None:
    assert "PERSON" not in {kind for _, kind in told(text)}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("we moved here from Saint Vincent and the Grenadines", ("Saint Vincent and the Grenadines", "LOCATION")),
        ("who comes to Chad with me", ("Chad", "LOCATION")),
        ("Jordan's capital is lovely", ("Jordan", "LOCATION")),
        ("i live in new zealand", ("new zealand", "LOCATION")),
        ("she lives in London", ("London", "LOCATION")),
        ("they met in Paris", ("Paris", "LOCATION")),
        ("a flat in Upper Snodbury", ("Upper Snodbury", "LOCATION")),
        ("she came to Villa Grimaldo", ("Villa Grimaldo", "LOCATION")),
        ("we went to Quxville", ("Quxville", "LOCATION")),
        ("the shop in Brockton, MA was shut", ("Brockton", "LOCATION")),
        ("we swam in Lower Blue Lake", ("Lower Blue Lake", "LOCATION")),
        ("from London Heathrow we flew", ("London Heathrow", "LOCATION")),
        ("in San Quixano it rains", ("San Quixano", "LOCATION")),
        ("we walked near Great Snoring", ("Great Snoring", "LOCATION")),
    ],
)
def test_places_are_told(text: str, found: tuple[str, str]) -> None:
    assert found in told(text)


@pytest.mark.parametrize(
    ("text", "firm"),
    [
        ("shares of Quxley Brothers Ltd. fell", "Quxley Brothers Ltd."),
        ("he works for quxley brothers llc", "quxley brothers llc"),
        ("Acme Holding GmbH Berlin", "Acme Holding GmbH"),
        ("a loan from Barclays Bank", "Barclays Bank"),
        ("the University of Quxbridge", "University of Quxbridge"),
        ("Quxley & Sons were closed", "Quxley & Sons"),
        ("the Vexatron office is closed", "Vexatron"),
        ("she worked at NASA", "NASA"),
        ("we bought it from Vexar Open Lines, twice", "Vexar Open Lines"),
        ("I bought it at Best Buy", "Best Buy"),
    ],
)
def test_firms_are_told(text: str, firm: str) -> None:
    assert (firm, "ORGANIZATION") in told(text)


@pytest.mark.parametrize(
    ("text", "street"),
    [
        ("they met on Quxley Street yesterday", "Quxley Street"),
        ("meet me at Via Quxana tonight", "Via Quxana"),
        ("the house 16 Quxanna 5 burned", "16 Quxanna 5"),
        ("my address is Quxby 12, Malmö", "Quxby 12"),
        ("meet me at Spencer and Quxby 12", "Spencer and Quxby 12"),
    ],
)
def test_streets_are_told(text: str, street: str) -> None:
    assert street in {kind: found for found, kind in told(text)}["ADDRESS"]


def test_offices_and_peoples_are_told() -> None:
    assert told("A Senior Software Engineer of Irish descent") == [
        ("Senior Software Engineer", "TITLE"),
        ("Irish", "NATIONALITY"),
    ]
    assert ("Dawn French", "PERSON") in told("we saw Dawn French live")


def test_a_title_of_address_is_told_by_itself() -> None:
    assert told("Mrs. Oyelaran") == [("Mrs.", "PREFIX"), ("Oyelaran", "PERSON")]
    assert told("Captain Oyelaran") == [("Oyelaran", "PERSON")]


def test_two_names_with_and_between_them_speak_for_one_another() -> None:
    assert told("Quxell and Okonkwo are late") == [("Quxell", "PERSON"), ("Okonkwo", "PERSON")]


def test_nobody_is_guessed_in_other_languages() -> None:
    assert told("Dogovor zaklyuchen vchera vecherom, pochta zakryta. Kartina visit krivo. Moroz krepchaet.") == []


def test_a_text_of_few_words_counts_as_english() -> None:
    assert (is_english("Quxley"), is_english("zakryta pochta vchera"), is_english("the post is closed")) == (
        True,
        False,
        True,
    )


def test_the_gateway_acts_on_names_that_need_no_guess() -> None:
    assert acted_on("Kwame Mensah and Mr. Oyelaran met J. Okonkwo. Hi Iwao, Sofia is in Accra") == [
        "Kwame Mensah",
        "Oyelaran",
        "J. Okonkwo",
        "Iwao",
    ]


def test_words_without_capitals_in_another_language_are_nobody_to_the_gateway() -> None:
    assert acted_on("mir domu, roza pakhnet") == []


def test_leaves_with_and_without_capitals_stand_side_by_side() -> None:
    text = "tara okafor called us\0Tell Kwame Mensah\0ask for tara okafor now\0Nobody"
    assert acted_on(text) == ["tara okafor", "Kwame Mensah", "tara okafor"]


def test_letters_whose_capital_is_two_letters_keep_their_place() -> None:
    assert told("my name is ßquxley") in ([], [("ßquxley", "PERSON")])


@pytest.mark.parametrize(
    "text",
    [
        "Mary and " * 3_000,
        "A " * 10_000,
        "a b " * 5_000,
        "Mr. " * 5_000,
        "New York " * 2_500,
        "X1 " * 7_000,
        "hi " * 7_000,
        "tara okafor\0" * 2_000,
        "5 Mary 5 " * 2_500,
        "Mary\n5 Quxby Street\n" * 1_200,
        "Apt. 5 " * 3_000,
    ],
)
def test_reading_takes_time_in_proportion(text: str) -> None:
    def seconds(size: int) -> float:
        begun = time.process_time()
        detect_text(text[:size])
        return time.process_time() - begun

    seconds(2_000)
    small = min(seconds(len(text) // 4) for _ in range(3))
    assert min(seconds(len(text)) for _ in range(2)) < 12 * small + 0.05
