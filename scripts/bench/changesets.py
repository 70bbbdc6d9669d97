"""`seed diff` beside the AWS CDK's library for the same question: whole processes, the same templates."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from scripts.bench.report import say

PEER = "@aws-cdk/cloudformation-diff@2.187.5"
SEED = Path(sys.executable).parent / "seed"
PROGRAM = """
const fs = require('fs');
const { fullDiff, formatDifferences } = require('@aws-cdk/cloudformation-diff');
const [old, made] = process.argv.slice(1).map((name) => JSON.parse(fs.readFileSync(name, 'utf8')));
formatDifferences(process.stdout, fullDiff(old, made));
"""
ANSWER = """
const fs = require('fs');
const { fullDiff } = require('@aws-cdk/cloudformation-diff');
const [old, made] = process.argv.slice(1).map((name) => JSON.parse(fs.readFileSync(name, 'utf8')));
const told = {};
fullDiff(old, made).resources.forEachDifference((id, change) => { told[id] = change.changeImpact; });
process.stdout.write(JSON.stringify(told));
"""

STARTER = """
import os, resource, sys, time
began = time.monotonic()
child = os.fork()
if not child:
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    os.execvp(sys.argv[1], sys.argv[1:])
_, status = os.waitpid(child, 0)
used = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
print(time.monotonic() - began, used, os.waitstatus_to_exitcode(status))
"""
"""A process counts as its own what its parent held when it was started: the parent has to be a small one."""


def changesets(folder: Path) -> None:
    """Stacks of 500 and 2,000 resources, every second one changed."""
    install = ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", str(folder), PEER]
    subprocess.run(install, check=True, capture_output=True)
    say(f"\nComparing templates, whole processes        seconds              MB   ({PEER})")
    for count in (500, 2000):
        files = [str(_written(folder / f"{name}-{count}.json", count, name)) for name in ("old", "new")]
        commands = (["node", "-e", PROGRAM, *files], [str(SEED), "diff", *files])
        peer, ours = _best(commands, folder)
        ratio = f"{peer[0] / ours[0]:.1f}x faster"
        say(f"{count:6} resources: cloudformation-diff {peer[0]:6.2f}{peer[1]:18.0f}")
        say(f"{'':18}seed diff           {ours[0]:6.2f}{ours[1]:18.0f}   {ratio} (target: 5x)")
        say(f"{'':18}{_answers(files, folder)}")


def _answers(files: list[str], folder: Path) -> str:
    """What each has an answer for: resources that it tells of, and which of them it says are replaced."""
    theirs = json.loads(_told(["node", "-e", ANSWER, *files], folder))
    ours = {
        row["logical_id"]: row["replacement"]
        for row in json.loads(_told([str(SEED), "diff", *files, "--format", "json"], folder))["resources"]
    }
    replaced = sum(impact in {"WILL_REPLACE", "MAY_REPLACE"} for impact in theirs.values())
    certain = sum(word in {"True", "Conditional"} for word in ours.values())
    return (
        f"it tells of {len(theirs)} resources ({replaced} replaced), we of {len(ours)} ({certain}); "
        f"only ours {len(ours.keys() - theirs.keys())}, only theirs {len(theirs.keys() - ours.keys())}"
    )


def _told(command: list[str], folder: Path) -> str:
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "NODE_NO_WARNINGS": "1"}
    return subprocess.run(command, cwd=folder, env=environment, check=False, capture_output=True, text=True).stdout


def _best(commands: Sequence[list[str]], folder: Path) -> list[tuple[float, float]]:
    """Seconds and megabytes of the fastest of five of each: in turns, so that what else the machine does meets all."""
    rounds = [[_measured(command, folder) for command in commands] for _ in range(5)]
    return [min(one) for one in zip(*rounds, strict=True)]


def _measured(command: list[str], folder: Path) -> tuple[float, float]:
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "NODE_NO_WARNINGS": "1"}
    starter = [sys.executable, "-I", "-S", "-c", STARTER, *command]
    told = subprocess.run(starter, cwd=folder, env=environment, check=True, capture_output=True, text=True).stdout
    spent, kilobytes, code = told.split()
    if int(code) not in {0, 3, 4}:
        raise RuntimeError(f"{command[0]} ended with {code}")
    return float(spent), int(kilobytes) / 1024


def _written(path: Path, count: int, side: str) -> Path:
    resources: dict[str, Any] = {}
    for number in range(count // 4):
        stays = side == "old" or number % 2 == 1
        value = 30 if stays else 60
        resources[f"Queue{number}"] = {"Type": "AWS::SQS::Queue", "Properties": {"VisibilityTimeout": value}}
        resources[f"Table{number}"] = {
            "Type": "AWS::DynamoDB::Table",
            "Properties": {
                "BillingMode": "PAY_PER_REQUEST",
                "AttributeDefinitions": [{"AttributeName": f"id{value}", "AttributeType": "S"}],
                "KeySchema": [{"AttributeName": f"id{value}", "KeyType": "HASH"}],
            },
        }
        resources[f"Role{number}"] = {
            "Type": "AWS::IAM::Role",
            "Properties": {
                "AssumeRolePolicyDocument": {
                    "Statement": [
                        {
                            "Effect": "Allow",
                            "Principal": {"Service": "lambda.amazonaws.com"},
                            "Action": "sts:AssumeRole",
                        }
                    ]
                },
                "Policies": [
                    {
                        "PolicyName": "own",
                        "PolicyDocument": {
                            "Statement": [
                                {
                                    "Effect": "Allow",
                                    "Action": ["sqs:*" if stays else "sqs:SendMessage"],
                                    "Resource": {"Fn::GetAtt": [f"Queue{number}", "Arn"]},
                                }
                            ]
                        },
                    }
                ],
            },
        }
        resources[f"Function{number}"] = {
            "Type": "AWS::Lambda::Function",
            "Properties": {
                "Runtime": "nodejs20.x",
                "Handler": "index.handler",
                "Role": {"Fn::GetAtt": [f"Role{number}", "Arn"]},
                "Code": {"S3Bucket": "code", "S3Key": f"{value}.zip"},
                "Environment": {"Variables": {"TABLE": {"Ref": f"Table{number}"}}},
            },
        }
    path.write_text(json.dumps({"Resources": resources}))
    return path
