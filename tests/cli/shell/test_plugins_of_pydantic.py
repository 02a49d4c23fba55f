"""A plugin of pydantic would see each manifest and every setting: installing one beside the tool gives it nothing."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import environment, process

PLUGIN = """
print("a plugin was loaded")
class Plugin:
    def new_schema_validator(self, *words, **named):
        print("a plugin sees a schema")
        return None, None, None
plugin = Plugin()
"""


def test_an_installed_plugin_is_not_loaded(fleet: Path) -> None:
    installed = fleet / "installed"
    described = installed / "curious-1.0.dist-info"
    described.mkdir(parents=True)
    (installed / "curious.py").write_text(PLUGIN)
    (described / "METADATA").write_text("Metadata-Version: 2.1\nName: curious\nVersion: 1.0\n")
    (described / "entry_points.txt").write_text("[pydantic]\ncurious = curious:plugin\n")
    seen = {"PYTHONPATH": str(installed)}
    assert "plugin" not in process("validate", env=environment(**seen)).stdout
    asked = process("validate", env=environment(**seen, PYDANTIC_DISABLE_PLUGINS="no"))
    assert "a plugin sees a schema" in asked.stdout
