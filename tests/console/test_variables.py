"""The page of variables."""

from __future__ import annotations

from starlette.testclient import TestClient


def test_a_secret_is_set_and_never_on_a_page_again(own_alice: TestClient) -> None:
    answer = own_alice.post(
        "/apps/shop/variables", data={"name": "KEY", "value": "hush-hush", "kind": "secret", "stage": "prod"}
    )
    assert answer.status_code == 303
    own_alice.post("/apps/shop/variables/import", data={"text": "A=<b>1</b>\n", "kind": "plain", "service": "orders"})
    page = own_alice.get("/apps/shop/variables").text
    assert "hush-hush" not in page
    assert "&lt;b&gt;1&lt;/b&gt;" in page
    assert "KEY" in page
    own_alice.post("/apps/shop/variables/remove", data={"name": "KEY", "stage": "prod"})
    assert "KEY" not in own_alice.get("/apps/shop/variables").text


def test_what_is_wrong_is_said_and_the_value_is_not_repeated(own_alice: TestClient) -> None:
    answer = own_alice.post("/apps/shop/variables", data={"name": "AWS_X", "value": "hush-hush", "kind": "secret"})
    assert answer.status_code == 422
    assert "hush-hush" not in answer.text
    assert 'value="AWS_X"' in answer.text


def test_a_variable_is_changed_in_its_row_and_never_into_something_nobody_typed(
    own_alice: TestClient,
) -> None:
    """A browser does not give back what it was given of these; so they are typed anew."""
    for name, value in (("PLAIN", "debug"), ("TURNED", "a\u202eb")):
        own_alice.post("/apps/shop/variables", data={"name": name, "value": value, "kind": "plain"})

    page = own_alice.get("/apps/shop/variables").text

    assert ">debug</textarea>" in page
    assert page.count("</textarea>") - page.count("></textarea>") == 1
    assert "Save TURNED" in page


def test_a_plain_value_may_be_empty_and_is_shown_as_it_stands(own_alice: TestClient) -> None:
    for name, value in (("NOTHING", ""), ("LINES", "  one\n  two")):
        own_alice.post("/apps/shop/variables", data={"name": name, "value": value, "kind": "plain"})

    page = own_alice.get("/apps/shop/variables").text

    assert '<span class="soft">empty</span>' in page
    assert '<code class="as-is">  one\n  two</code>' in page
    row = page[page.index('name="name" value="LINES"') : page.index("Save LINES")]
    assert "required" not in row, "it may be emptied"


def test_a_file_that_is_taken_leaves_what_is_secret_a_secret(own_alice: TestClient) -> None:
    own_alice.post("/apps/shop/variables", data={"name": "KEY", "value": "hush-hush", "kind": "secret"})
    form = own_alice.get("/apps/shop/variables").text.split("/variables/import")[1]
    assert form.index('<option value="">As they are; new ones plain') < form.index('value="plain"')

    taken = own_alice.post("/apps/shop/variables/import", data={"text": "KEY=hush-anew\nLEVEL=info\n", "kind": ""})

    assert taken.status_code == 303
    page = own_alice.get("/apps/shop/variables").text
    assert "hush-anew" not in page
    assert ">info</code>" in page
