"""Run by a Python that has BORIS (boris-behav-obs): opens a project as BORIS does, checks it, and exports its events.

Arguments: the project and a folder. BORIS's player (mpv) and windows are not needed for that, and stand-ins take their
places. Prints what BORIS says of the project; its tables of events go into the folder.
"""

from __future__ import annotations

import importlib.util
import sys
import types
from pathlib import Path
from unittest.mock import MagicMock

ANY_TIME = 1_000_000_000


def main() -> None:
    """Open, check, export."""
    project, folder = sys.argv[1:3]
    found = importlib.util.find_spec("boris")
    assert found is not None and found.submodule_search_locations is not None
    package = types.ModuleType("boris")
    package.__path__ = list(found.submodule_search_locations)
    sys.modules["boris"] = package
    for name in ("boris.mpv2", "boris.mpv-1.0.3", "boris.mpv"):
        sys.modules[name] = MagicMock()
    from boris import config, export_observation, project_functions  # type: ignore[import-not-found]

    opened = project_functions.open_project_json(project)
    pj = next(part for part in opened if isinstance(part, dict) and config.OBSERVATIONS in part)
    said = project_functions.check_project_integrity(pj, "hh:mm:ss", project, media_file_available=False)
    print(f"integrity: {said!r}")
    for title in pj[config.OBSERVATIONS]:
        unpaired = project_functions.check_state_events_obs(title, pj[config.ETHOGRAM], pj[config.OBSERVATIONS][title])
        print(f"states: {unpaired!r}")
        parameters = {
            config.SELECTED_SUBJECTS: [each["name"] for each in pj[config.SUBJECTS].values()]
            + [config.NO_FOCAL_SUBJECT],
            config.SELECTED_BEHAVIORS: [each["code"] for each in pj[config.ETHOGRAM].values()],
            "time": config.TIME_ARBITRARY_INTERVAL,
            config.START_TIME: 0,
            config.END_TIME: ANY_TIME,
        }
        observation = pj[config.OBSERVATIONS][title]
        target = str(Path(folder) / f"{title}.tsv")
        done = export_observation.export_tabular_events(
            pj, parameters, title, observation, pj[config.ETHOGRAM], target, "tsv"
        )
        print(f"exported: {done!r}")


if __name__ == "__main__":
    main()
