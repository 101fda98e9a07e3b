"""Runs tests of the standard library: how each came out goes to a file, as JSON.

usage: standard_tests.py FILE TEST...   (names as unittest has them, test.test_socket and below)
"""

# ruff: noqa: ARG002, N802   (the names are those of unittest)

import json
import sys
import unittest

from test import support

LEFT_OUT = "VSOCK"
"""In the names of tests that need a virtual machine, and wait for ever without one."""

ON_LOOPBACK = "test.test_socketserver"
"""It asks for the network, and uses loopback alone."""


class Outcomes(unittest.TestResult):
    def __init__(self):
        super().__init__()
        self.words = {}

    def note(self, test, word):
        self.words[test.id()] = word

    def startTest(self, test):
        super().startTest(test)
        self.note(test, "ok")

    def addFailure(self, test, error):
        self.note(test, f"failure: {error[1]}")

    def addError(self, test, error):
        self.note(test, f"error: {error[0].__name__}: {error[1]}")

    def addSubTest(self, test, subtest, error):
        if error is not None:
            self.note(subtest, f"failure: {error[0].__name__}: {error[1]}")

    def addSkip(self, test, reason):
        self.note(test, f"skip: {reason}")

    def addExpectedFailure(self, test, error):
        self.note(test, "expected failure")

    def addUnexpectedSuccess(self, test):
        self.note(test, "unexpected success")


def alone(suite):
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from alone(test)
        else:
            yield test


def chosen(name):
    support.use_resources = ["network"] if name.startswith(ON_LOOPBACK) else []
    return unittest.defaultTestLoader.loadTestsFromName(name)


outcomes = Outcomes()
tests = [test for name in sys.argv[2:] for test in alone(chosen(name)) if LEFT_OUT not in test.id()]
unittest.TestSuite(tests).run(outcomes)
with open(sys.argv[1], "w") as file:
    json.dump(outcomes.words, file)
