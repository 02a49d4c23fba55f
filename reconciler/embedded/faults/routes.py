"""`/embedded/faults`: the programmed failures over HTTP. Not part of the contract; served only on request.

POST a `Fault`, or `{"seed", "rates"}` for failures at random; GET what is armed; DELETE disarms all.
"""

from typing import Annotated, Any

from fastapi import APIRouter, Body
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from reconciler.embedded.contract.problems import field_problem
from reconciler.embedded.faults.faults import Fault, Faults, RandomFaults

router = APIRouter(prefix="/embedded/faults")


@router.get("")
async def get_faults(request: Request) -> dict[str, Any]:
    faults = _faults(request)
    return {"items": faults.list(), "random": faults.at_random()}


@router.post("")
async def post_fault(request: Request, body: Annotated[Fault | RandomFaults, Body()]) -> Response:
    faults = _faults(request)
    try:
        if isinstance(body, Fault):
            faults.arm(body)
        else:
            faults.arm_randomly(body)
    except ValueError as error:
        raise field_problem("VALIDATION_ERROR", "kind", str(error)) from error
    return JSONResponse(body.model_dump(mode="json", by_alias=True, exclude_none=True), status_code=201)


@router.delete("", status_code=204)
async def delete_faults(request: Request) -> None:
    _faults(request).clear()


def _faults(request: Request) -> Faults:
    found: Faults = request.app.state.faults
    return found
