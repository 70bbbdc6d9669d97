"""A function that is invoked on the local AWS stands behind a fence: it finds nothing of the server's, and nobody."""

from __future__ import annotations

import os

from tests.story.conftest import MakeApp
from tests.support.service_checks import Deployed

HANDLER = """
const fs = require('fs');
const sees = (path) => { try { fs.accessSync(path); return true; } catch { return false; } };
const writes = (path) => { try { fs.writeFileSync(path, 'here'); return true; } catch { return false; } };
exports.handler = async ({ paths }) => ({
  seen: paths.filter(sees),
  written: paths.map((path) => path + '/mark').filter(writes),
  processes: fs.readdirSync('/proc').filter((name) => /^[0-9]+$/.test(name))
    .map((pid) => fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8')),
});
"""


def test_it_sees_neither_the_servers_files_nor_its_processes(make_app: MakeApp) -> None:
    app = make_app("api")
    app.repository.edit("api/serverless.yml", "  hello:\n    handler: hello", "  answer:\n    handler: hello")
    app.repository.write("api/hello.js", HANDLER)
    app.repository.commit("It looks around")
    assert app.deploy().state == "succeeded"
    folders = app.world.folders
    secret = [folders.key, folders.database, folders.packages, folders.data / "logs", app.repository.folder]
    paths = [str(path) for path in (*secret, os.path.expanduser("~/.ssh"), "/etc/shadow", "/usr", "/etc")]  # noqa: PTH111, as a function would

    said = Deployed(app, "dev").invoke("api", paths=paths)

    assert [path for path in said["seen"] if path not in ("/usr", "/etc")] == []
    assert said["written"] == []
    inside = ("bwrap", "seed.aws.local.runner", "_worker.js")
    assert {name for line in said["processes"] for name in inside if name in line} == {*inside}
    assert [line for line in said["processes"] if not any(name in line for name in inside)] == []
