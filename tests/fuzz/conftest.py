"""The fuzzer itself needs atheris and is run on its own."""

collect_ignore = ["fuzz.py"]
