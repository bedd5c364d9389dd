import json

from devstack.azureml_emulator.arm.errors import ArmError, inferencing_error, user_error


def test_a_plain_error_has_code_and_message_only():
    assert ArmError(404, "NotFound", "gone").error == {"code": "NotFound", "message": "gone"}


def test_a_user_error_names_the_finer_code_in_details_and_in_the_inner_chain():
    error = user_error(404, "No such model", "NoSuchModelRegistered").error
    assert error["code"] == "UserError"
    assert error["details"][0]["code"] == "NoSuchModelRegistered"
    inner = next(info for info in error["additionalInfo"] if info["type"] == "InnerError")
    assert inner["info"]["value"]["code"] == "NoSuchModelRegistered"


def test_an_inferencing_error_is_json_within_text():
    error = inferencing_error("InferencingClientCreateDeploymentFailed", "VmSize", "No room").error
    assert (error["code"], error["message"]) == ("BadRequest", "The request is invalid.")
    text = error["details"][0]["message"]
    inner = json.loads(text.removeprefix("InferencingClient HttpRequest error, error detail: "))
    assert inner["errors"] == {"VmSize": ["No room"]}
