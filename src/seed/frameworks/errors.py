"""What finding and packaging a service can run into, in our words."""

from seed.errors import Invalid, SeedError


class NoServiceFound(Invalid):
    """The repository holds no configuration of a framework that Seed knows."""

    code = "no-service-found"


class ConfigNotReadable(Invalid):
    """A service's configuration does not parse."""

    code = "config-not-readable"


class FrameworkNotUsable(Invalid):
    """The framework that the repository asks for cannot be run here."""

    code = "framework-not-usable"


class InstallFailed(SeedError):
    """Installing dependencies failed."""

    code = "install-failed"
    status = 422


class PackageFailed(SeedError):
    """The framework's package step failed; nothing was deployed."""

    code = "package-failed"
    status = 422


class VariableMissing(PackageFailed):
    """The configuration uses a variable, parameter or secret that does not exist."""

    code = "variable-missing"


class PackageRefused(PackageFailed):
    """AWS refused what the framework asked it while packaging: no, expired or too narrow credentials."""

    code = "package-refused"


class OutputNotReadable(PackageFailed):
    """The framework's output is not what it should be."""

    code = "framework-output"
