"""The catalogue: every error's own messages lead to it and to no other, and no message can make it slow."""

from __future__ import annotations

import re
from re import _constants as constants
from re import _parser as parser
from typing import Any

import pytest

from seed.changesets.findings import ASKED, RULES
from seed.known_errors import KnownError, catalogue, recognise

TITLES = """
DeprecationWarning - Profile does not exist - Resource already exists - No export named found - Property cannot be empty
- Stack with id does not exist - Serverless plugin not found - Code storage limit exceeded - You are not currently logged in
- Serverless Error: Rate exceeded - Your lockfile needs to be updated - No integration defined for method
- The stack service name is not valid - Encountered unsupported property - ServerlessError: Too Many Requests
- API: s3:CreateBucket Access Denied - Function doesn't exist in this service - Missing "handler" property in function
- Missing required key 'Bucket' in params - Stack is in state and can not be updated - A version for this Lambda function exists
- Missing required key 'restApiId' in params - Unzipped size must be smaller than bytes
- Invalid characters in environment variable - Export with name is already exported by stack
- Service files not changed. Skipping deployment. - Export resource cannot be deleted as it is in use
- The serverless deployment bucket does not exist - iamRoleStatements should be an array of objects
- The security token included in the request is invalid - User is not authorized to perform action on resource
- Another Deployment is in progress for rest api with id - You have attempted to create more buckets than allowed
- Serverless version does not satisfy the frameworkVersion - No matching handler found. Check your service definition.
- Trying to populate non string value into a string for variable
- The AWS Access Key Id needs a subscription for the service
- Lambda was unable to configure your environment variables - IamRoleLambdaExecution - Resource must be in ARN format or
- Cannot perform more than one GSI creation or deletion in a single update
- Template format error: Number of resources is greater than maximum allowed
- CloudFormation cannot update a stack when a custom-named resource requires replacing
- Template format error: Unresolved resource dependencies in the Resources block of the template
- The requested resource exceeds the maximum number allowed. (Service: AmazonCloudWatchEvents)
- Property AttributeDefinitions is inconsistent with the KeySchema of the table and the secondary indexes
- Enabling API Gateway X-Ray Tracing for existing deployments requires a remove and re-deploy of your API Gateway
"""
EVERY = pytest.mark.parametrize("known", catalogue(), ids=lambda known: known.slug)


def test_every_title_that_people_look_for_is_in_it() -> None:
    wanted = {" ".join(title.split()) for title in TITLES.replace("\n- ", " - ").split(" - ") if title.strip()}

    assert len(wanted) == 47
    assert wanted - {known.title for known in catalogue()} == set()


TOO_WIDE = {
    "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/troubleshooting.html",
    "https://www.serverless.com/framework/docs",
}
"""Pages about everything tell nobody where to read on."""


@EVERY
def test_its_messages_are_recognised_and_fit_no_other(known: KnownError) -> None:
    assert known.examples
    for message in known.examples:
        assert [other.slug for other in catalogue() if other.pattern.search(message)] == [known.slug]
        assert recognise(f"Error: {message}") is known or message.startswith("Topic")


@EVERY
def test_it_says_all_that_helps_and_names_a_rule_that_there_is(known: KnownError) -> None:
    rules = {rule.id for rule in (*RULES, *ASKED)}

    assert known.cause.endswith(".")
    assert known.fix.endswith(".")
    assert known.source.startswith("https://")
    assert known.source not in TOO_WIDE or known.slug == "not-stabilized"
    assert not known.finding or known.finding in rules


UNFORESEEN = {
    "only the account knows": """
        code-storage concurrency-left create-bucket-denied deployment-bucket event-rules export-missing export-twice
        hosted-zone not-authorized policy-attached too-many-buckets certificate stack-missing api-logs-role quota
        protected-stack still-used early-validation""",
    "it is over before there is a template": """
        deprecation-warning framework-version function-unknown handler-missing key-bucket lockfile no-handler-file
        non-string not-logged-in variable-missing plugin-missing profile-missing role-statements service-name nothing-changed""",
    "it comes of the moment": """
        cancelled-resource no-integration not-stabilized other-api-deployment rate-exceeded role-not-assumable
        subscription token-invalid too-many-requests version-exists custom-resource""",
    "no template says enough of it": """
        arn-format default-role key-rest-api property-empty unzipped-size x-ray
        network-interface""",
}
"""Known errors that no finding predicts, by why. One that a finding comes to predict leaves here, and names it."""
FORESEEN_ALONE = {
    "attribute-missing", "definition-malformed", "fifo-name", "parameter-invalid", "pool-fixed",
    "template-malformed", "value-null",
}  # fmt: skip
"""Rules of failures that the catalogue has under another rule's name, or not at all."""


def test_every_known_error_names_the_finding_that_predicts_it_or_is_known_to_have_none() -> None:
    unforeseen = {slug for slugs in UNFORESEEN.values() for slug in slugs.split()}

    assert {known.slug for known in catalogue() if not known.finding} == unforeseen


def test_every_rule_that_tells_of_a_failure_is_named_by_the_error_that_comes_of_it() -> None:
    named = {known.finding for known in catalogue()}

    assert {rule.id for rule in (*RULES, *ASKED) if rule.fails} - named == FORESEEN_ALONE


@EVERY
def test_no_message_can_make_its_pattern_slow(known: KnownError) -> None:
    """Every repetition has an end, and none holds another: the work is bounded by the pattern, not by the message."""
    _bounded(parser.parse(known.pattern.pattern), within=False)


def test_what_nobody_knows_stays_what_it_is() -> None:
    assert recognise("Something else went wrong.") is None
    assert recognise("x" * 100_000) is None


def test_what_is_said_first_counts() -> None:
    found = recognise("No export named a found. Rate exceeded")

    assert found is not None
    assert found.slug == "export-missing"


def _bounded(parsed: Any, *, within: bool) -> None:
    for operation, argument in parsed:
        if operation in {constants.MAX_REPEAT, constants.MIN_REPEAT}:
            _, most, inner = argument
            assert most != constants.MAXREPEAT, "without end"
            assert not (within and most > 1), "one within another"
            _bounded(inner, within=within or most > 1)
        elif operation is constants.SUBPATTERN:
            _bounded(argument[3], within=within)
        elif operation is constants.BRANCH:
            for one in argument[1]:
                _bounded(one, within=within)
        elif operation in {constants.ASSERT, constants.ASSERT_NOT}:
            _bounded(argument[1], within=within)


def test_the_check_itself_finds_what_is_slow() -> None:
    for slow in (r"(a+)+", r"a*", r"(?:a{1,9}){1,9}"):
        with pytest.raises(AssertionError):
            _bounded(parser.parse(re.compile(slow).pattern), within=False)
