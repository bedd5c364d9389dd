import json

from devstack.azureml_emulator.arm.errors import (
    ArmError,
    inferencing_error,
    not_done,
    resource_missing,
    user_error,
)


def test_a_plain_error_has_code_and_message_only():
    assert ArmError(404, "NotFound", "gone").error == {"code": "NotFound", "message": "gone"}


def test_a_user_error_names_the_finer_code_in_the_inner_chain():
    error = user_error(400, "The size is unknown", "BadArgument").error
    assert (error["code"], error["details"]) == ("UserError", [])
    assert _info(error)["InnerError"] == {"code": "BadArgument", "innerError": None}
    assert "target" not in error


def test_a_missing_model_is_named_in_the_details():
    error = resource_missing(("ModelNotFound", "Model container with name: m not found.")).error
    assert error["message"] == "The specified resource was not found."
    assert error["details"] == [
        {
            "code": "ModelNotFound",
            "message": "Model container with name: m not found.",
            "details": [],
            "additionalInfo": [],
        }
    ]


def test_other_missing_resources_have_no_details_and_all_say_where_and_when():
    error = resource_missing().error
    assert error["details"] == []
    assert list(_info(error)) == [
        *("ComponentName", "Correlation", "Environment", "Location", "Time")
    ]


def test_what_is_not_done_is_501_by_name():
    error = not_done("GET /jobs")
    assert (error.status, error.error["code"]) == (501, "NotImplemented")
    assert "GET /jobs" in error.error["message"]


def _info(error: dict) -> dict:
    return {one["type"]: one["info"]["value"] for one in error["additionalInfo"]}


def test_an_inferencing_error_is_json_within_text():
    error = inferencing_error("InferencingClientCreateDeploymentFailed", "VmSize", "No room").error
    assert (error["code"], error["message"]) == ("BadRequest", "The request is invalid.")
    text = error["details"][0]["message"]
    inner = json.loads(text.removeprefix("InferencingClient HttpRequest error, error detail: "))
    assert inner["errors"] == {"VmSize": ["No room"]}
