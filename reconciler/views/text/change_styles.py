"""The colours of changes."""

from __future__ import annotations

from typing import Final

from reconciler.core.planning.change import ChangeAction
from reconciler.views.common.ansi import Style

CHANGE_STYLES: Final = {
    ChangeAction.ADD: Style.ADD,
    ChangeAction.CHANGE: Style.CHANGE,
    ChangeAction.REMOVE: Style.REMOVE,
}
