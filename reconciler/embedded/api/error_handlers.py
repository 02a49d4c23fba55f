"""Every error as a problem document: our own refusals, the framework's, and unforeseen failures."""

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from reconciler.embedded.api import openapi
from reconciler.embedded.api.body_limit import BodyTooLarge, body_too_large_problem
from reconciler.embedded.api.strict_request import RepeatedKey
from reconciler.embedded.contract.problems import Problem, field_problem, internal_error_problem, render, shape_problem
from reconciler.embedded.contract.requests import DERIVED


def install(app: FastAPI) -> None:
    app.add_exception_handler(Problem, _refuse)
    app.add_exception_handler(RequestValidationError, _refuse_shape)
    app.add_exception_handler(RepeatedKey, _refuse_duplicate)
    app.add_exception_handler(BodyTooLarge, _refuse_size)
    app.add_exception_handler(HTTPException, _refuse_http)
    app.add_exception_handler(Exception, _fail)


async def _refuse(_request: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)
    return render(error)


async def _refuse_shape(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    derived = DERIVED.get(request.url.path.rpartition("/")[2], frozenset())
    return render(shape_problem(error.errors(), derived))


async def _refuse_duplicate(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RepeatedKey)
    return render(field_problem("DUPLICATE_KEY", str(error.detail), "a key occurs twice in the body"))


async def _refuse_size(_request: Request, _error: Exception) -> Response:
    return render(body_too_large_problem())


async def _refuse_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    match error.status_code:
        case 404:
            return render(Problem("NOT_FOUND", "no such route"))
        case 405:
            methods = openapi.methods_at(request.app, request.url.path)
            allowed = {"Allow": ", ".join(methods)} if methods else dict(error.headers or {})
            return render(Problem("METHOD_NOT_ALLOWED", "this method is not allowed here", headers=allowed))
        case _:
            return render(Problem("VALIDATION_ERROR", "the request could not be read"))


async def _fail(_request: Request, _error: Exception) -> Response:
    return render(internal_error_problem())
