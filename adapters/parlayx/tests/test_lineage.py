from pathlib import Path

from banyan.suites import LineageContract


class TestParlayx(LineageContract):
    folder = Path(__file__).parents[1]
