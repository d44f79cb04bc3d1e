"""The trials of `make torture`, a module for each. A trial yields its findings: the question, the answer, and whether
the answer is right."""
