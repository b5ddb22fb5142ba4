"""How a problem is shown: place, code, line, caret, mend; and all of them at once."""

from __future__ import annotations

from gateway.ruleset.problems import BadRulesError, Mark, Problem, did_you_mean, errors, in_order, one_of


def problem(line: int = 1, text: str = "when: {kind: emial}", *, doubtful: bool = False) -> Problem:
    mark = Mark("mine.yaml", line, 14, 5, text)
    return Problem("GW-R303", "no such kind.", "look.", mark, "warning" if doubtful else "error")


def test_a_problem_shows_its_line_with_a_caret_under_the_culprit() -> None:
    assert problem().render() == (
        "mine.yaml:1:14: GW-R303 no such kind.\n"
        "    1 | when: {kind: emial}\n"
        "      |              ^^^^^\n"
        "  mend: look.\n"
        "  docs: docs/errors/GW-R303.md"
    )


def test_a_problem_fits_one_line_too() -> None:
    assert problem().line() == "mine.yaml:1:14: GW-R303 no such kind. Mend: look."


def test_a_warning_says_that_it_is_one() -> None:
    assert "GW-R303 warning: no such kind." in problem(doubtful=True).render()


def test_a_line_without_text_is_not_shown() -> None:
    assert problem(text="").render().count("\n") == 2


def test_a_long_line_is_cut_around_the_culprit() -> None:
    mark = Mark("f", 1, 151, 3, "x" * 150 + "bad" + "y" * 50)
    excerpt = Problem("GW-R303", "what.", "mend.", mark).render().splitlines()[1:3]
    assert max(map(len, excerpt)) <= 80
    assert excerpt[0][excerpt[1].index("^") :].startswith("bad")


def test_a_caret_does_not_run_past_the_line() -> None:
    mark = Mark("f", 1, 1, 200, "x" * 200)
    assert "^" * 72 in Problem("GW-R303", "what.", "mend.", mark).render()
    assert "^" * 73 not in Problem("GW-R303", "what.", "mend.", mark).render()


def test_a_password_in_an_address_is_not_shown() -> None:
    text = 'vault: "postgresql://pii:hunter2@db/people"'
    assert "hunter2" not in problem(text=text).render()
    assert "pii:*******@db" in problem(text=text).render()


def test_a_problem_as_json_names_its_place_and_page() -> None:
    told = problem().as_json()
    assert (told["file"], told["line"], told["column"]) == ("mine.yaml", 1, 14)
    assert told["docs"] == "docs/errors/GW-R303.md"


def test_errors_come_first_then_places_and_nothing_twice() -> None:
    late, early, warning = problem(9), problem(2), problem(1, doubtful=True)
    assert in_order([late, warning, early, late]) == (early, late, warning)
    assert errors([late, warning]) == (late,)


def test_the_exception_carries_all_and_says_the_first_in_one_line() -> None:
    error = BadRulesError([problem(9), problem(2)])
    assert error.code == "GW-R303"
    assert str(error) == "GW-R303 mine.yaml:2:14: no such kind. (and 1 more) Mend: look."
    assert len(error.problems) == 2
    assert error.render().count("GW-R303 no such kind") == 2


def test_one_problem_needs_no_count() -> None:
    assert "more)" not in str(BadRulesError([problem()]))


def test_the_nearest_word_is_proposed() -> None:
    assert did_you_mean("Tokenise", ["tokenize", "drop"]) == "did you mean 'tokenize'?"


def test_without_a_near_word_all_are_listed() -> None:
    assert did_you_mean("xyz", ["b", "a", "c"]) == "use a, b or c."
    assert did_you_mean("xyz", []) == "use nothing: there is none."
    assert did_you_mean("xyz", ["a"], "look elsewhere.") == "look elsewhere."


def test_words_are_listed_as_people_do() -> None:
    assert (one_of(["a"]), one_of(["a", "b"]), one_of(["a", "b", "c"])) == ("a", "a or b", "a, b or c")
