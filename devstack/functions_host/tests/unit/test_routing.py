"""Route templates, as ASP.NET reads them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devstack.functions_host.routing import RouteTemplateError, compile_route

GUID = "0b9f4b0e-6a0e-4c3e-9a48-111111111111"


@pytest.mark.parametrize(
    ("template", "path", "values"),
    [
        ("", "/", {}),
        ("a/b", "/a/b", {}),
        ("a/b", "/A/B/", {}),
        ("a/b", "/a", None),
        ("a/b", "/a/b/c", None),
        ("{id}", "/x%20y", {"id": "x y"}),
        ("{id}", "/", None),
        ("a/{id?}", "/a", {}),
        ("a/{id?}", "/a/1", {"id": "1"}),
        ("a/{id=7}", "/a", {"id": "7"}),
        ("{*rest}", "/", {}),
        ("{*rest}", "/a/b/c", {"rest": "a/b/c"}),
        ("a/{**rest}", "/a/b%2Fc", {"rest": "b/c"}),
        ("v{major:int}.{minor:int}", "/v1.2", {"major": "1", "minor": "2"}),
        ("v{major:int}.{minor:int}", "/v1.x", None),
        ("{name}.json", "/a.b.json", {"name": "a.b"}),
        ("{id:guid}/keys", f"/{GUID}/keys", {"id": GUID}),
        ("{id:guid}/keys", "/list/keys", None),
        ("{a:regex(^x/?y$)}", "/xy", {"a": "xy"}),
        ("{a:int:range(1,10)}", "/10", {"a": "10"}),
        ("{a:int:range(1,10)}", "/11", None),
    ],
)
def test_a_template_matches_a_path(template: str, path: str, values: dict[str, str] | None) -> None:
    assert compile_route(template).match(path) == values


@pytest.mark.parametrize(
    ("constraint", "good", "bad"),
    [
        ("int", ["0", "-5", "2147483647"], ["x", "1.5", "2147483648"]),
        ("long", ["9223372036854775807"], ["9223372036854775808"]),
        ("bool", ["true", "FALSE"], ["1", "yes"]),
        ("alpha", ["abcXYZ"], ["a1", "a-b"]),
        ("guid", [GUID, GUID.upper(), GUID.replace("-", ""), f"{{{GUID}}}"], ["x", GUID[:-1]]),
        ("decimal", ["1.5", "-3"], ["1e5", "x"]),
        ("double", ["1.5e-3", "7"], ["x"]),
        ("datetime", ["2026-01-31", "2026-01-31T10:00:00"], ["2026-02-31", "noon"]),
        ("length(2,3)", ["ab", "abc"], ["a", "abcd"]),
        ("length(2)", ["ab"], ["a", "abc"]),
        ("minlength(2)", ["ab"], ["a"]),
        ("maxlength(2)", ["ab"], ["abc"]),
        ("min(3)", ["3"], ["2", "x"]),
        ("max(3)", ["3", "-1"], ["4"]),
        ("regex(^[ab]+$)", ["abba"], ["abc"]),
        ("regex(^\\d{{2}}$)", ["12"], ["1", "123"]),
        ("file", ["a.txt"], ["a"]),
        ("nonfile", ["a"], ["a.txt"]),
        ("required", ["a"], []),
    ],
)
def test_a_constraint_decides_what_a_parameter_takes(
    constraint: str, good: list[str], bad: list[str]
) -> None:
    route = compile_route(f"{{x:{constraint}}}")
    for text in good:
        assert route.match(f"/{text}") == {"x": text}
    for text in bad:
        assert route.match(f"/{text}") is None


@pytest.mark.parametrize("template", ["{x:nonsense}", "{x", "x}", "{x:int(3)}", "{x:range}"])
def test_a_template_that_makes_no_sense_is_refused(template: str) -> None:
    with pytest.raises(RouteTemplateError):
        compile_route(template)


def test_the_most_specific_route_comes_first() -> None:
    templates = ["{*all}", "a/{x}", "a/{x:int}", "a/b", "a/x{x}", "a/{*rest}"]
    ordered = sorted(templates, key=lambda t: compile_route(t).ranks)
    assert ordered == ["a/b", "a/x{x}", "a/{x:int}", "a/{x}", "a/{*rest}", "{*all}"]


@given(st.text(st.characters(codec="ascii", exclude_characters="/?#%{}"), min_size=1))
def test_any_plain_segment_is_captured_as_it_is(text: str) -> None:
    assert compile_route("a/{x}").match(f"/a/{text}") == {"x": text}
