"""What the two bundled lines take, from their own schemas (osls 4.3.1 and osls 3), and today's runtimes."""

from __future__ import annotations

TOP = frozenset({
    "configValidationMode", "custom", "deprecationNotificationMode", "disabledDeprecations", "frameworkVersion",
    "functions", "layers", "outputs", "package", "params", "plugins", "projectDir", "provider", "resources", "service",
    "useDotenv", "variablesResolutionMode",
})  # fmt: skip
PACKAGE = frozenset({"artifact", "excludeDevDependencies", "individually", "path", "patterns"})
PROVIDER = frozenset({
    "alb", "apiGateway", "apiName", "architecture", "cfnRole", "cloudFront", "deletionProtection", "deploymentBucket",
    "deploymentMethod", "deploymentPrefix", "disableRollback", "ecr", "endpointType", "environment", "httpApi", "iam",
    "iamManagedPolicies", "iamRoleStatements", "kinesis", "kmsKeyArn", "layers", "logDataProtectionPolicy",
    "logRetentionInDays", "logs", "memorySize", "name", "notificationArns", "profile", "pruneFunctionVersions",
    "region", "role", "rolePermissionsBoundary", "rollbackConfiguration", "runtime", "runtimeManagement", "s3",
    "stackName", "stackParameters", "stackPolicy", "stackTags", "stage", "tags", "timeout", "tracing",
    "versionFunctions", "vpc", "vpcEndpointIds", "websocket", "websocketsApiName",
    "websocketsApiRouteSelectionExpression", "websocketsDescription",
})  # fmt: skip
FUNCTION = frozenset({
    "architecture", "awsKmsKeyArn", "condition", "dependsOn", "description", "destinations", "disableLogs",
    "durableConfig", "environment", "ephemeralStorageSize", "events", "fileSystemConfig", "handler", "httpApi", "image",
    "kmsKeyArn", "layers", "logDataProtectionPolicy", "logRetentionInDays", "logs", "maximumEventAge",
    "maximumRetryAttempts", "memorySize", "name", "onError", "package", "provisionedConcurrency", "recursiveLoop",
    "reservedConcurrency", "role", "runtime", "runtimeManagement", "snapStart", "tags", "timeout", "tracing", "url",
    "versionFunction", "vpc",
})  # fmt: skip
LICENSED = frozenset({"app", "build", "console", "dashboard", "licenseKey", "org", "stages", "state", "tenant"})
"""Of the licensed framework and its dashboard."""
CURRENT = (
    ("nodejs", "nodejs22.x"),
    ("python", "python3.13"),
    ("java", "java21"),
    ("dotnet", "dotnet10"),
    ("ruby", "ruby3.4"),
    ("go1.x", "provided.al2023"),
    ("provided", "provided.al2023"),
)
