"""What Microsoft's worker refuses at load is refused with its words."""

import azure.durable_functions as df
import azure.functions as func
import pytest

from devstack.functions_host.load_check import FunctionLoadError, check_function


def load(register) -> None:
    """Declare functions on an app as a user does, and check each as the host does."""
    app = df.DFApp(http_auth_level=func.AuthLevel.ANONYMOUS)
    register(app)
    for function in app.get_functions():
        check_function(
            function.get_function_name(), function.get_user_function(), function.get_bindings()
        )


def test_functions_of_every_kind_are_loaded():
    def register(app):
        @app.route(route="x")
        @app.durable_client_input(client_name="client")
        async def start(
            req: func.HttpRequest, client: df.DurableOrchestrationClient, context: func.Context
        ) -> func.HttpResponse:
            return func.HttpResponse()

        @app.orchestration_trigger(context_name="context")
        def orchestrate(context: df.DurableOrchestrationContext):
            yield

        @app.activity_trigger(input_name="value")
        def act(value: dict[str, int]) -> list[str]:
            return list(value)

        @app.timer_trigger(schedule="0 * * * * *", arg_name="timer")
        def tick(timer: func.TimerRequest) -> None: ...

        @app.route(route="y")
        def plain(req) -> str:
            return ""

    load(register)


def test_a_parameter_without_a_binding_is_refused():
    def register(app):
        @app.route(route="x")
        def broken(req: func.HttpRequest, name: str): ...

    with pytest.raises(FunctionLoadError) as refused:
        load(register)
    assert str(refused.value) == (
        "cannot load the broken function: the following parameters are declared in Python but not"
        " in the function definition (function.json or function decorators): {'name'}"
    )


def test_a_binding_without_a_parameter_is_refused():
    def register(app):
        @app.timer_trigger(schedule="0 * * * * *", arg_name="timer")
        def broken(clock): ...

    with pytest.raises(FunctionLoadError, match=r"declared in Python but not in .* \{'clock'\}"):
        load(register)

    def missing(app):
        @app.timer_trigger(schedule="0 * * * * *", arg_name="timer")
        def broken(): ...

    with pytest.raises(FunctionLoadError, match=r"decorators\) but not in Python: \{'timer'\}"):
        load(missing)


def test_a_type_that_the_binding_cannot_give_is_refused():
    def register(app):
        @app.route(route="x")
        def broken(req: int): ...

    words = r'type of req binding .* "httpTrigger" does not match its Python annotation "int"'
    with pytest.raises(FunctionLoadError, match=words):
        load(register)


def test_a_return_type_that_the_binding_cannot_take_is_refused():
    def register(app):
        @app.route(route="x")
        def broken(req: func.HttpRequest) -> int:
            return 1

    words = 'Python return annotation "int" does not match binding type "http"'
    with pytest.raises(FunctionLoadError, match=words):
        load(register)


def test_a_context_that_is_not_the_workers_is_refused():
    def register(app):
        @app.route(route="x")
        def broken(req: func.HttpRequest, context: dict): ...

    with pytest.raises(FunctionLoadError, match=r"expected to be of type azure\.functions\.Contex"):
        load(register)


def test_an_output_where_the_binding_comes_in_is_refused():
    def register(app):
        @app.route(route="x")
        def broken(req: func.Out[str]): ...

    with pytest.raises(FunctionLoadError, match='"in" direction'):
        load(register)
