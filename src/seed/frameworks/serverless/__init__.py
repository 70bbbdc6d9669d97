"""The Serverless Framework and its open line osls: find services, choose the line, package, read the result.

Everything here decides; what must be run is returned as a Command, for a runner to run.
"""

from seed.frameworks.serverless.choose import Bundled, Framework, choose_framework
from seed.frameworks.serverless.discover import discover
from seed.frameworks.serverless.explain import explain_failure, explain_install, explained, last_words
from seed.frameworks.serverless.install import InstallStep, install_steps
from seed.frameworks.serverless.package import package_command, plugins_command
from seed.frameworks.serverless.read import TEMPLATE, read_assembly
from seed.frameworks.serverless.standing import packager, packager_takes
from seed.frameworks.serverless.warm import warm_commands

__all__ = [
    "TEMPLATE",
    "Bundled",
    "Framework",
    "InstallStep",
    "choose_framework",
    "discover",
    "explain_failure",
    "explain_install",
    "explained",
    "install_steps",
    "last_words",
    "package_command",
    "packager",
    "packager_takes",
    "plugins_command",
    "read_assembly",
    "warm_commands",
]
