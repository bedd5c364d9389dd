import azure.functions as func
import pytest

from api.http.etags import conditional
from api.http.request import Reply

REPLY = Reply(200, '{"total": 1}')


def asked(**headers):
    return func.HttpRequest("GET", "http://127.0.0.1/", headers=headers, body=b"")


def test_the_same_body_has_the_same_tag_and_another_body_another():
    tags = {
        conditional(Reply(200, body), asked()).headers["ETag"] for body in ("a", b"a", "b", "a")
    }
    assert len(tags) == 2


@pytest.mark.parametrize("form", ["{}", "W/{}", '"other", {}', "*"])
def test_who_has_it_already_is_told_so_without_a_body(form):
    etag = conditional(REPLY, asked()).headers["ETag"]
    again = conditional(REPLY, asked(**{"If-None-Match": form.format(etag)}))
    assert (again.status, again.body, again.headers["ETag"]) == (304, b"", etag)


@pytest.mark.parametrize("sent", ['"other"', "", "nonsense", 'W/"other"'])
def test_who_has_something_else_gets_the_body(sent):
    again = conditional(REPLY, asked(**{"If-None-Match": sent}))
    assert (again.status, again.body) == (200, REPLY.body)
